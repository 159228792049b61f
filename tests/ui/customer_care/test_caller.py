"""One caller on one screen: who they are, what their status offers, and what stays usable when something fails."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication, QLabel, QWidget
from sqlalchemy import Engine

from portal_admin.domain.lifecycle import Action
from portal_admin.domain.verification import Method
from portal_admin.sandbox.server import Sandbox
from portal_admin.services import site_policy, users, verification
from portal_admin.services.desk import Desk
from portal_admin.ui.customer_care.caller_view import CallerView
from portal_admin.ui.customer_care.page import CustomerCarePage
from portal_admin.ui.widgets.state_panel import State
from portal_admin.ui.widgets.text import ElidedLabel
from tests.ui.account_access.world import INACTIVE, OLSEN, OTHER_SITE, PENDING, SITE, button
from tests.ui.customer_care.acting import Settle, gone_to, look_at, tab_words, view_of
from tests.ui.customer_care.test_finding import away

CTRL, SHIFT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier


def test_that_the_strip_tells_person_site_mail_mfa_and_verification(
    olsen: CustomerCarePage, desk: Desk, settle: Settle
) -> None:
    view = view_of(olsen)
    assert view.strip.name.text() == "Renate Olsen"
    assert view.strip.email.text() == OLSEN
    assert view.strip.chip.text() == "Active"
    assert view.strip.site.text() == "on northwind"
    assert view.strip.mail.text() == "No mail to this person yet"
    assert "MFA: not required" in view.strip.facts.text()
    assert view.strip.verified.text() == "Caller not verified"
    site_policy.set_policy(desk, site=SITE, mfa_required=True)
    verification.verify(desk, site=SITE, email=OLSEN, method=Method.CALL_BACK)
    users.reset_password(desk, site=SITE, email=OLSEN)
    view.refresh()
    settle()
    assert "MFA: code by email" in view.strip.facts.text()
    assert view.strip.verified.text().startswith("Caller verified until ")
    assert view.strip.mail.text().startswith("Reset queued ")


def test_that_the_same_person_s_user_on_another_site_is_one_click_away(
    olsen: CustomerCarePage, settle: Settle
) -> None:
    button(view_of(olsen).strip, "also on prairie, Active").click()
    settle()
    assert view_of(olsen).key == (OTHER_SITE, OLSEN)
    assert tab_words(olsen)[-1] == "Renate Olsen, prairie"


@pytest.mark.parametrize(
    ("email", "first", "offered"),
    [
        (OLSEN, Action.RESET, {Action.EDIT, Action.RESET, Action.DEACTIVATE, Action.CHANGE_EMAIL}),
        (PENDING, Action.RESEND, {Action.EDIT, Action.RESEND, Action.CHANGE_EMAIL}),
        (INACTIVE, Action.REACTIVATE, {Action.EDIT, Action.REACTIVATE}),
    ],
)
def test_that_the_commands_are_those_of_the_status_with_the_advised_one_first(
    care: CustomerCarePage, settle: Settle, email: str, first: Action, offered: set[Action]
) -> None:
    bar = view_of(look_at(care, settle, email)).commands_bar
    shown = {action: made for action, made in bar.buttons.items() if made.isVisible()}
    assert set(shown) == offered
    assert min(shown, key=lambda action: shown[action].x()) is first
    told = [one.text() for one in bar.menu.actions() if not one.isEnabled() and one.text()]
    assert len(told) == len(Action) - len(offered)


def test_that_a_reset_of_a_pending_person_is_answered_with_the_mail_that_helps(
    care: CustomerCarePage, qtbot: Any, settle: Settle
) -> None:
    view = view_of(look_at(care, settle, PENDING))
    assert "Resend Registration Email" in view.strip.advice.text()
    qtbot.keyClick(view.first, Qt.Key.Key_R, CTRL)
    assert "Reset Password is not offered for a user who is Pending" in view.messages.text
    button(view.messages, "Resend Registration Email").click()
    settle()
    assert f"A registration mail to {PENDING} is queued" in view.messages.text
    assert view.strip.mail.text().startswith("Registration queued ")


def test_that_a_password_is_reset_by_keyboard_with_the_caller_verified_first(
    olsen: CustomerCarePage, qtbot: Any, settle: Settle
) -> None:
    view = view_of(olsen)
    qtbot.keyClick(view.first, Qt.Key.Key_V, CTRL | SHIFT)
    settle()
    qtbot.keyClick(QApplication.focusWidget(), Qt.Key.Key_1)
    qtbot.keyClick(QApplication.focusWidget(), Qt.Key.Key_Return)
    settle()
    assert "Recorded: the caller is Renate Olsen." in view.messages.text
    assert view.strip.verified.text().startswith("Caller verified until ")
    qtbot.keyClick(view.first, Qt.Key.Key_R, CTRL)
    settle()
    qtbot.keyClick(QApplication.focusWidget(), Qt.Key.Key_Space)
    settle()
    assert f"A password reset mail to {OLSEN} is queued" in view.messages.text


def test_that_payments_are_hidden_altogether_where_the_site_has_none(
    care: CustomerCarePage, desk: Desk, settle: Settle
) -> None:
    site_policy.set_policy(desk, site=SITE, payments_enabled=False)
    view = view_of(look_at(care, settle))
    place = view.parts.parts.index(view.payments)
    assert not view.parts.bar.isTabVisible(place)
    assert view.payments.user is None, "nothing was looked up"
    site_policy.set_policy(desk, site=SITE, payments_enabled=True)
    view.refresh()
    settle()
    assert view.parts.bar.isTabVisible(place)
    assert view.payments.user is not None


def test_that_without_aspire_the_page_works_from_the_copy_and_says_how_old_it_is(
    care: CustomerCarePage, sandbox: Sandbox, settle: Settle
) -> None:
    sandbox.fault(status=503)
    view = view_of(look_at(care, settle, contract="0012-0045"))
    assert "What is shown is the portal's copy, read" in view.aspire.text
    assert "(just now)" in view.aspire.text
    assert view.contracts.overview is not None
    assert len(view.contracts.overview.contracts.lines) > 0
    sandbox.clear_faults()
    view.refresh()
    settle()
    assert view.aspire.text == ""


@pytest.mark.parametrize("table", ["service_request", "enrollment_attempt", "call_note", "payment"])
def test_that_a_part_that_cannot_be_read_fails_alone(
    care: CustomerCarePage, engine: Engine, settle: Settle, table: str
) -> None:
    with away(engine, table):
        view = view_of(look_at(care, settle))
        texts = [view.parts.bar.tabText(place) for place in range(view.parts.bar.count())]
        assert [text for text in texts if text.endswith("?")] != []
        assert view.strip.name.text() == "Renate Olsen"
        assert view.contracts.overview is not None
        failed = [
            part
            for part in view.parts.parts
            if getattr(part, "state", None) is not None and part.state.state is State.FAILED  # type: ignore[attr-defined]
        ]
        assert failed
    for part in failed:
        part.refresh()  # type: ignore[attr-defined]
    settle()
    assert all(part.state.state is not State.FAILED for part in failed)  # type: ignore[attr-defined]


def test_that_a_caller_who_cannot_be_read_is_no_caller_who_is_not_there(
    care: CustomerCarePage, engine: Engine, settle: Settle
) -> None:
    with away(engine, "end_user"):
        view = view_of(look_at(care, settle))
        assert view.state.state is State.FAILED
    button(view, "Retry").click()
    settle()
    assert view.strip.name.text() == "Renate Olsen"
    with away(engine, "end_user"):
        view.refresh()
        settle()
        assert view.messages.text != ""
        assert view.strip.name.text() == "Renate Olsen", "what is shown stays"
    view.refresh()
    settle()
    assert view_of(look_at(care, settle, "nobody@x.example")).state.state is State.NOTHING


def test_that_the_case_is_copied_with_one_key_and_tells_nobody_s_name(
    olsen: CustomerCarePage, qtbot: Any, settle: Settle
) -> None:
    view = view_of(olsen)
    view.ask("0012-0047")
    settle()
    qtbot.keyClick(view.first, Qt.Key.Key_P, CTRL | SHIFT)
    settle()
    text = QGuiApplication.clipboard().text()
    assert "Contract 0012-0047" in text
    assert "[fail] booked" in text
    assert "Olsen" not in text
    assert OLSEN not in text
    assert "0012-0047 is copied" in view.messages.text


def test_that_a_case_is_saved_as_a_file_and_a_folder_that_refuses_is_told(
    olsen: CustomerCarePage, tmp_path: Any, settle: Settle
) -> None:
    view = view_of(olsen)
    view.case.save(view.key, "", tmp_path / "case.txt")
    settle()
    assert "Case for the portal's vendor" in (tmp_path / "case.txt").read_text(encoding="utf-8")
    view.case.save(view.key, "", tmp_path / "nowhere" / "case.txt")
    settle()
    assert "cannot be written" in view.messages.text


def test_that_a_change_of_email_opens_the_new_person_in_a_tab(
    olsen: CustomerCarePage, desk: Desk, settle: Settle
) -> None:
    view = view_of(olsen)
    verification.verify(desk, site=SITE, email=OLSEN, method=Method.CODE)
    change = users.change_email(desk, site=SITE, email=OLSEN, to="new.olsen@prairie.example")
    view.panels.saved.email_changed(change)
    settle()
    assert view_of(olsen).key == (SITE, "new.olsen@prairie.example")
    assert view.strip.chip.text() == "Inactive"


def test_that_other_pages_open_on_the_same_person(olsen: CustomerCarePage) -> None:
    went = gone_to(olsen)
    view = view_of(olsen)
    for name in ("access", "history", "end_users"):
        view.commands_bar.wanted.emit(name)
    assert [(one.screen, one.site, one.email) for one in went] == [
        ("account_access", SITE, OLSEN),
        ("audit", SITE, OLSEN),
        ("end_users", SITE, OLSEN),
    ]


def test_that_the_page_names_its_commands_with_their_keys(olsen: CustomerCarePage) -> None:
    keys = {title: keys for title, keys, _ in olsen.commands()}
    assert keys["Find a caller"] == "Ctrl+T"
    assert keys["Call note"] == "Ctrl+N"
    assert len(set(keys.values())) == len(keys)
    olsen.find_caller()
    assert "Call note" not in {title for title, _, _ in olsen.commands()}


def _overlapping(view: CallerView) -> Iterator[str]:
    labels = [
        one
        for one in view.findChildren(QLabel)
        if one.isVisible() and one.text() and not one.visibleRegion().isEmpty()
    ]
    for one in labels:
        if not one.wordWrap() and not isinstance(one, ElidedLabel):
            needed = one.sizeHint().width()
            if one.width() < needed:
                yield f"{one.text()!r} is {one.width()} of {needed} px wide"
    whole = QRect(QPoint(0, 0), view.size())
    for widget in (view.strip, view.commands_bar, view.contracts, view.note):
        if widget.isVisible():
            at = QRect(widget.mapTo(view, QPoint(0, 0)), widget.size())
            if not whole.contains(at):
                yield f"{type(widget).__name__} at {at} is outside {whole}"


@pytest.mark.parametrize("size", [(1088, 645), (832, 486)])
def test_that_nothing_is_clipped_with_and_without_a_side_panel(
    olsen: CustomerCarePage, settle: Settle, size: tuple[int, int]
) -> None:
    olsen.resize(*size)
    settle()
    view = view_of(olsen)
    assert list(_overlapping(view)) == []
    view.commands_bar.asked.emit(Action.EDIT)
    settle()
    QApplication.processEvents()
    assert view.note.isVisible(), "the note is always at hand"
    assert list(_overlapping(view)) == []


def test_that_no_piece_of_a_caller_has_a_name_missing(
    olsen: CustomerCarePage, unnamed: Callable[[QWidget], list[str]]
) -> None:
    view = view_of(olsen)
    for part in view.parts.parts:
        view.parts.choose(part)
        assert unnamed(view) == []
