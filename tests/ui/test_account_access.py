"""Account access as a rep works with it: choose a person, read what their portal shows, ask why."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication, QWidget

from portal_admin.domain.verdict import Result
from portal_admin.sandbox.portfolio import FilePortfolio
from portal_admin.services.desk import Desk
from portal_admin.services.sync import sync
from portal_admin.ui import background
from portal_admin.ui.account_access.chooser import Choice
from portal_admin.ui.account_access.page import AccountAccessPage
from portal_admin.ui.navigation import Target
from portal_admin.ui.widgets.state_panel import State
from tests.fixtures.desk import TOO_SLOW, Clock
from tests.ui import account_access_world as world
from tests.ui.account_access_world import OLSEN, OTHER_SITE, PENDING, SITE

Settle = Callable[[], None]


@pytest.fixture(scope="module")
def filled_file(migrated_file: Path, small: FilePortfolio, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A synced database with sites and users, filled once."""
    return world.filled_template(migrated_file, small, tmp_path_factory.mktemp("access"))


@pytest.fixture
def database_url(filled_file: Path, tmp_path: Path) -> str:
    """A copy of it for each test; the desk works on it."""
    return f"sqlite:///{shutil.copy(filled_file, tmp_path / 'portal.db')}"


@pytest.fixture
def access(page: Callable[..., AccountAccessPage], desk: Desk) -> AccountAccessPage:
    """The page on a synced desk, with nobody chosen."""
    shown = page(AccountAccessPage, desk)
    shown.open(Target("account_access"))
    return shown


@pytest.fixture
def olsen(access: AccountAccessPage, settle: Settle) -> AccountAccessPage:
    """The page with Renate Olsen of Northwind in view."""
    return look_at(access, settle)


def look_at(
    access: AccountAccessPage, settle: Settle, email: str = OLSEN, **more: str | None
) -> AccountAccessPage:
    access.open(Target("account_access", site=SITE, email=email, **more))
    settle()
    return access


def ask(access: AccountAccessPage, qtbot: Any, settle: Settle, contract_id: str) -> None:
    access.why.contract.clear()
    qtbot.keyClicks(access.why.contract, contract_id)
    qtbot.keyClick(access.why.contract, Qt.Key.Key_Return)
    settle()


def gone_to(access: AccountAccessPage) -> list[Target]:
    targets: list[Target] = []
    access.navigator.open.connect(targets.append)
    return targets


def result_of(access: AccountAccessPage, check: str) -> Result:
    verdict = access.why.verdict.verdict
    assert verdict is not None
    return verdict.check(check).result


# Choosing a person


def test_that_a_person_is_found_by_name_and_taken_with_arrows_and_enter(
    access: AccountAccessPage, qtbot: Any, settle: Settle
) -> None:
    qtbot.keyClicks(access.chooser, "olsen")
    settle()
    assert [row[2] for row in world.lines(access.chooser.results)] == [SITE, OTHER_SITE]
    qtbot.keyClick(access.chooser, Qt.Key.Key_Down)
    qtbot.keyClick(access.chooser, Qt.Key.Key_Return)
    settle()
    assert access.strip.name.text() == "Renate Olsen"
    assert access.strip.site.text() == "on site Prairie Finance (prairie)"
    assert access.chooser.text() == ""
    assert access.chooser.drop.isHidden()


def test_that_enter_before_the_answer_takes_the_first_person(
    access: AccountAccessPage, qtbot: Any, settle: Settle
) -> None:
    qtbot.keyClicks(access.chooser, PENDING)
    qtbot.keyClick(access.chooser, Qt.Key.Key_Return)
    settle()
    assert access.strip.email.text() == PENDING


def test_that_a_person_is_taken_with_the_mouse(access: AccountAccessPage, qtbot: Any, settle: Settle) -> None:
    qtbot.keyClicks(access.chooser, "grant")
    settle()
    world.click_row(qtbot, access.chooser.results, Choice(SITE, world.ALONE))
    settle()
    assert access.strip.name.text() == "Pat Grant"


def test_that_nobody_found_is_said_and_escape_keeps_nothing_open(
    access: AccountAccessPage, qtbot: Any, settle: Settle
) -> None:
    qtbot.keyClicks(access.chooser, "nobody of that name")
    settle()
    assert access.chooser.results.state.state is State.NOTHING
    assert "No person on any site matches" in world.said(access.chooser.drop)
    qtbot.keyClick(access.chooser, Qt.Key.Key_Escape)
    assert access.chooser.drop.isHidden()
    assert access.chooser.text() == "nobody of that name"


def test_that_a_contract_id_in_the_search_box_shows_who_can_see_it(
    access: AccountAccessPage, qtbot: Any, settle: Settle
) -> None:
    qtbot.keyClicks(access.chooser, "0012-0045")
    settle()
    qtbot.keyClick(access.chooser, Qt.Key.Key_Return)
    settle()
    assert access.people.title.text() == "Who can see contract 0012-0045"
    assert [row[1] for row in world.lines(access.people.table)] == [world.INACTIVE, PENDING, OLSEN]


def test_that_people_looked_at_are_offered_again(
    access: AccountAccessPage, qtbot: Any, settle: Settle
) -> None:
    assert "Nobody looked at yet" in world.said(access.people)
    look_at(access, settle)
    look_at(access, settle, PENDING)
    access.open(Target("account_access", account="A-001"))
    settle()
    qtbot.mouseClick(world.button(access.people, "Close"), Qt.MouseButton.LeftButton)
    assert [row[0] for row in world.lines(access.people.table)] == ["Nils Newman", "Renate Olsen"]
    world.click_row(qtbot, access.people.table, Choice(SITE, OLSEN))
    settle()
    assert access.strip.email.text() == OLSEN


def test_that_the_arrow_down_in_an_empty_search_box_lists_who_was_looked_at(
    access: AccountAccessPage, qtbot: Any, settle: Settle
) -> None:
    look_at(access, settle)
    look_at(access, settle, PENDING)
    access.chooser.setFocus()
    qtbot.keyClick(access.chooser, Qt.Key.Key_Down)
    qtbot.keyClick(access.chooser, Qt.Key.Key_Down)
    qtbot.keyClick(access.chooser, Qt.Key.Key_Return)
    settle()
    assert access.strip.email.text() == OLSEN


def test_that_a_person_who_does_not_exist_is_named(access: AccountAccessPage, settle: Settle) -> None:
    look_at(access, settle, "ghost@nowhere.example")
    assert access.state.state is State.NOTHING
    assert "There is no end user ghost@nowhere.example on site northwind." in world.said(access)


# Contracts as the portal shows them


def test_that_contracts_stand_under_open_closed_and_hidden(olsen: AccountAccessPage) -> None:
    rows = {
        row.key: [cell if isinstance(cell, str) else cell.text for cell in row.cells]
        for row in olsen.contracts.table.model.rows
    }
    assert rows["open", "0012-0045"] == [
        "0012-0045",
        "Capital lease",
        "Prairie Hauling LLC",
        "1 Dec 2026",
        "1,000.00",
    ]
    assert [key[1] for key in rows if key[0] == "closed"] == ["0012-0046", "0040-0001", "0040-0002"]
    assert rows["hidden", "0012-0047"][1] == "not booked in ASPIRE yet"
    assert rows["hidden", "0012-0048"][1] == "label “LEGACY” is mapped to no site"
    assert rows["hidden", "0012-0049"][1] == "label “PRAIRIE” is mapped to Prairie Finance"
    assert [made.text() for made in olsen.contracts.counts.values()] == [
        "All 9",
        "Open 3",
        "Closed 3",
        "Hidden 3",
    ]
    titles = [column.title for column in olsen.contracts.table.model.columns]
    assert titles[-1] == "Payment USD"


def test_that_the_hidden_contracts_alone_can_be_listed(olsen: AccountAccessPage, qtbot: Any) -> None:
    qtbot.mouseClick(olsen.contracts.counts["hidden"], Qt.MouseButton.LeftButton)
    assert [row[0] for row in world.lines(olsen.contracts.table)] == ["0012-0047", "0012-0048", "0012-0049"]


def test_that_a_filter_without_hits_says_so_and_can_be_cleared(
    olsen: AccountAccessPage, qtbot: Any, settle: Settle
) -> None:
    qtbot.keyClicks(olsen.contracts.filter, "granite")
    settle()
    assert [row[0] for row in world.lines(olsen.contracts.table)] == ["0040-0001", "0040-0002"]
    qtbot.keyClicks(olsen.contracts.filter, "zzz")
    settle()
    assert "No contract here holds “granitezzz”." in world.said(olsen.contracts)
    qtbot.mouseClick(world.button(olsen.contracts, "Clear the filter"), Qt.MouseButton.LeftButton)
    settle()
    assert len(world.lines(olsen.contracts.table)) == 9


def test_that_a_user_without_any_contract_is_offered_a_link(
    access: AccountAccessPage, desk: Desk, qtbot: Any, settle: Settle
) -> None:
    world.add_user(desk, "lee@lonely.example", "Lee", "Lone", "Active", ["A-010"])
    look_at(access, settle, "lee@lonely.example")
    assert "No linked account is on any contract" in world.said(access.contracts)
    qtbot.mouseClick(world.button(access.contracts, "Link account…"), Qt.MouseButton.LeftButton)
    assert access.link_panel.isVisible()


def test_that_amounts_name_their_currency_where_there_are_several(
    access: AccountAccessPage, desk: Desk, sandbox: Any, settle: Settle
) -> None:
    world.put_big_account(sandbox, 6)
    sync(desk, full=True)
    world.add_user(desk, world.MANY, "Max", "Many", "Active", ["A-LONG-ACCOUNT-0500"])
    look_at(access, settle, world.MANY)
    amounts = [row[4] for row in world.lines(access.contracts.table)]
    assert amounts[0] == "1,000.50 USD"
    assert amounts[4] == "1,548.50 CAD"
    assert access.contracts.table.model.columns[4].title == "Payment"


@pytest.mark.parametrize(
    ("email", "words"),
    [(PENDING, "Pending: sees nothing now. This is what they will see once Active."), (OLSEN, "")],
)
def test_that_a_banner_names_the_status_of_who_is_not_active(
    access: AccountAccessPage, settle: Settle, email: str, words: str
) -> None:
    look_at(access, settle, email)
    assert access.contracts.banner.text == words
    assert ("open", "0012-0045") in {row.key for row in access.contracts.table.model.rows}


def test_that_a_stale_copy_is_marked_with_its_age(
    olsen: AccountAccessPage, clock: Clock, settle: Settle
) -> None:
    assert olsen.contracts.stale.text == ""
    clock.now += timedelta(hours=2)
    olsen.refresh()
    settle()
    assert olsen.contracts.stale.text.startswith("The portal's copy of ASPIRE is stale: read 2 h ago.")
    assert olsen.contracts.age.text().endswith("stale")


# Why?


def test_that_a_pasted_contract_id_and_enter_give_the_verdict(
    access: AccountAccessPage, qtbot: Any, settle: Settle
) -> None:
    qtbot.keyClicks(access.chooser, OLSEN)
    qtbot.keyClick(access.chooser, Qt.Key.Key_Return)
    settle()
    QGuiApplication.clipboard().setText(" 0012-0045 ")
    focus = QApplication.focusWidget()
    assert focus is access.why.contract
    qtbot.keyClick(focus, Qt.Key.Key_V, Qt.KeyboardModifier.ControlModifier)
    qtbot.keyClick(focus, Qt.Key.Key_Return)
    settle()
    assert access.why.verdict.accessibleName() == "Visible, under Open"
    assert "0012-0045 for Renate Olsen" in world.said(access.why)


def test_that_a_selected_row_is_explained(olsen: AccountAccessPage, qtbot: Any, settle: Settle) -> None:
    world.click_row(qtbot, olsen.contracts.table, ("hidden", "0012-0048"))
    settle()
    assert olsen.why.contract.text() == "0012-0048"
    assert olsen.why.verdict.accessibleName() == "Not visible"
    assert "Private label LEGACY is mapped to no site." in world.said(olsen.why)


def test_that_an_unmapped_label_leads_to_the_sites(
    olsen: AccountAccessPage, qtbot: Any, settle: Settle
) -> None:
    targets = gone_to(olsen)
    ask(olsen, qtbot, settle, "0012-0048")
    qtbot.mouseClick(world.button(olsen.why, "Map label…"), Qt.MouseButton.LeftButton)
    assert targets == [Target("sites", site=SITE)]


def test_that_a_label_of_another_site_leads_to_its_users(
    olsen: AccountAccessPage, qtbot: Any, settle: Settle
) -> None:
    targets = gone_to(olsen)
    ask(olsen, qtbot, settle, "0012-0049")
    qtbot.mouseClick(world.button(olsen.why, "Find a user on prairie…"), Qt.MouseButton.LeftButton)
    assert targets == [Target("end_users", site=OTHER_SITE)]


def test_that_a_missing_role_leads_to_linking_its_holder(
    olsen: AccountAccessPage, qtbot: Any, settle: Settle
) -> None:
    ask(olsen, qtbot, settle, "0020-0001")
    assert result_of(olsen, "role") is Result.FAIL
    qtbot.mouseClick(world.button(olsen.why, "Link account…"), Qt.MouseButton.LeftButton)
    settle()
    assert olsen.link_panel.finder.search.text() == "A-002"
    assert olsen.link_panel.finder.results.selected == "A-002"


def test_that_a_user_who_is_not_active_leads_to_end_users(
    access: AccountAccessPage, qtbot: Any, settle: Settle
) -> None:
    look_at(access, settle, PENDING)
    targets = gone_to(access)
    ask(access, qtbot, settle, "0012-0045")
    qtbot.mouseClick(world.button(access.why, "Open Nils Newman in End users…"), Qt.MouseButton.LeftButton)
    assert targets == [Target("end_users", site=SITE, email=PENDING)]


def test_that_the_person_in_view_can_be_opened_on_another_contract(
    olsen: AccountAccessPage, qtbot: Any, settle: Settle
) -> None:
    ask(olsen, qtbot, settle, "0012-0045")
    look_at(olsen, settle, contract="0012-0048")
    assert olsen.why.contract.text() == "0012-0048"
    assert olsen.why.verdict.accessibleName() == "Not visible"


def test_that_what_was_only_typed_is_not_asked_about_another_person(
    olsen: AccountAccessPage, qtbot: Any, settle: Settle
) -> None:
    qtbot.keyClicks(olsen.why.contract, "half an id")
    look_at(olsen, settle, PENDING)
    assert olsen.why.contract.text() == "half an id"
    assert olsen.why.verdict.verdict is None


def test_that_who_else_sees_it_is_listed_and_leads_to_them(
    olsen: AccountAccessPage, qtbot: Any, settle: Settle
) -> None:
    ask(olsen, qtbot, settle, "0012-0045")
    assert [row[0] for row in world.lines(olsen.why.others.table)] == ["Ida Gonzales", "Nils Newman"]
    olsen.resize(1280, 1600)
    settle()
    world.click_row(qtbot, olsen.why.others.table, Choice(SITE, PENDING))
    settle()
    assert olsen.strip.email.text() == PENDING
    assert olsen.why.contract.text() == "0012-0045"
    assert olsen.why.verdict.accessibleName() == "Not visible"


def test_that_an_answer_about_an_earlier_contract_is_dropped(
    olsen: AccountAccessPage, qtbot: Any, sandbox: Any, settle: Settle
) -> None:
    sandbox.fault(path="/contracts", latency=0.15, times=1)
    qtbot.keyClicks(olsen.why.contract, "0012-0048")
    qtbot.keyClick(olsen.why.contract, Qt.Key.Key_Return)
    ask(olsen, qtbot, settle, "0012-0045")
    assert olsen.why.verdict.accessibleName() == "Visible, under Open"
    assert "0012-0048" not in world.said(olsen.why)


def test_that_a_fresh_copy_decides_while_aspire_is_down(
    olsen: AccountAccessPage, qtbot: Any, sandbox: Any, settle: Settle
) -> None:
    sandbox.fault(status=503)
    ask(olsen, qtbot, settle, "0012-0045")
    assert olsen.why.verdict.accessibleName() == "Visible, under Open"
    assert result_of(olsen, "synced") is Result.UNKNOWN
    sandbox.clear_faults()
    qtbot.mouseClick(world.button(olsen.why, "Retry"), Qt.MouseButton.LeftButton)
    settle()
    assert result_of(olsen, "synced") is Result.PASS


@pytest.mark.parametrize("fault", [{"status": 503}, {"drop": "before"}, {"html": True}, {"latency": TOO_SLOW}])
def test_that_a_stale_copy_and_no_aspire_give_cannot_tell_and_never_a_no(
    olsen: AccountAccessPage, qtbot: Any, sandbox: Any, clock: Clock, settle: Settle, fault: dict[str, Any]
) -> None:
    clock.now += timedelta(hours=2)
    sandbox.fault(**fault)
    ask(olsen, qtbot, settle, "0012-0045")
    assert olsen.why.verdict.accessibleName() == "Cannot tell"
    assert "Not visible" not in world.said(olsen.why)
    assert world.has_button(olsen.why, "Retry")


def test_that_a_contract_nobody_can_look_up_is_no_contract_that_is_missing(
    olsen: AccountAccessPage, qtbot: Any, sandbox: Any, settle: Settle
) -> None:
    sandbox.fault(status=503)
    ask(olsen, qtbot, settle, "7777-0001")
    assert olsen.why.verdict.accessibleName() == "Cannot tell"
    assert olsen.why.others.table.state.state is State.FAILED
    sandbox.clear_faults()
    ask(olsen, qtbot, settle, "7777-0001")
    assert olsen.why.verdict.accessibleName() == "Not visible"
    assert olsen.why.others.isHidden()


# Without a person


def test_that_only_a_contract_shows_who_sees_it_and_is_asked_about_next(
    access: AccountAccessPage, qtbot: Any, settle: Settle
) -> None:
    access.open(Target("account_access", contract="0020-0001"))
    settle()
    assert "Nobody can see 0020-0001 on any site." in world.said(access.people)
    qtbot.keyClicks(access.chooser, "grant")
    qtbot.keyClick(access.chooser, Qt.Key.Key_Return)
    settle()
    assert "0020-0001 for Pat Grant" in world.said(access.why)


def test_that_who_sees_an_unknown_contract_could_not_be_looked_up_while_aspire_is_down(
    access: AccountAccessPage, sandbox: Any, qtbot: Any, settle: Settle
) -> None:
    sandbox.fault(status=503)
    access.open(Target("account_access", contract="7777-0001"))
    settle()
    assert access.people.table.state.state is State.FAILED
    sandbox.clear_faults()
    qtbot.mouseClick(world.button(access.people, "Retry"), Qt.MouseButton.LeftButton)
    settle()
    assert "Neither the portal nor ASPIRE has a contract 7777-0001." in world.said(access.people)


def test_that_only_an_account_lists_the_people_linked_to_it(
    access: AccountAccessPage, settle: Settle
) -> None:
    access.open(Target("account_access", account="a-001"))
    settle()
    assert [(row[1], row[2]) for row in world.lines(access.people.table)] == [
        (world.INACTIVE, SITE),
        (PENDING, SITE),
        (OLSEN, SITE),
        (OLSEN, OTHER_SITE),
    ]
    access.open(Target("account_access", account="A-010"))
    settle()
    assert "Nobody is linked to account A-010." in world.said(access.people)


# The page as a whole


def test_that_refreshing_keeps_what_was_typed(olsen: AccountAccessPage, qtbot: Any, settle: Settle) -> None:
    qtbot.keyClicks(olsen.contracts.filter, "0012")
    qtbot.keyClicks(olsen.why.contract, "half an id")
    qtbot.keyClicks(olsen.chooser, "somebo")
    olsen.refresh()
    settle()
    assert olsen.contracts.filter.text() == "0012"
    assert olsen.why.contract.text() == "half an id"
    assert olsen.chooser.text() == "somebo"
    assert all("0012" in row[0] for row in world.lines(olsen.contracts.table))


def test_that_everything_that_takes_the_keyboard_has_a_name(
    olsen: AccountAccessPage, qtbot: Any, settle: Settle, unnamed: Callable[[QWidget], list[str]]
) -> None:
    ask(olsen, qtbot, settle, "0012-0048")
    assert unnamed(olsen) == []
    olsen.open(Target("account_access", contract="0012-0045"))
    settle()
    assert unnamed(olsen) == []
    olsen.open(Target("account_access", account="A-001"))
    settle()
    assert unnamed(olsen) == []


def test_that_outside_text_is_shown_and_never_rendered(
    page: Callable[..., AccountAccessPage], desk: Desk, sandbox: Any, qtbot: Any, settle: Settle
) -> None:
    world.put_hostile_account(sandbox)
    sync(desk, full=True)
    world.add_user(desk, world.HOSTILE, "<b>Bold</b>", "<img src=x>", "Active", ["<i>A-600</i>"])
    access = look_at(page(AccountAccessPage, desk), settle, world.HOSTILE)
    ask(access, qtbot, settle, "0600-1")
    shown = world.said(access)
    for text in (
        "<b>Bold</b> <img src=x>",
        world.MARKUP,
        "<i>A-600</i>",
        "Private label <s>GONE</s> is mapped",
    ):
        assert text in shown
    assert ["<u>0600</u>", "Capital lease", world.MARKUP, "1 Dec 2026", "1,000.00"] in world.lines(
        access.contracts.table
    )


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1088, 832])
def test_that_it_paints_in_both_schemes_and_fits_narrow_windows(
    olsen: AccountAccessPage, render: Callable[..., Any], settle: Settle, scheme: str, width: int
) -> None:
    olsen.resize(width, 480)
    olsen.why.ask("0012-0048")
    settle()
    assert render(olsen, "account-access", scheme).stat().st_size > 0
    assert olsen.width() == width
    olsen.links.link.emit()
    settle()
    assert olsen.width() == width
    assert not olsen.why.isVisible()


def test_that_the_page_can_be_closed_with_questions_under_way(
    access: AccountAccessPage, sandbox: Any
) -> None:
    sandbox.fault(latency=0.2)
    access.open(Target("account_access", site=SITE, email=OLSEN, contract="0012-0045"))
    access.why.ask("0012-0045")
    access.close()
    assert background.drain(5)
