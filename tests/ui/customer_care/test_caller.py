"""One caller on one screen: who they are, what their status offers, and what stays usable when something fails."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication, QLabel, QWidget
from sqlalchemy import Engine

from portal_admin.domain.lifecycle import Action
from portal_admin.domain.verification import Method
from portal_admin.sandbox.server import Sandbox
from portal_admin.services import people, site_policy, users, verification
from portal_admin.services.desk import Desk
from portal_admin.ui.customer_care.caller_view import CallerView
from portal_admin.ui.customer_care.command_bar import CommandBar
from portal_admin.ui.customer_care.page import CustomerCarePage
from portal_admin.ui.rights import Rights
from portal_admin.ui.widgets.state_panel import State
from portal_admin.ui.widgets.text import ElidedLabel
from tests.ui.account_access.world import INACTIVE, OLSEN, OTHER_SITE, PENDING, SITE, button
from tests.ui.customer_care.acting import Settle, gone_to, look_at, tab_words, view_of
from tests.ui.customer_care.test_finding import away

WOULD_PAY = "What would a payment pay?…"
CTRL, SHIFT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier


def test_that_the_strip_tells_who_it_is_and_leads_to_the_same_person_on_another_site(
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
    button(view.strip, "also on prairie, Active").click()
    settle()
    assert view_of(olsen).key == (OTHER_SITE, OLSEN)
    assert tab_words(olsen)[-1] == "Renate Olsen, prairie"


def test_that_the_commands_are_those_of_the_status_with_the_advised_one_first(
    opened: Callable[[QWidget], QWidget], desk: Desk
) -> None:
    bar = CommandBar(Rights())
    opened(bar)
    for email, first, more in (
        (OLSEN, Action.RESET, {Action.EDIT, Action.DEACTIVATE, Action.CHANGE_EMAIL}),
        (PENDING, Action.RESEND, {Action.EDIT, Action.CHANGE_EMAIL}),
        (INACTIVE, Action.REACTIVATE, {Action.EDIT}),
    ):
        bar.show_user(people.show_user(desk, site=SITE, email=email))
        QApplication.processEvents()
        shown = {action: made for action, made in bar.buttons.items() if made.isVisible()}
        assert set(shown) == {first} | more
        assert min(shown, key=lambda action: shown[action].x()) is first
        told = [one.text() for one in bar.menu.actions() if not one.isEnabled() and one.text()]
        assert len(told) == len(Action) - len(shown)


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
    assert not _offers_preview(care)
    site_policy.set_policy(desk, site=SITE, payments_enabled=True)
    view.refresh()
    settle()
    assert view.parts.bar.isTabVisible(place)
    assert view.payments.user is not None
    assert _offers_preview(care)
    view.commands_bar.wanted.emit("would_pay")
    assert view.panels.cash.isVisible()
    site_policy.set_policy(desk, site=SITE, payments_enabled=False)
    view.refresh()
    settle()
    assert not view.panels.cash.isVisible()


def _offers_preview(care: CustomerCarePage) -> bool:
    menu = [one.text() for one in view_of(care).commands_bar.menu.actions()]
    told = {WOULD_PAY in menu, WOULD_PAY in {title for title, _, _ in care.commands()}}
    assert len(told) == 1, "menu and commands offer the same"
    return told.pop()


def test_that_what_a_payment_would_pay_is_shown_on_the_contract_in_hand(
    care: CustomerCarePage, qtbot: Any, settle: Settle
) -> None:
    view = view_of(look_at(care, settle, contract="0012-0045"))
    {title: call for title, _, call in care.commands()}[WOULD_PAY]()
    form = view.panels.cash.panel.form
    assert form.contract.text() == "0012-0045"
    assert QApplication.focusWidget() is form.amount
    qtbot.keyClicks(form.amount, "100.00")
    qtbot.keyClick(form.amount, Qt.Key.Key_Return)
    settle()
    assert view.panels.cash.panel.result.preview is not None
    qtbot.keyClick(form.amount, Qt.Key.Key_Escape)
    assert not view.panels.cash.isVisible()
    view.parts.choose(view.payments)
    button(view.payments, WOULD_PAY).click()
    assert view.panels.cash.isVisible()


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


def test_that_parts_that_cannot_be_read_fail_alone_and_are_read_again_alone(
    care: CustomerCarePage, engine: Engine, settle: Settle
) -> None:
    with away(engine, "aspire_contract_role"):
        view = view_of(look_at(care, settle))
        assert view.contracts.state.state is State.FAILED
        assert view.links_state.state is State.FAILED
        assert view.parts.bar.tabText(0) == "Acco&unts ?"
        assert QApplication.focusWidget() is button(view.contracts, "Retry")
    view.contracts.refresh()
    settle()
    assert view.links_state.state is State.CONTENT
    assert view.parts.bar.tabText(0) == "Acco&unts 2"
    with away(engine, "service_request"), away(engine, "call_note"):
        view.refresh()
        settle()
        texts = [view.parts.bar.tabText(place) for place in range(view.parts.bar.count())]
        assert {"Re&quests ?", "No&tes ?"} <= set(texts)
        assert "En&rolment 0" in texts
        assert view.strip.name.text() == "Renate Olsen"
        assert view.contracts.overview is not None
        assert view.notes.state.state is State.FAILED
    view.parts.choose(view.notes)
    button(view.notes, "Retry").click()
    settle()
    assert view.notes.state.state is State.NOTHING
    assert "Re&quests ?" in [view.parts.bar.tabText(n) for n in range(view.parts.bar.count())]


def test_that_linking_says_why_it_cannot_begin_and_begins_once_the_links_were_read(
    care: CustomerCarePage, engine: Engine, settle: Settle
) -> None:
    with away(engine, "aspire_contract_role"):
        view = view_of(look_at(care, settle))
        view.panels.open_link()
        assert "Nothing can be linked or unlinked yet" in view.messages.text
        button(view.messages, "Retry").click()
        settle()
        assert "Nothing can be linked or unlinked yet" in view.messages.text, "it failed again"
    button(view.messages, "Retry").click()
    settle()
    assert view.messages.text == ""
    assert view.panels.link.isVisible()
    view.panels.only(None)
    view.panels.overview = None
    view.contracts.refresh()
    view.panels.open_unlink("A-001")
    assert view.messages.text == "", "it is being read"
    settle()
    assert view.panels.unlink.isVisible()


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


def test_that_the_case_is_copied_with_one_key_or_saved_and_tells_nobody_s_name(
    olsen: CustomerCarePage, tmp_path: Path, qtbot: Any, settle: Settle
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


def test_that_commands_have_keys_of_their_own_and_other_pages_open_on_the_same_person(
    olsen: CustomerCarePage,
) -> None:
    keys = {title: keys for title, keys, _ in olsen.commands()}
    assert (keys["Find a caller"], keys["Call note"]) == ("Ctrl+T", "Ctrl+N")
    own = [key for key in keys.values() if key]
    assert len(set(own)) == len(own)
    assert "Deactivate User" in keys
    assert "Reactivate User" not in keys
    went = gone_to(olsen)
    for name in ("access", "history", "end_users"):
        view_of(olsen).commands_bar.wanted.emit(name)
    assert [(one.screen, one.site, one.email) for one in went] == [
        ("account_access", SITE, OLSEN),
        ("audit", SITE, OLSEN),
        ("end_users", SITE, OLSEN),
    ]
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


def test_that_nothing_is_clipped_or_nameless_with_and_without_a_side_panel(
    olsen: CustomerCarePage, unnamed: Callable[[QWidget], list[str]], settle: Settle
) -> None:
    view = view_of(olsen)
    for part in view.parts.parts:
        view.parts.choose(part)
        assert unnamed(view) == []
    for width, height in ((1088, 645), (832, 486)):
        olsen.resize(width, height)
        settle()
        assert list(_overlapping(view)) == []
        view.commands_bar.asked.emit(Action.EDIT)
        settle()
        QApplication.processEvents()
        assert view.note.isVisible(), "the note is always at hand"
        assert list(_overlapping(view)) == []
        view.panels.only(None)
