"""Connect as a person uses it who has nothing yet."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import keyring
import pytest
from keyring.backends.fail import Keyring as NoKeyring
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QLineEdit

from portal_admin import credentials, settings, wiring
from portal_admin.credentials import Secret
from portal_admin.sandbox.server import Sandbox
from portal_admin.services import database, sites
from portal_admin.settings import Profile
from portal_admin.ui.connect.page import ConnectPage
from portal_admin.ui.navigation import Target
from portal_admin.ui.page import PageContext

pytestmark = pytest.mark.usefixtures("dressed")
Settle = Callable[[], None]


@pytest.fixture
def chosen() -> list[str]:
    """The profiles that the window was asked to work with."""
    return []


@pytest.fixture
def connect(
    page: Callable[..., ConnectPage], settle: Settle, chosen: list[str]
) -> Callable[..., ConnectPage]:
    def build(profile: Profile | None = None) -> ConnectPage:
        made = page(ConnectPage, profile=profile)
        context = made.context
        made.context = PageContext(
            context.spec, context.navigator, profile=profile, profile_changed=chosen.append
        )
        made.open(Target("connect"))
        settle()
        return made

    return build


def type_in(edit: QLineEdit, text: str) -> None:
    edit.setFocus()
    edit.selectAll()
    QTest.keyClicks(edit, text)


def click(button: Any) -> None:
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)


def fill_aspire(page: ConnectPage, box: Sandbox, password: str = "sandbox") -> None:
    type_in(page.form.aspire_url, box.url)
    type_in(page.form.aspire_user, "sandbox")
    type_in(page.form.password, password)


def findings(page: ConnectPage) -> list[str]:
    return [line.accessibleName() for line in page.results.lines]


def test_that_a_new_desk_is_connected_from_nothing(
    connect: Callable[..., ConnectPage], sandbox: Sandbox, settle: Settle, chosen: list[str], home: Path
) -> None:
    page = connect()
    assert page.form.name.text() == "Main"
    fill_aspire(page, sandbox)
    type_in(page.form.site_key, "north")
    type_in(page.form.site_name, "Northwind Leasing")
    type_in(page.form.site_labels, "EASTERN, WESTERN")
    page.form.unlabelled.setChecked(True)
    click(page.save_button)
    settle()
    assert page.messages.text == ""
    assert chosen == ["Main"]
    profile = settings.choose_profile()
    assert (profile.name, profile.aspire_url, profile.aspire_user) == ("Main", sandbox.url, "sandbox")
    assert credentials.get_password("Main", Secret.ASPIRE) == "sandbox"
    desk = wiring.open_profile(profile)
    (site,) = sites.list_sites(desk)
    wiring.close_desk(desk)
    assert (site.key, site.labels, site.unlabelled) == ("north", ("EASTERN", "WESTERN"), True)
    assert "sandbox" not in settings.profiles_file().read_text().replace('aspire_user = "sandbox"', "")


def test_that_test_tells_line_by_line_and_changes_nothing(
    connect: Callable[..., ConnectPage], sandbox: Sandbox, settle: Settle, home: Path
) -> None:
    page = connect()
    fill_aspire(page, sandbox)
    click(page.test_button)
    assert not page.save_button.isEnabled()
    settle()
    said = findings(page)
    assert any(line.startswith("Holds: Signed in as sandbox") for line in said)
    assert any(line.startswith("Worth a look: Saving creates ") for line in said)
    assert not any("There is no portal database" in line for line in said)
    assert page.save_button.isEnabled()
    assert not settings.profiles_file().exists()
    assert not list(home.glob("*.db"))


def test_that_a_wrong_password_is_found_by_test_with_what_to_do(
    connect: Callable[..., ConnectPage], sandbox: Sandbox, settle: Settle
) -> None:
    page = connect()
    fill_aspire(page, sandbox, password="wrong")
    click(page.test_button)
    settle()
    assert page.results.summary.text() == "Something needs attention"
    assert any(line.startswith("Fails: ") and "password" in line for line in findings(page))


def test_that_what_was_typed_stays_when_saving_is_refused(
    connect: Callable[..., ConnectPage], settle: Settle, chosen: list[str]
) -> None:
    page = connect()
    type_in(page.form.aspire_url, "ftp://aspire.example.com")
    type_in(page.form.aspire_user, "svc-portal")
    type_in(page.form.password, "secret")
    click(page.save_button)
    settle()
    field = page.form._aspire.fields["aspire_url"]
    assert field.error == "The ASPIRE address must begin with https://."
    assert field.control.hasFocus()
    assert (page.form.aspire_user.text(), page.form.password.text()) == ("svc-portal", "secret")
    assert chosen == []


@pytest.mark.parametrize(
    ("key", "text", "field"),
    [("name", "no/slash", "name"), ("file", " ", "file"), ("site_key", "no blanks!", "site_key")],
)
def test_that_each_mistake_is_told_under_its_own_field(
    connect: Callable[..., ConnectPage], settle: Settle, key: str, text: str, field: str
) -> None:
    page = connect()
    type_in(page.form.site_name, "Northwind")
    type_in(page.form.site_key, "north")
    type_in(getattr(page.form, key), text)
    click(page.save_button)
    settle()
    errors = {name: f.error for form in page.form._forms for name, f in form.fields.items() if f.error}
    assert list(errors) == [field]


def test_that_a_database_that_does_not_exist_is_not_created_by_its_address(
    connect: Callable[..., ConnectPage], settle: Settle, home: Path, chosen: list[str]
) -> None:
    page = connect()
    click(page.form.existing)
    type_in(page.form.database_url, f"sqlite:///{(home / 'elsewhere.db').as_posix()}")
    click(page.save_button)
    settle()
    assert "There is no portal database" in page.messages.text
    assert not (home / "elsewhere.db").exists()
    assert chosen == []


def test_that_an_existing_database_keeps_its_sites(
    connect: Callable[..., ConnectPage], settle: Settle, home: Path, chosen: list[str]
) -> None:
    home.mkdir(parents=True, exist_ok=True)
    url = f"sqlite:///{(home / 'shared.db').as_posix()}"
    database.upgrade(url, now=datetime(2026, 11, 21, tzinfo=UTC), operator=wiring.operator_name())
    desk = wiring.open_profile(Profile("x", url))
    sites.create_site(desk, key="south", name="Southwind")
    wiring.close_desk(desk)
    page = connect()
    click(page.form.existing)
    type_in(page.form.database_url, url)
    type_in(page.form.site_key, "north")
    type_in(page.form.site_name, "Northwind")
    click(page.save_button)
    settle()
    assert chosen == ["Main"]
    desk = wiring.open_profile(settings.choose_profile())
    assert [site.key for site in sites.list_sites(desk)] == ["south"]
    wiring.close_desk(desk)


def test_that_without_a_keyring_the_password_is_for_this_session_and_the_page_says_so(
    connect: Callable[..., ConnectPage], sandbox: Sandbox, settle: Settle, chosen: list[str]
) -> None:
    keyring.set_keyring(NoKeyring())
    page = connect()
    assert "held for this session only" in page.password_note.text()
    fill_aspire(page, sandbox)
    click(page.save_button)
    settle()
    assert chosen == ["Main"]
    assert credentials.get_password("Main", Secret.ASPIRE) == "sandbox"


def test_that_an_open_profile_is_changed_and_a_taken_name_refused(
    connect: Callable[..., ConnectPage], settle: Settle, home: Path, chosen: list[str]
) -> None:
    home.mkdir(parents=True, exist_ok=True)
    url = f"sqlite:///{(home / 'one.db').as_posix()}"
    database.upgrade(url, now=datetime(2026, 11, 21, tzinfo=UTC), operator=wiring.operator_name())
    profile = Profile("UAT", url, "https://aspire.example.com", "svc")
    settings.add_profile(profile)
    settings.add_profile(Profile("Production", url))
    page = connect(profile)
    assert (page.form.name.text(), page.form.database_url.text()) == ("UAT", url)
    page.form.production.setChecked(True)
    click(page.save_button)
    settle()
    assert settings.choose_profile("UAT").production
    type_in(page.form.name, "Production")
    click(page.save_button)
    settle()
    assert "already" in page.form._forms[0].fields["name"].error
    assert chosen == ["UAT"]


def test_that_a_kept_password_never_reaches_an_address_it_was_not_typed_for(
    connect: Callable[..., ConnectPage], settle: Settle, home: Path, chosen: list[str], sandbox: Sandbox
) -> None:
    home.mkdir(parents=True, exist_ok=True)
    url = f"sqlite:///{(home / 'one.db').as_posix()}"
    database.upgrade(url, now=datetime(2026, 11, 21, tzinfo=UTC), operator=wiring.operator_name())
    profile = Profile("UAT", url, "https://aspire.example.com", "sandbox")
    settings.add_profile(profile)
    credentials.set_password("UAT", Secret.ASPIRE, "sandbox")
    page = connect(profile)
    type_in(page.form.aspire_url, sandbox.url)
    click(page.test_button)
    settle()
    assert any("There is no password to sign in with" in line for line in findings(page))
    click(page.save_button)
    settle()
    assert chosen == ["UAT"]
    assert credentials.get_password("UAT", Secret.ASPIRE) is None


def test_that_labels_without_a_key_of_their_site_are_not_dropped(
    connect: Callable[..., ConnectPage], settle: Settle, chosen: list[str]
) -> None:
    page = connect()
    type_in(page.form.site_labels, "Northwind")
    click(page.save_button)
    settle()
    assert chosen == []
    assert page.form._site.fields["site_key"].error
    assert page.form.site_labels.text() == "Northwind"


def test_that_a_file_of_nobodys_home_or_with_odd_signs_in_its_name_is_taken_as_typed(
    connect: Callable[..., ConnectPage], settle: Settle, tmp_path: Path, chosen: list[str]
) -> None:
    page = connect()
    type_in(page.form.file, "~nobody-of-that-name/portal.db")
    assert page.form.draft().new_file == Path("~nobody-of-that-name/portal.db")
    type_in(page.form.file, str(tmp_path / "100% ours #1?.db"))
    click(page.save_button)
    settle()
    assert chosen == ["Main"]
    assert (tmp_path / "100% ours #1?.db").exists()


def test_that_connect_works_by_keyboard_and_names_every_control(
    connect: Callable[..., ConnectPage], unnamed: Callable[..., list[str]], settle: Settle
) -> None:
    page = connect()
    assert unnamed(page) == []
    assert page.form.name.hasFocus()
    seen = set()
    for _ in range(40):
        QTest.keyClick(page, Qt.Key.Key_Tab)
        focused = page.window().focusWidget()
        assert focused is not None
        seen.add(focused)
    assert {page.form.name, page.form.file, page.form.password, page.save_button, page.test_button} <= seen


def test_that_nothing_on_connect_is_rendered_as_markup(
    connect: Callable[..., ConnectPage], settle: Settle
) -> None:
    page = connect()
    type_in(page.form.aspire_url, "https://<b>x</b>")
    click(page.test_button)
    settle()
    labels = page.findChildren(QLabel)
    assert {label.textFormat() for label in labels if label.text()} == {Qt.TextFormat.PlainText}
