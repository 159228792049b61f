"""The Enrolment screen by keyboard: rehearsal, attempts and readiness."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QPushButton, QWidget
from sqlalchemy import update

from portal_admin.domain.permissions import Role
from portal_admin.domain.verdict import Edition
from portal_admin.models import aspire_contract, sync_state
from portal_admin.models.engine import writing
from portal_admin.sandbox.portfolio import FilePortfolio
from portal_admin.sandbox.server import Sandbox
from portal_admin.services import people
from portal_admin.services.desk import Desk
from portal_admin.services.enrolment.attempts import list_attempts
from portal_admin.services.enrolment.submit import submit
from portal_admin.ui.end_users.page import EndUsersPage
from portal_admin.ui.enrolment.page import ATTEMPTS, READINESS, EnrolmentPage
from portal_admin.ui.main_window import MainWindow
from portal_admin.ui.navigation import Target
from portal_admin.ui.panels.enrolment.caller_attempts import CallerAttempts
from portal_admin.ui.tables.rows import text_of
from portal_admin.ui.widgets.state_panel import State
from tests.fixtures.database import Databases
from tests.fixtures.operators import appoint
from tests.services.enrolment.world import (
    ACTIVE,
    BILLING,
    DANA,
    OLSEN,
    PENDING,
    RIGHT,
    fill,
    offline,
    portfolio,
)
from tests.services.filled import STALE, audit_rows
from tests.ui.acting import press, said

pytestmark = pytest.mark.databases("sqlite")
Settle = Callable[[], None]
Open = Callable[..., EnrolmentPage]


@pytest.fixture(scope="session")
def enrolling() -> FilePortfolio:
    return portfolio()


@pytest.fixture
def sandbox(enrolling: FilePortfolio) -> Iterator[Sandbox]:
    with Sandbox(enrolling) as box:
        yield box


@pytest.fixture
def database_url(databases: Databases, enrolling: FilePortfolio) -> Iterator[str]:
    url = databases.fresh(databases.template("enrolment", partial(fill, found=enrolling)))
    yield url
    databases.give_back(url)


@pytest.fixture
def open_page(page: Callable[..., Any], desk: Desk, settle: Settle) -> Open:
    def build(target: Target | None = None, at: Desk = desk) -> EnrolmentPage:
        made: EnrolmentPage = page(EnrolmentPage, at)
        made.open(target or Target("enrolment", site="MAIN"))
        settle()
        return made

    return build


def type_in(settle: Settle, *texts: str) -> None:
    """Type into the field that has the keyboard, Tab to the next, and press Enter in the last."""
    for place, text in enumerate(texts):
        focused = QApplication.focusWidget()
        QTest.keyClicks(focused, text)
        QTest.keyClick(focused, Qt.Key.Key_Return if place == len(texts) - 1 else Qt.Key.Key_Tab)
    settle()


def answer(shown: EnrolmentPage) -> dict[str, str]:
    return {line.check.name: line.check.result.value for line in shown.rehearsal.lines}


def line(shown: EnrolmentPage, name: str) -> Any:
    return next(one for one in shown.rehearsal.lines if one.check.name == name)


def gone(shown: EnrolmentPage) -> list[Target]:
    """Where the page sends to, from now on."""
    targets: list[Target] = []
    shown.navigator.open.connect(targets.append)
    return targets


def test_that_what_the_caller_typed_is_rehearsed_by_keyboard_alone(
    open_page: Open, settle: Settle, unnamed: Callable[[QWidget], list[str]], desk: Desk
) -> None:
    shown = open_page()
    assert QApplication.focusWidget() is shown.rehearsal.form.email
    assert "Register Here" in said(shown.rehearsal)
    type_in(settle, OLSEN, "68114", "0012-0045")
    assert shown.rehearsal.headline.text() == "Accepted"
    assert answer(shown) == dict.fromkeys(("email", "postal_code", "contract", "already_user"), "pass")
    assert "Success links Prairie Hauling LLC (A-001)." in said(shown.rehearsal)
    assert unnamed(shown) == []
    assert list_attempts(desk).attempts == ()
    assert not [user for user in people.list_users(desk) if user.email == OLSEN]


def test_that_each_cause_has_its_words_and_a_copy_for_the_phone(open_page: Open, settle: Settle) -> None:
    shown = open_page()
    type_in(settle, DANA, "681", "0012-0048")
    assert shown.rehearsal.headline.text() == "Refused"
    words = said(shown.rehearsal)
    for expected in ("only Guarantor", "fewer than the 5 characters", "LEGACY is mapped to no site"):
        assert expected in words
    copy = next(
        b
        for b in shown.rehearsal.findChildren(QWidget)
        if b.accessibleName() == "Copy what to say about the postal code"
    )
    copy.setFocus()
    QTest.keyClick(copy, Qt.Key.Key_Space)
    settle()
    assert QGuiApplication.clipboard().text() == "That postal code is too short. Please type all of it."


def test_that_both_editions_stand_side_by_side(open_page: Open, settle: Settle) -> None:
    shown = open_page()
    type_in(settle, BILLING, "68114", "0012-0045")
    new, old = shown.rehearsal.editions[Edition.E2026], shown.rehearsal.editions[Edition.E2025]
    assert (new.text(), new.isChecked(), old.text()) == ("2026: Accepted", True, "2025: Refused")
    old.setFocus()
    QTest.keyClick(old, Qt.Key.Key_Space)
    assert shown.rehearsal.headline.text() == "Refused"
    assert answer(shown)["email"] == "fail"
    assert "which are not in force" in shown.rehearsal.subject.text()


def test_that_what_is_on_file_is_masked_revealed_and_masked_again(
    open_page: Open, settle: Settle, desk: Desk
) -> None:
    shown = open_page()
    type_in(settle, OLSEN, "99999", "0012-0045")
    assert "68114" not in said(shown.rehearsal)
    assert ACTIVE not in said(shown.rehearsal)
    revealed = line(shown, "postal_code").revealed
    revealed.button.setFocus()
    QTest.keyClick(revealed.button, Qt.Key.Key_Space)
    settle()
    assert revealed.shown == ("68114-1234",)
    assert [row.action for row in audit_rows(desk.engine)] == ["caller.reveal"]
    for _ in range(60):
        revealed.timer.timeout.emit()
    assert "68114" not in said(shown.rehearsal)


def test_that_somebody_who_may_only_look_sees_masks(open_page: Open, settle: Settle, desk: Desk) -> None:
    appoint(desk.engine, "robin", Role.READ_ONLY)
    shown = open_page(at=replace(desk, operator="robin"))
    type_in(settle, OLSEN, "68114", "0012-0045")
    assert shown.rehearsal.headline.text() == "Accepted"
    revealed = line(shown, "email").revealed
    assert not revealed.button.isEnabled()
    assert "CSRs and Administrators" in revealed.button.toolTip()
    assert not shown.export_button.isEnabled()


@pytest.mark.parametrize(
    ("typed", "words", "target"),
    [
        (
            (ACTIVE, "68114", "0012-0045"),
            "Open in Customer care",
            Target("customer_care", site="MAIN", email=ACTIVE),
        ),
        (
            (PENDING, "68114", "0040-0001"),
            "Open in Customer care",
            Target("customer_care", site="MAIN", email=PENDING),
        ),
        ((OLSEN, "68114", "0012-0048"), "Map label…", Target("sites", site="MAIN")),
        (
            ("x@nobody.example", "68114", "0012-0045"),
            "New end user for Prairie Hauling LLC…",
            Target("end_users", site="MAIN", email="x@nobody.example", account="A-001"),
        ),
        (
            (DANA, "1", "0012-0045"),
            "New end user for Dana Whitfield…",
            Target("end_users", site="MAIN", email=DANA, account="A-003"),
        ),
        (("shared@twin.example", "68114", "12"), "Find the caller", Target("customer_care")),
    ],
)
def test_that_the_way_out_leads_where_it_is_put_right(
    open_page: Open, settle: Settle, typed: tuple[str, str, str], words: str, target: Target
) -> None:
    shown = open_page()
    type_in(settle, *typed)
    targets = gone(shown)
    press(shown, words)
    assert targets == [target]


def test_that_another_site_or_contract_is_tried_with_one_button(open_page: Open, settle: Settle) -> None:
    shown = open_page()
    type_in(settle, OLSEN, "68114", "0012-0049")
    press(shown, "Try site PRAIRIE")
    settle()
    assert (shown.rehearsal.form.site_key, shown.rehearsal.headline.text()) == ("PRAIRIE", "Accepted")
    shown.open(Target("enrolment", site="MAIN"))
    settle()
    shown.rehearsal.form.focus_first()
    type_in(settle, "office@prairiehauling.example", "68114", "0012-0045")
    press(shown, "Try contract 0020-0001")
    settle()
    assert shown.rehearsal.form.contract.text() == "0020-0001"
    assert shown.rehearsal.headline.text() == "Accepted"


def test_that_nobody_who_guessed_the_postal_code_wrong_is_offered_to_be_created(
    open_page: Open, settle: Settle
) -> None:
    shown = open_page()
    type_in(settle, "x@nobody.example", "10001", "0012-0045")
    assert line(shown, "email").check.fix
    assert not [b for b in shown.findChildren(QPushButton) if b.text().startswith("New end user")]


def test_that_a_look_up_that_failed_is_no_refusal_and_is_tried_again(
    open_page: Open, settle: Settle, desk: Desk, sandbox: Sandbox
) -> None:
    with writing(desk.engine) as connection:
        connection.execute(update(sync_state).values(confirmed_at=STALE))
    sandbox.fault(truncate=True)
    shown = open_page()
    type_in(settle, OLSEN, "68114", "0012-0045")
    assert shown.rehearsal.headline.text() == "Cannot tell"
    assert set(answer(shown).values()) == {"unknown", "pass"}
    sandbox.clear_faults()
    retry = line(shown, "email").button
    assert retry.text() == "Retry"
    retry.click()
    settle()
    assert shown.rehearsal.headline.text() == "Accepted"


def test_that_a_fresh_copy_says_that_aspire_was_not_asked(
    open_page: Open, settle: Settle, desk: Desk
) -> None:
    shown = open_page(at=offline(desk))
    type_in(settle, OLSEN, "68114", "0012-0045")
    assert shown.rehearsal.headline.text() == "Accepted"
    assert "Not compared with ASPIRE: This profile has no ASPIRE connection." in said(shown.rehearsal)


def test_that_a_database_that_is_gone_is_told_with_a_retry(
    open_page: Open, settle: Settle, desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    shown = open_page()
    with writing(desk.engine) as connection:
        connection.exec_driver_sql("ALTER TABLE aspire_contract RENAME TO gone")
    type_in(settle, OLSEN, "68114", "0012-0045")
    assert shown.rehearsal.state.state is State.FAILED
    with writing(desk.engine) as connection:
        connection.exec_driver_sql("ALTER TABLE gone RENAME TO aspire_contract")
    press(shown.rehearsal, "Retry")
    settle()
    assert shown.rehearsal.headline.text() == "Accepted"


def test_that_a_site_has_to_be_chosen_and_an_unknown_one_is_named(open_page: Open, settle: Settle) -> None:
    shown = open_page(Target("enrolment"))
    form = shown.rehearsal.form
    assert QApplication.focusWidget() is form.site
    form.ask_button.click()
    assert form.form.fields["site"].error == "Choose the site."
    shown.open(Target("enrolment", site="WEST", email=OLSEN))
    settle()
    assert form.form.fields["site"].error == "There is no site WEST."
    assert form.email.text() == OLSEN


def test_that_clear_makes_room_for_the_next_caller(open_page: Open, settle: Settle) -> None:
    shown = open_page()
    type_in(settle, OLSEN, "68114", "0012-0045")
    shown.rehearsal.form.clear_button.click()
    assert (shown.rehearsal.form.typed.email, shown.rehearsal.form.site_key) == ("", "MAIN")
    assert QApplication.focusWidget() is shown.rehearsal.form.email


@pytest.fixture
def tried(desk: Desk) -> Desk:
    """Three attempts: refused twice, then accepted."""
    submit(desk, **(RIGHT | {"postal_code": "1", "contract_id": "0012-0048"}))
    submit(
        desk, **(RIGHT | {"site": "PRAIRIE", "email": "<b>x</b>@nobody.example", "contract_id": "0012-0049"})
    )
    submit(desk, **RIGHT)
    return desk


def cells(table: Any) -> list[list[str]]:
    return [list(map(text_of, row.cells)) for row in table.model.rows]


def test_that_attempts_stand_newest_first_with_the_rule_that_refused_them(
    tried: Desk, open_page: Open, settle: Settle, unnamed: Callable[[QWidget], list[str]]
) -> None:
    shown = open_page()
    QTest.keyClick(shown, Qt.Key.Key_2, Qt.KeyboardModifier.AltModifier)
    settle()
    assert shown.tabs.currentIndex() == ATTEMPTS
    found = cells(shown.attempts.table)
    assert [row[2:4] for row in found] == [
        ["Accepted", "User created"],
        ["Refused", "Email is not on file"],
        ["Refused", "Postal code differs; contract does not fit"],
    ]
    assert found[1][1] == "<b>x</b>@nobody.example"
    assert QApplication.focusWidget() is shown.attempts.table.view
    assert unnamed(shown) == []


def test_that_enter_opens_the_rehearsal_of_what_was_typed(
    tried: Desk, open_page: Open, settle: Settle
) -> None:
    shown = open_page()
    shown.show_view(ATTEMPTS)
    settle()
    view = shown.attempts.table.view
    QTest.keyClick(view, Qt.Key.Key_End, Qt.KeyboardModifier.ControlModifier)
    QTest.keyClick(view, Qt.Key.Key_Return)
    settle()
    assert shown.tabs.currentIndex() == 0
    form = shown.rehearsal.form
    assert (form.email.text(), form.postal_code.text(), form.contract.text()) == (OLSEN, "1", "0012-0048")
    assert (form.first_name.text(), form.site_key) == ("Ruth", "MAIN")
    # Judged by what is so now: the third attempt has created the user.
    assert answer(shown) == {
        "email": "pass",
        "postal_code": "fail",
        "contract": "fail",
        "already_user": "fail",
    }


def test_that_attempts_are_filtered_by_text_site_outcome_and_time(
    tried: Desk, open_page: Open, settle: Settle
) -> None:
    shown = open_page()
    shown.show_view(ATTEMPTS)
    settle()
    filters = shown.attempts.filters

    def left() -> int:
        settle()
        state = shown.attempts.table.state.state
        return len(shown.attempts.table.model.rows) if state is State.CONTENT else 0

    QTest.keyClick(shown, Qt.Key.Key_F, Qt.KeyboardModifier.ControlModifier)
    QTest.keyClicks(QApplication.focusWidget(), "nobody.ex")
    assert left() == 1
    QTest.keyClicks(QApplication.focusWidget(), "%")
    assert left() == 0
    assert "No attempt matches the filters." in said(shown.attempts)
    press(shown.attempts.table, "Clear filters")
    assert left() == 3
    filters.site.setCurrentIndex(filters.site.findData("PRAIRIE"))
    assert left() == 1
    filters.site.setCurrentIndex(0)
    filters.outcome.setCurrentIndex(filters.outcome.findData("accepted"))
    assert (left(), filters.count.text()) == (1, "1 attempt")
    filters.period.setCurrentIndex(1)
    assert left() == 1


def test_that_no_attempts_are_told_as_none(open_page: Open, settle: Settle) -> None:
    shown = open_page()
    shown.show_view(ATTEMPTS)
    settle()
    assert "Nobody has tried to enrol yet." in said(shown.attempts)


def test_that_the_caller_s_part_shows_their_attempts_and_leads_to_the_rehearsal(
    tried: Desk, opened: Callable[[QWidget], QWidget], open_page: Open, settle: Settle
) -> None:
    part = CallerAttempts(tried)
    opened(part)
    counted, targets = [], []
    part.counted.connect(counted.append)
    part.opened.connect(targets.append)
    part.show_caller(people.show_user(tried, site="MAIN", email=OLSEN))
    settle()
    assert counted == [2]
    view = part.table.view
    view.setFocus()
    QTest.keyClick(view, Qt.Key.Key_Down)
    QTest.keyClick(view, Qt.Key.Key_End, Qt.KeyboardModifier.ControlModifier)
    QTest.keyClick(view, Qt.Key.Key_Return)
    (target,) = targets
    assert (target.screen, target.site, target.email, target.contract) == (
        "enrolment",
        "MAIN",
        OLSEN,
        "0012-0048",
    )
    shown = open_page(target)
    assert shown.rehearsal.form.postal_code.text() == "1"
    part.show_caller(people.show_user(tried, site="MAIN", email=PENDING))
    settle()
    assert counted[-1] == 0
    assert part.state.state is State.NOTHING


def test_that_readiness_counts_by_site_and_lists_what_is_missing(
    open_page: Open, settle: Settle, unnamed: Callable[[QWidget], list[str]]
) -> None:
    shown = open_page()
    QTest.keyClick(shown, Qt.Key.Key_3, Qt.KeyboardModifier.AltModifier)
    settle()
    assert shown.tabs.currentIndex() == READINESS
    view = shown.readiness
    assert cells(view.sites) == [
        ["All sites", "11", "15", "1", "1", "2", "4"],
        ["MAIN", "8", "12", "1", "1", "2", ""],
        ["PRAIRIE", "3", "3", "0", "0", "0", ""],
    ]
    assert len(view.gaps.model.rows) == 8
    shared = next(row for row in cells(view.gaps) if row[0] == "Shared email")
    assert shared[1:4] == ["A-021", "Twin Peaks One", "shared@twin.example, also of A-022"]
    QTest.keyClick(view.sites.view, Qt.Key.Key_End, Qt.KeyboardModifier.ControlModifier)
    assert [row[0] for row in cells(view.gaps)] == ["Unmapped label"] * 4
    assert unnamed(shown) == []


def test_that_readiness_can_be_judged_by_the_other_rules_and_narrowed(
    open_page: Open, settle: Settle
) -> None:
    shown = open_page()
    shown.show_view(READINESS)
    settle()
    view = shown.readiness
    view.edition.setCurrentIndex(view.edition.findData("2025"))
    settle()
    assert cells(view.sites)[0][3] == "3"
    assert "By the rules of 2025" in view.told.text()
    made = next(b for lack, b in view.kinds.items() if lack == "no_email")
    made.setFocus()
    QTest.keyClick(made, Qt.Key.Key_Space)
    assert [row[1] for row in cells(view.gaps)] == ["0013", "A-020", "A-022"]
    targets = gone(shown)
    view.gaps.view.setFocus()
    QTest.keyClick(view.gaps.view, Qt.Key.Key_Down)
    QTest.keyClick(view.gaps.view, Qt.Key.Key_Home, Qt.KeyboardModifier.ControlModifier)
    QTest.keyClick(view.gaps.view, Qt.Key.Key_Return)
    assert targets == [Target("customer_care", account="0013")]


def test_that_an_old_copy_is_no_answer_without_saying_so(open_page: Open, settle: Settle, desk: Desk) -> None:
    with writing(desk.engine) as connection:
        connection.execute(update(sync_state).values(confirmed_at=STALE))
    shown = open_page()
    shown.show_view(READINESS)
    settle()
    assert "stale" in shown.readiness.told.text()


def test_that_what_is_missing_is_exported_for_the_site_and_kind_chosen(
    open_page: Open, settle: Settle, tmp_path: Path, desk: Desk
) -> None:
    shown = open_page()
    shown.show_view(READINESS)
    settle()
    press(shown, "Export…")
    panel = shown.export_panel
    assert "Everything that is missing, all sites: 8 rows" in said(panel)
    panel.export(tmp_path / "gaps.csv")
    settle()
    assert shown.messages.text == "8 rows were written to gaps.csv."
    assert (tmp_path / "gaps.csv").exists()
    assert [row.action for row in audit_rows(desk.engine)] == ["enrollment.export"]


def test_that_a_portfolio_that_cannot_be_read_is_no_ready_one(
    open_page: Open, settle: Settle, desk: Desk
) -> None:
    with writing(desk.engine) as connection:
        connection.execute(update(aspire_contract).values(bill_to="{not json"))
    shown = open_page()
    shown.show_view(READINESS)
    settle()
    assert shown.readiness.state.state is State.FAILED


def test_that_a_new_end_user_is_prefilled_and_not_saved(
    page: Callable[..., Any], desk: Desk, settle: Settle
) -> None:
    shown: EndUsersPage = page(EndUsersPage, desk)
    shown.open(Target("end_users", site="main", email="x@nobody.example", account="A-001"))
    settle()
    panel = shown.create_panel
    assert not panel.isHidden()
    assert (panel.site.currentData(), panel.email.text()) == ("MAIN", "x@nobody.example")
    assert panel.accounts.account_ids == ("A-001",)
    shown.open(Target("end_users", site="MAIN", email="y@nobody.example", account="A-002"))
    settle()
    assert panel.email.text() == "x@nobody.example"
    assert "What was typed here before is kept." in said(panel)
    assert not [user for user in people.list_users(desk) if user.email.endswith("@nobody.example")]


def test_that_the_window_finds_the_views_and_shows_them_small(
    shell: Callable[..., MainWindow], desk: Desk, settle: Settle
) -> None:
    window = shell(desk, place="enrolment")
    window.resize(1000, 680)
    shown = window.current_page
    assert isinstance(shown, EnrolmentPage)
    assert [title for title, _, _ in shown.commands()] == [
        "Rehearse an enrolment",
        "Enrolment attempts",
        "Readiness of the portfolio",
    ]
    shown.commands()[1][2]()
    settle()
    assert shown.tabs.currentIndex() == ATTEMPTS
