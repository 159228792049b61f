"""Rehearsal by keyboard."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QPushButton, QWidget
from sqlalchemy import update

from portal_admin.domain.permissions import Role
from portal_admin.domain.verdict import Edition
from portal_admin.models import sync_state
from portal_admin.models.engine import writing
from portal_admin.sandbox.server import Sandbox
from portal_admin.services import people
from portal_admin.services.desk import Desk
from portal_admin.services.enrolment.attempts import list_attempts
from portal_admin.ui.navigation import Target
from portal_admin.ui.widgets.state_panel import State
from tests.fixtures.operators import appoint
from tests.services.enrolment.world import (
    ACTIVE,
    BILLING,
    DANA,
    OLSEN,
    PENDING,
    offline,
)
from tests.services.filled import STALE, audit_rows
from tests.ui.acting import press, said
from tests.ui.enrolment.using import Open, Settle, answer, gone, line, type_in

pytestmark = pytest.mark.databases("sqlite")


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
