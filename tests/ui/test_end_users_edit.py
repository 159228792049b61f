"""Editing end users as a person does: names, drafts, conflicts, another address."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QPushButton, QToolButton
from sqlalchemy import Engine

from portal_admin.domain.lifecycle import Action
from portal_admin.domain.people import Status
from portal_admin.domain.verification import Method
from portal_admin.services import people, users
from portal_admin.services.desk import Desk
from portal_admin.ui.end_users.page import EndUsersPage
from portal_admin.ui.navigation import Target
from portal_admin.ui.panels.person.user_rows import UserKey
from tests.ui.acting import press, said
from tests.ui.portal_filling import fill_portal

Settle = Callable[[], None]


@pytest.fixture
def users_page(engine: Engine, offline_desk: Desk, page: Callable[..., Any], settle: Settle) -> EndUsersPage:
    """The screen on the filled portal, without ASPIRE."""
    fill_portal(engine)
    made: EndUsersPage = page(EndUsersPage, offline_desk)
    made.open(Target("end_users"))
    settle()
    return made


def edit(page: EndUsersPage, qtbot: Any, settle: Settle, email: str = "ann@prairie.example") -> None:
    """Select a user and open the editor with Enter."""
    page.open(Target("end_users", site="NW", email=email))
    settle()
    page.table.view.setFocus()
    qtbot.keyClick(page.table.view, Qt.Key.Key_Return)
    assert page.edit_panel.isVisible()


def test_that_names_are_edited_and_the_change_undone(
    users_page: EndUsersPage, offline_desk: Desk, qtbot: Any, settle: Settle
) -> None:
    edit(users_page, qtbot, settle)
    qtbot.keyClicks(users_page.edit_panel.first_name, "Anna")  # the old one is selected
    qtbot.keyClick(users_page.edit_panel.first_name, Qt.Key.Key_Return)
    settle()
    assert users_page.messages.text == "Saved: Ann Active is now Anna Active."
    assert users_page.table.current_key == UserKey("NW", "ann@prairie.example")
    press(users_page, "Undo")
    settle()
    assert people.show_user(offline_desk, site="NW", email="ann@prairie.example").first_name == "Ann"


def test_that_email_and_site_are_fixed_with_the_reason(
    users_page: EndUsersPage, qtbot: Any, settle: Settle
) -> None:
    edit(users_page, qtbot, settle)
    words = said(users_page.edit_panel)
    assert "Cannot be changed after creation: it is who the person is on the site." in words
    press(users_page.edit_panel, "Change Email…")
    assert users_page.email_panel.isVisible()
    assert users_page.edit_panel.isHidden()


def test_that_a_draft_is_kept_for_each_user(users_page: EndUsersPage, qtbot: Any, settle: Settle) -> None:
    edit(users_page, qtbot, settle)
    qtbot.keyClicks(users_page.edit_panel.first_name, "Half-typed")
    qtbot.keyClick(users_page.edit_panel.first_name, Qt.Key.Key_Escape)
    edit(users_page, qtbot, settle, "pat@prairie.example")
    assert users_page.edit_panel.first_name.text() == "Pat"
    qtbot.keyClick(users_page.edit_panel.first_name, Qt.Key.Key_Escape)
    edit(users_page, qtbot, settle)
    assert users_page.edit_panel.first_name.text() == "Half-typed"
    assert "unsaved text" in said(users_page.edit_panel)


def test_that_a_conflict_shows_theirs_beside_mine_and_a_second_save_wins(
    users_page: EndUsersPage, offline_desk: Desk, qtbot: Any, settle: Settle
) -> None:
    edit(users_page, qtbot, settle)
    users.edit_user(offline_desk, site="NW", email="ann@prairie.example", first_name="Annie")
    users.deactivate(offline_desk, site="NW", email="ann@prairie.example")
    panel = users_page.edit_panel
    qtbot.keyClicks(panel.first_name, "Annabel")
    panel.save_button.click()
    settle()
    words = said(panel.conflict)
    for told in ("Was", "Ann", "Theirs", "Annie", "Yours", "Annabel", "Status", "Inactive"):
        assert told in words.split("\n"), told
    assert panel.first_name.text() == "Annabel"
    assert people.show_user(offline_desk, site="NW", email="ann@prairie.example").first_name == "Annie"
    panel.save_button.click()
    settle()
    assert people.show_user(offline_desk, site="NW", email="ann@prairie.example").first_name == "Annabel"


def test_that_a_conflict_never_reaches_the_form_of_the_next_person(
    users_page: EndUsersPage, offline_desk: Desk, qtbot: Any, settle: Settle
) -> None:
    edit(users_page, qtbot, settle)
    users.edit_user(offline_desk, site="NW", email="ann@prairie.example", first_name="Annie")
    panel = users_page.edit_panel
    qtbot.keyClicks(panel.first_name, "Annabel")
    panel.save_button.click()
    panel.start(people.show_user(offline_desk, site="NW", email="pat@prairie.example"))
    settle()
    assert panel.user is not None
    assert panel.user.email == "pat@prairie.example"
    assert "Changed by somebody else" in said(users_page.messages)
    panel.save_button.click()
    settle()
    assert people.show_user(offline_desk, site="NW", email="ann@prairie.example").first_name == "Annie"


def test_that_theirs_can_be_taken_instead(
    users_page: EndUsersPage, offline_desk: Desk, qtbot: Any, settle: Settle
) -> None:
    edit(users_page, qtbot, settle)
    users.edit_user(offline_desk, site="NW", email="ann@prairie.example", first_name="Annie")
    qtbot.keyClicks(users_page.edit_panel.first_name, "Annabel")
    users_page.edit_panel.save_button.click()
    settle()
    press(users_page.edit_panel, "Use theirs")
    assert users_page.edit_panel.first_name.text() == "Annie"
    assert users_page.edit_panel.conflict.isHidden()


def test_that_one_value_of_theirs_can_be_taken_and_mine_kept(
    users_page: EndUsersPage, offline_desk: Desk, qtbot: Any, settle: Settle
) -> None:
    edit(users_page, qtbot, settle)
    users.edit_user(offline_desk, site="NW", email="ann@prairie.example", first_name="Annie")
    panel = users_page.edit_panel
    panel.last_name.selectAll()
    qtbot.keyClicks(panel.last_name, "Mine")
    panel.save_button.click()
    settle()
    assert panel.first_name.text() == "Ann"
    (take,) = [
        b for b in panel.conflict.findChildren(QPushButton) if b.accessibleName() == "First name: take Annie"
    ]
    take.click()
    assert (panel.first_name.text(), panel.last_name.text()) == ("Annie", "Mine")
    qtbot.keyClicks(panel.last_name, "r")
    assert "Miner" in said(panel.conflict).split("\n")
    panel.save_button.click()
    settle()
    assert people.show_user(offline_desk, site="NW", email="ann@prairie.example").name == "Annie Miner"


def test_that_a_conflict_keeps_the_address_and_the_proof_and_a_second_save_wins(
    users_page: EndUsersPage, offline_desk: Desk, qtbot: Any, settle: Settle
) -> None:
    users_page.open(Target("end_users", site="NW", email="ann@prairie.example"))
    settle()
    users_page.details.buttons[Action.CHANGE_EMAIL].click()
    panel = users_page.email_panel
    qtbot.keyClicks(panel.email, "ann@married.example")
    panel.check.buttons[Method.CODE].click()
    users.edit_user(offline_desk, site="NW", email="ann@prairie.example", last_name="Married")
    panel.save_button.click()
    settle()
    words = said(panel.conflict).replace("\u200b", "").split("\n")
    for told in ("Was", "Active", "Theirs", "Married", "Yours", "ann@married.example"):
        assert told in words, told
    assert people.show_user(offline_desk, site="NW", email="ann@prairie.example").status is Status.ACTIVE
    assert panel.email.text() == "ann@married.example"
    panel.save_button.click()
    settle()
    assert people.show_user(offline_desk, site="NW", email="ann@married.example").last_name == "Married"


def test_that_an_email_change_shows_what_will_happen_and_then_does_it(
    users_page: EndUsersPage, offline_desk: Desk, qtbot: Any, settle: Settle
) -> None:
    users_page.open(Target("end_users", site="NW", email="ann@prairie.example"))
    settle()
    users_page.details.buttons[Action.CHANGE_EMAIL].click()
    panel = users_page.email_panel
    qtbot.keyClicks(panel.email, "ann@married.example")
    assert [label.text() for label in panel.steps] == [
        "A new user is created on site NW, Pending, with ann@married.example and the same linked accounts: A-001.",
        "A registration mail to ann@married.example is queued; the person sets a new password.",
        "ann@prairie.example becomes Inactive and cannot sign in. Mails still waiting for it are not sent.",
    ]
    qtbot.keyClick(panel.email, Qt.Key.Key_Return)
    settle()
    assert panel.check.error.text() == "Choose how the caller was verified: key 1, 2 or 3."
    qtbot.keyClick(panel.focusWidget(), Qt.Key.Key_1)
    qtbot.keyClick(panel.focusWidget(), Qt.Key.Key_Return)
    settle()
    assert people.show_user(offline_desk, site="NW", email="ann@prairie.example").status is Status.INACTIVE
    new = people.show_user(offline_desk, site="NW", email="ann@married.example")
    assert (new.status, [a.account_id for a in new.accounts]) == (Status.PENDING, ["A-001"])
    assert users_page.table.current_key == UserKey("NW", "ann@married.example")


def test_that_an_address_in_use_refuses_an_email_change_in_its_field(
    users_page: EndUsersPage, qtbot: Any, settle: Settle
) -> None:
    users_page.open(Target("end_users", site="NW", email="ann@prairie.example"))
    settle()
    users_page.details.buttons[Action.CHANGE_EMAIL].click()
    panel = users_page.email_panel
    qtbot.keyClicks(panel.email, "pat@prairie.example")
    panel.check.buttons[Method.CODE].click()
    panel.save_button.click()
    settle()
    assert "has a user on site NW already" in panel.form.fields["email"].error
    assert panel.email.text() == "pat@prairie.example"


def test_that_a_draft_meets_what_others_saved_since_as_a_conflict(
    users_page: EndUsersPage, offline_desk: Desk, qtbot: Any, settle: Settle
) -> None:
    edit(users_page, qtbot, settle)
    qtbot.keyClicks(users_page.edit_panel.first_name, "Annabel")
    qtbot.keyClick(users_page.edit_panel.first_name, Qt.Key.Key_Escape)
    users.edit_user(offline_desk, site="NW", email="ann@prairie.example", last_name="Married")
    edit(users_page, qtbot, settle)
    users_page.edit_panel.save_button.click()
    settle()
    assert "Married" in said(users_page.edit_panel.conflict).split("\n")
    assert people.show_user(offline_desk, site="NW", email="ann@prairie.example").first_name == "Ann"


def test_that_enter_right_after_moving_opens_the_user_moved_to(
    users_page: EndUsersPage, qtbot: Any, settle: Settle
) -> None:
    users_page.open(Target("end_users", site="NW", email="ann@prairie.example"))
    settle()
    users_page.table.view.setFocus()
    qtbot.keyClick(users_page.table.view, Qt.Key.Key_Down)
    qtbot.keyClick(users_page.table.view, Qt.Key.Key_Return)
    settle()
    assert users_page.edit_panel.first_name.text() == "Hal"


def test_that_history_leads_to_the_persons_story(
    users_page: EndUsersPage, qtbot: Any, settle: Settle
) -> None:
    users_page.open(Target("end_users", site="NW", email="ann@prairie.example"))
    settle()
    gone: list[Target] = []
    users_page.navigator.open.connect(gone.append)
    (history,) = [b for b in users_page.details.findChildren(QToolButton) if b.accessibleName() == "History"]
    history.click()
    assert gone == [Target("audit", site="NW", email="ann@prairie.example")]
