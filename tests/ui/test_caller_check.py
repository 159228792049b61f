"""Who is calling: asked before a reset or another address, by keyboard, with a colleague, and flagged when too soon."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget
from sqlalchemy import Engine, update

from portal_admin.domain.lifecycle import Action
from portal_admin.domain.permissions import Role
from portal_admin.domain.verification import Method, Proof
from portal_admin.models import end_user
from portal_admin.models.engine import writing
from portal_admin.services import users, verification
from portal_admin.services.desk import Desk
from portal_admin.ui.end_users.page import EndUsersPage
from portal_admin.ui.navigation import Target
from portal_admin.ui.panels.person.reset_panel import ResetPanel
from tests.fixtures.operators import appoint
from tests.services.filled import audit_rows
from tests.ui.acting import press, said
from tests.ui.portal_filling import fill_portal

Settle = Callable[[], None]
ANN = "ann@prairie.example"
ON_ANN = {"site": "NW", "email": ANN}
CALLED = Proof(Method.CALL_BACK)


@pytest.fixture
def users_page(engine: Engine, offline_desk: Desk, page: Callable[..., Any], settle: Settle) -> EndUsersPage:
    """The screen with Ann selected, who is Active."""
    fill_portal(engine)
    made: EndUsersPage = page(EndUsersPage, offline_desk)
    made.open(Target("end_users", site="NW", email=ANN))
    settle()
    return made


@pytest.fixture
def casey(engine: Engine, offline_desk: Desk) -> Desk:
    appoint(engine, "casey", Role.CSR)
    return replace(offline_desk, operator="casey")


def lines(engine: Engine) -> list[str]:
    return [row.action for row in audit_rows(engine)]


def start_reset(page: EndUsersPage, qtbot: Any, settle: Settle) -> Any:
    page.table.view.setFocus()
    qtbot.keyClick(page.table.view, Qt.Key.Key_R, Qt.KeyboardModifier.ControlModifier)
    settle()
    return page.reset_panel


@pytest.mark.parametrize(("key", "method"), [(Qt.Key.Key_1, "call_back"), (Qt.Key.Key_2, "code")])
def test_that_a_password_is_reset_with_two_keys_and_enter(
    users_page: EndUsersPage, engine: Engine, qtbot: Any, settle: Settle, key: Qt.Key, method: str
) -> None:
    panel = start_reset(users_page, qtbot, settle)
    assert panel.isVisible()
    qtbot.keyClick(panel.focusWidget(), key)
    qtbot.keyClick(panel.focusWidget(), Qt.Key.Key_Return)
    settle()
    assert lines(engine) == ["caller.verify", "user.reset"]
    assert audit_rows(engine)[1].after["verification"]["method"] == method
    assert "A password reset mail to ann@prairie.example is queued" in users_page.messages.text
    assert not panel.isVisible()


def test_that_without_an_answer_nothing_is_done_and_the_section_says_so(
    users_page: EndUsersPage, engine: Engine, qtbot: Any, settle: Settle
) -> None:
    panel = start_reset(users_page, qtbot, settle)
    press(panel, "Reset Password")
    assert "key 1, 2 or 3" in said(panel)
    assert panel.check.buttons[Method.CALL_BACK].hasFocus()
    assert lines(engine) == []


def test_that_the_note_is_recorded_and_no_other_caller_meets_it(
    users_page: EndUsersPage, engine: Engine, qtbot: Any, settle: Settle
) -> None:
    panel = start_reset(users_page, qtbot, settle)
    qtbot.keyClick(panel.focusWidget(), Qt.Key.Key_1)
    panel.check.note.setFocus()
    qtbot.keyClicks(panel.check.note, "402-555-0142")
    qtbot.keyClick(panel.check.note, Qt.Key.Key_Return)
    settle()
    assert audit_rows(engine)[0].after["note"] == "402-555-0142"
    users_page.open(Target("end_users", site="NW", email="mallory@prairie.example"))
    settle()
    panel = start_reset(users_page, qtbot, settle)
    assert (panel.check.note.text(), panel.check.method) == ("", None)


def channels(panel: ResetPanel) -> list[str]:
    """The channels told, one a line."""
    return list(panel.check.channels.shown)


def test_that_channels_on_record_are_masked_and_a_look_is_audited(
    users_page: EndUsersPage, engine: Engine, qtbot: Any, settle: Settle
) -> None:
    panel = start_reset(users_page, qtbot, settle)
    assert "o•••@prairie.example" in channels(panel)
    assert "Channels on record" in said(panel)
    assert "office@" not in said(panel)
    panel.check.channels.button.click()
    settle()
    assert "office@prairie.example" in channels(panel)
    assert [row.action for row in audit_rows(engine)] == ["caller.reveal"]
    panel.close_panel()
    assert "o•••@prairie.example" in channels(panel)
    assert "office@prairie.example" not in channels(panel)


def test_that_a_colleague_approves_on_the_same_users_page_and_enter_is_enough_then(
    users_page: EndUsersPage,
    engine: Engine,
    casey: Desk,
    page: Callable[..., Any],
    qtbot: Any,
    settle: Settle,
) -> None:
    panel = start_reset(users_page, qtbot, settle)
    qtbot.keyClick(panel.focusWidget(), Qt.Key.Key_3)
    assert "Ask a colleague" in said(panel)
    press(panel, "Reset Password")
    assert "No colleague has approved yet." in said(panel)
    colleagues: EndUsersPage = page(EndUsersPage, casey)
    colleagues.open(Target("end_users", site="NW", email=ANN))
    settle()
    colleagues.details.approve_button.click()
    qtbot.keyClicks(colleagues.approve_panel.note, "knows the voice")
    qtbot.keyClick(colleagues.approve_panel.note, Qt.Key.Key_Return)
    settle()
    assert "You approved the caller for Ann Active." in colleagues.messages.text
    users_page.activateWindow()
    press(panel, "Look again")
    settle()
    assert "Approved by a colleague at their own desk, by casey, just now." in said(panel)
    panel.save_button.click()
    settle()
    assert lines(engine) == ["caller.verify", "user.reset"]
    assert audit_rows(engine)[1].after["verification"]["by"] == "casey"


def test_that_ones_own_approval_is_none(
    users_page: EndUsersPage, engine: Engine, qtbot: Any, settle: Settle
) -> None:
    users_page.details.approve_button.click()
    users_page.approve_panel.save()
    settle()
    panel = start_reset(users_page, qtbot, settle)
    assert not panel.check.is_verified
    assert lines(engine) == ["caller.verify"]


def test_that_a_verification_that_ran_out_meanwhile_is_asked_for_again(
    users_page: EndUsersPage, offline_desk: Desk, engine: Engine, clock: Any, qtbot: Any, settle: Settle
) -> None:
    verification.verify(offline_desk, **ON_ANN, method=Method.CODE)
    panel = start_reset(users_page, qtbot, settle)
    assert panel.check.is_verified
    clock.now += timedelta(minutes=31)
    panel.save()
    settle()
    assert "Verify the caller first" in panel.messages.text
    assert not panel.check.is_verified
    assert lines(engine) == ["caller.verify"]


def test_that_a_reset_soon_after_an_email_change_is_warned_of_and_flagged_on_the_user(
    users_page: EndUsersPage, offline_desk: Desk, engine: Engine, qtbot: Any, settle: Settle
) -> None:
    users.change_email(offline_desk, site="NW", email=ANN, to="ann@new.example", proof=CALLED)
    with writing(engine) as connection:
        connection.execute(
            update(end_user).where(end_user.c.email == "ann@new.example").values(status="Active")
        )
    users_page.open(Target("end_users", site="NW", email="ann@new.example"))
    settle()
    assert users_page.details.caution.text == ""
    panel = start_reset(users_page, qtbot, settle)
    assert "Email changed" in panel.caution.text
    assert "flagged" in panel.caution.text
    qtbot.keyClick(panel.focusWidget(), Qt.Key.Key_1)
    qtbot.keyClick(panel.focusWidget(), Qt.Key.Key_Return)
    settle()
    for email in ("ann@new.example", ANN):
        users_page.open(Target("end_users", site="NW", email=email))
        settle()
        assert users_page.details.caution.text.startswith(
            "Reset after email change: ann@new.example was reset"
        )
    users_page.open(Target("end_users", site="NW", email="ian@prairie.example"))
    settle()
    assert users_page.details.caution.text == ""


def test_that_the_key_for_a_reset_says_why_it_is_not_offered(
    users_page: EndUsersPage, qtbot: Any, settle: Settle
) -> None:
    users_page.open(Target("end_users", site="NW", email="pat@prairie.example"))
    settle()
    users_page.table.view.setFocus()
    qtbot.keyClick(users_page.table.view, Qt.Key.Key_R, Qt.KeyboardModifier.ControlModifier)
    assert "Resend Registration Email instead" in users_page.messages.text


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_that_every_control_has_a_name_and_nothing_sticks_out(
    users_page: EndUsersPage,
    qtbot: Any,
    settle: Settle,
    unnamed: Callable[[QWidget], list[str]],
    render: Callable[..., Path],
    scheme: str,
) -> None:
    panel = start_reset(users_page, qtbot, settle)
    for key in (Qt.Key.Key_1, Qt.Key.Key_3):
        qtbot.keyClick(panel.focusWidget(), key)
        settle()
        assert unnamed(panel) == []
        for child in panel.findChildren(QWidget):
            if child.isVisible():
                assert child.mapTo(panel, child.rect().topRight()).x() <= panel.width()
        assert render(users_page, f"reset-{key.name}", scheme).exists()
    users_page.details.buttons[Action.CHANGE_EMAIL].click()
    settle()
    assert unnamed(users_page.email_panel) == []
    assert render(users_page, "email", scheme).exists()
    users_page.details.approve_button.click()
    settle()
    assert unnamed(users_page.approve_panel) == []
    assert render(users_page, "approve", scheme).exists()
