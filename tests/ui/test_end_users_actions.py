"""The actions of rule C in the window: offered only when the status allows, and undone again."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from PySide6.QtWidgets import QPushButton
from sqlalchemy import Engine, text

from portal_admin.domain.lifecycle import Action
from portal_admin.domain.people import Status
from portal_admin.domain.verification import Method
from portal_admin.services import people, users
from portal_admin.services.desk import Desk
from portal_admin.ui.end_users.page import EndUsersPage
from portal_admin.ui.navigation import Target
from tests.services.acting import CALLED
from tests.ui.portal_filling import fill_portal

Settle = Callable[[], None]
OFFERED = {
    "pat@prairie.example": {Action.EDIT, Action.RESEND, Action.CHANGE_EMAIL},
    "ann@prairie.example": {Action.EDIT, Action.RESET, Action.DEACTIVATE, Action.CHANGE_EMAIL},
    "ian@prairie.example": {Action.EDIT, Action.REACTIVATE},
}


@pytest.fixture
def select(
    engine: Engine, offline_desk: Desk, page: Callable[..., Any], settle: Settle
) -> Callable[[str], EndUsersPage]:
    """The screen with one user of the filled portal selected."""
    fill_portal(engine)
    made: EndUsersPage = page(EndUsersPage, offline_desk)

    def choose(email: str) -> EndUsersPage:
        made.open(Target("end_users", site="NW", email=email))
        settle()
        return made

    return choose


def undo(page: EndUsersPage) -> None:
    """Press Undo in the message bar."""
    (found,) = [b for b in page.messages.findChildren(QPushButton) if b.isVisible() and b.text() == "Undo"]
    found.click()


@pytest.mark.parametrize("email", OFFERED)
def test_that_only_what_the_status_allows_can_be_pressed_and_the_rest_says_what_to_do_instead(
    select: Callable[[str], EndUsersPage], email: str
) -> None:
    page = select(email)
    assert {action for action, made in page.details.buttons.items() if made.isEnabled()} == OFFERED[email]
    for made in page.details.buttons.values():
        if not made.isEnabled():
            assert made.accessibleDescription().startswith("Not offered: ")
            assert made.toolTip()


def test_that_the_reason_for_a_pending_user_is_to_resend(select: Callable[[str], EndUsersPage]) -> None:
    page = select("pat@prairie.example")
    told = page.details.buttons[Action.RESET].accessibleDescription()
    assert told == "Not offered: Resend Registration Email instead."


@pytest.mark.parametrize(
    ("email", "action", "then", "words"),
    [
        ("ann@prairie.example", Action.DEACTIVATE, Status.INACTIVE, "is Inactive now and cannot sign in"),
        ("ian@prairie.example", Action.REACTIVATE, Status.ACTIVE, "is Active again and can sign in"),
    ],
)
def test_that_a_status_is_set_at_once_told_and_undone(
    select: Callable[[str], EndUsersPage],
    offline_desk: Desk,
    settle: Settle,
    email: str,
    action: Action,
    then: Status,
    words: str,
) -> None:
    page = select(email)
    before = people.show_user(offline_desk, site="NW", email=email).status
    page.details.buttons[action].click()
    settle()
    assert words in page.messages.text
    assert people.show_user(offline_desk, site="NW", email=email).status is then
    assert page.details.user is not None
    assert page.details.user.status is then
    undo(page)
    settle()
    assert page.messages.text.startswith("Undone. ")
    assert people.show_user(offline_desk, site="NW", email=email).status is before


@pytest.mark.parametrize(
    ("email", "action", "kind"),
    [
        ("pat@prairie.example", Action.RESEND, "registration"),
        ("ann@prairie.example", Action.RESET, "reset"),
    ],
)
def test_that_a_mail_is_queued_shown_and_taken_back(
    select: Callable[[str], EndUsersPage], settle: Settle, email: str, action: Action, kind: str
) -> None:
    page = select(email)
    page.details.buttons[action].click()
    if action is Action.RESET:
        page.reset_panel.check.buttons[Method.CALL_BACK].click()
        page.reset_panel.save_button.click()
    settle()
    assert "queued, not yet sent" in page.messages.text
    assert page.details.user is not None
    assert page.details.user.last_mail is not None
    assert (page.details.user.last_mail.kind, page.details.user.last_mail.status) == (kind, "queued")
    undo(page)
    settle()
    assert page.messages.text == f"Undone. The mail to {email} was taken back before it was sent."
    assert page.details.user.last_mail is None


def test_that_a_mail_sent_meanwhile_cannot_be_taken_back_and_says_so(
    select: Callable[[str], EndUsersPage], engine: Engine, settle: Settle
) -> None:
    page = select("pat@prairie.example")
    page.details.buttons[Action.RESEND].click()
    settle()
    with engine.begin() as connection:
        connection.execute(text("update mail_outbox set status = 'superseded'"))
    undo(page)
    settle()
    assert "no longer waiting" in page.messages.text


def test_that_a_conflict_changes_nothing_and_shows_what_the_other_person_did(
    select: Callable[[str], EndUsersPage], offline_desk: Desk, settle: Settle
) -> None:
    page = select("ann@prairie.example")
    users.edit_user(offline_desk, site="NW", email="ann@prairie.example", first_name="Annie")
    page.details.buttons[Action.DEACTIVATE].click()
    settle()
    assert "Somebody else changed ann@prairie.example" in page.messages.text
    assert page.details.user is not None
    assert (page.details.user.first_name, page.details.user.status) == ("Annie", Status.ACTIVE)
    page.details.buttons[Action.DEACTIVATE].click()
    settle()
    assert people.show_user(offline_desk, site="NW", email="ann@prairie.example").status is Status.INACTIVE


def test_that_a_database_failure_changes_nothing_and_is_told(
    select: Callable[[str], EndUsersPage], engine: Engine, offline_desk: Desk, settle: Settle
) -> None:
    page = select("ann@prairie.example")
    with engine.begin() as connection:
        connection.execute(text("alter table audit_event rename to audit_event_away"))
    page.details.buttons[Action.DEACTIVATE].click()
    settle()
    assert "portal database" in page.messages.text
    assert people.show_user(offline_desk, site="NW", email="ann@prairie.example").status is Status.ACTIVE


def test_that_account_access_opens_on_the_selected_user(select: Callable[[str], EndUsersPage]) -> None:
    page = select("ann@prairie.example")
    gone: list[Any] = []
    page.navigator.open.connect(gone.append)
    assert page.details.access_button is not None
    page.details.access_button.click()
    assert gone == [Target("account_access", site="NW", email="ann@prairie.example")]


def test_that_a_second_press_before_the_answer_is_no_conflict(
    select: Callable[[str], EndUsersPage], settle: Settle
) -> None:
    page = select("ann@prairie.example")
    page.details.buttons[Action.DEACTIVATE].click()
    page.details.buttons[Action.DEACTIVATE].click()
    settle()
    assert "is Inactive now" in page.messages.text


def test_that_an_address_that_was_replaced_is_not_reactivated_without_a_word(
    select: Callable[[str], EndUsersPage], offline_desk: Desk, settle: Settle
) -> None:
    old: dict[str, Any] = {"site": "NW", "email": "ann@prairie.example"}
    users.change_email(replace(offline_desk, operator="jdoe"), **old, to="ann@new.example", proof=CALLED)
    page = select(old["email"])
    page.details.buttons[Action.REACTIVATE].click()
    settle()
    for part in (
        "was replaced by ann@new.example on",
        "Reactivate User needs a verified caller",
        "users verify",
    ):
        assert part in page.messages.text
    assert people.show_user(offline_desk, **old).status is Status.INACTIVE
