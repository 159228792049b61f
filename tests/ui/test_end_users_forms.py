"""Creating end users as a person does: typing, choosing accounts, errors, drafts."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from PySide6.QtCore import Qt
from sqlalchemy import Engine, text

from portal_admin.domain.people import Status
from portal_admin.errors import NotFound
from portal_admin.services import people, sites
from portal_admin.services.desk import Desk
from portal_admin.services.sync import sync
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


def start_new(page: EndUsersPage, qtbot: Any, settle: Settle, *, email: str = "nora@new.example") -> None:
    """Open the form by keyboard and fill everything but the accounts."""
    qtbot.keyClick(page, Qt.Key.Key_N, Qt.KeyboardModifier.ControlModifier)
    panel = page.create_panel
    assert panel.isVisible()
    panel.site.setCurrentText("Northwind Leasing (NW)")
    qtbot.keyClicks(panel.email, email)
    qtbot.keyClicks(panel.first_name, "Nora")
    qtbot.keyClicks(panel.last_name, "New")
    settle()


def find_account(page: EndUsersPage, qtbot: Any, settle: Settle, typed: str) -> None:
    search = page.create_panel.accounts.search
    search.setFocus()
    qtbot.keyClicks(search, typed)
    settle()


def test_that_a_user_is_created_by_keyboard_alone_and_then_selected(
    users_page: EndUsersPage, offline_desk: Desk, qtbot: Any, settle: Settle
) -> None:
    start_new(users_page, qtbot, settle)
    find_account(users_page, qtbot, settle, "delta")
    picker = users_page.create_panel.accounts
    qtbot.keyClick(picker.search, Qt.Key.Key_Down)
    take = picker.lines[0].take
    assert take is not None
    assert take.hasFocus()
    assert take.accessibleName() == "Add Delta Crane Inc, A-003"
    qtbot.keyClick(take, Qt.Key.Key_Space)
    settle()
    assert picker.account_ids == ("A-003",)
    assert "Opens 1 contract." in said(picker)
    qtbot.keyClick(users_page.create_panel.email, Qt.Key.Key_Return)
    settle()
    made = people.show_user(offline_desk, site="NW", email="nora@new.example")
    assert (made.name, made.status) == ("Nora New", Status.PENDING)
    assert users_page.create_panel.isHidden()
    assert users_page.table.current_key == UserKey("NW", "nora@new.example")
    assert "Nora New (nora@new.example) was created on site NW" in users_page.messages.text


def test_that_every_wrong_field_says_so_at_once_and_the_first_gets_the_keyboard(
    users_page: EndUsersPage, qtbot: Any
) -> None:
    users_page.new_button.click()
    panel = users_page.create_panel
    qtbot.keyClicks(panel.email, "nora at new")
    panel.save_button.click()
    errors = {key: field.error for key, field in panel.form.fields.items() if field.error}
    assert errors == {
        "site": "Choose the site.",
        "email": "“nora at new” is not an email address.",
        "first_name": "Type a first name.",
        "last_name": "Type a last name.",
        "accounts": "Link at least one account.",
    }
    assert panel.site.hasFocus()
    assert panel.email.accessibleDescription() == errors["email"]
    qtbot.keyClicks(panel.first_name, "N")
    assert panel.form.fields["first_name"].error == ""
    assert panel.email.text() == "nora at new"


def test_that_an_address_in_use_is_explained_in_its_field_and_leads_to_that_user(
    users_page: EndUsersPage, qtbot: Any, settle: Settle
) -> None:
    start_new(users_page, qtbot, settle, email="PAT@prairie.example")
    find_account(users_page, qtbot, settle, "delta")
    press(users_page.create_panel, "Add")
    settle()
    users_page.create_panel.save_button.click()
    settle()
    error = users_page.create_panel.form.fields["email"].error
    assert "who is Pending. Resend Registration Email to that user." in error
    assert users_page.create_panel.first_name.text() == "Nora"
    press(users_page.create_panel, "Show that user")
    settle()
    assert users_page.create_panel.isHidden()
    assert users_page.table.current_key == UserKey("NW", "pat@prairie.example")


def test_that_accounts_that_are_not_offered_come_after_and_say_why(
    users_page: EndUsersPage, qtbot: Any, settle: Settle
) -> None:
    start_new(users_page, qtbot, settle)
    find_account(users_page, qtbot, settle, "prairie")
    lines = users_page.create_panel.accounts.lines
    assert [line.account_id for line in lines] == ["A-002", "A-001", "A-004"]
    assert lines[2].take is None
    assert "Its only contract is not active." in said(lines[2])
    words = said(users_page.create_panel.accounts)
    assert "Offered (2)" in words
    assert "Not offered (1)" in words
    assert "ASPIRE was not searched" in words


def test_that_a_look_alike_stands_beside_the_choice_and_can_take_its_place(
    users_page: EndUsersPage, qtbot: Any, settle: Settle
) -> None:
    start_new(users_page, qtbot, settle)
    find_account(users_page, qtbot, settle, "prairie")
    picker = users_page.create_panel.accounts
    take = picker.lines[0].take
    assert take is not None
    take.click()
    settle()
    words = said(picker)
    assert "Easily mistaken: compare before linking" in words
    assert "Account id\nA-002\nA-001" in words
    press(picker, "Choose this one")
    settle()
    assert picker.account_ids == ("A-001",)
    words = said(picker)
    assert "Opens 3 contracts, 1 of them closed; 2 stay hidden." in words
    assert "0012-0050: its label EASTERN is not mapped to this site" in words
    assert "0012-0051: it is not booked" in words


def test_that_another_site_judges_the_chosen_accounts_anew(
    users_page: EndUsersPage, qtbot: Any, settle: Settle
) -> None:
    start_new(users_page, qtbot, settle)
    find_account(users_page, qtbot, settle, "delta")
    press(users_page.create_panel, "Add")
    settle()
    users_page.create_panel.site.setCurrentText("Harbor Finance (harbor)")
    settle()
    assert "no private label that site harbor takes" in said(users_page.create_panel.accounts)
    users_page.create_panel.save_button.click()
    settle()
    assert "is not offered on site harbor" in users_page.create_panel.form.fields["accounts"].error


def test_that_escape_keeps_what_was_typed_until_the_form_is_opened_again(
    users_page: EndUsersPage, qtbot: Any, settle: Settle
) -> None:
    start_new(users_page, qtbot, settle)
    find_account(users_page, qtbot, settle, "delta")
    press(users_page.create_panel, "Add")
    settle()
    qtbot.keyClick(users_page.create_panel.email, Qt.Key.Key_Escape)
    assert users_page.create_panel.isHidden()
    assert users_page.details.isVisible()
    users_page.new_button.click()
    panel = users_page.create_panel
    assert (panel.email.text(), panel.accounts.account_ids) == ("nora@new.example", ("A-003",))
    panel.clear_button.click()
    assert (panel.email.text(), panel.accounts.account_ids) == ("", ())


def test_that_a_database_failure_on_save_loses_nothing_and_can_be_retried(
    users_page: EndUsersPage, engine: Engine, offline_desk: Desk, qtbot: Any, settle: Settle
) -> None:
    start_new(users_page, qtbot, settle)
    find_account(users_page, qtbot, settle, "delta")
    press(users_page.create_panel, "Add")
    settle()
    with engine.begin() as connection:
        connection.execute(text("alter table audit_event rename to audit_event_away"))
    users_page.create_panel.save_button.click()
    settle()
    panel = users_page.create_panel
    assert "The portal database lacks a table." in panel.messages.text
    assert (panel.email.text(), panel.accounts.account_ids) == ("nora@new.example", ("A-003",))
    with pytest.raises(NotFound):
        people.show_user(offline_desk, site="NW", email="nora@new.example")
    with engine.begin() as connection:
        connection.execute(text("alter table audit_event_away rename to audit_event"))
    press(panel, "Retry")
    settle()
    assert people.show_user(offline_desk, site="NW", email="nora@new.example").last_name == "New"


def test_that_a_save_is_told_even_when_the_panel_was_closed_meanwhile(
    users_page: EndUsersPage, qtbot: Any, settle: Settle
) -> None:
    start_new(users_page, qtbot, settle, email="pat@prairie.example")
    find_account(users_page, qtbot, settle, "delta")
    press(users_page.create_panel, "Add")
    settle()
    users_page.create_panel.save_button.click()
    users_page.create_panel.close_panel()
    settle()
    assert "This address is in use" in users_page.messages.text
    press(users_page, "Retry")
    assert users_page.create_panel.email.text() == "pat@prairie.example"


def test_that_a_new_user_is_shown_even_where_the_filters_would_hide_it(
    users_page: EndUsersPage, qtbot: Any, settle: Settle
) -> None:
    users_page.filters.boxes[Status.INACTIVE].click()
    settle()
    start_new(users_page, qtbot, settle)
    find_account(users_page, qtbot, settle, "delta")
    press(users_page.create_panel, "Add")
    settle()
    users_page.create_panel.save_button.click()
    settle()
    assert users_page.table.current_key == UserKey("NW", "nora@new.example")
    assert not users_page.filters.filters.are_set


def test_that_somebody_with_a_login_elsewhere_is_created_active_without_a_mail(
    users_page: EndUsersPage, offline_desk: Desk, qtbot: Any, settle: Settle
) -> None:
    start_new(users_page, qtbot, settle)
    users_page.create_panel.status.setCurrentIndex(1)
    find_account(users_page, qtbot, settle, "delta")
    press(users_page.create_panel, "Add")
    settle()
    users_page.create_panel.save_button.click()
    settle()
    made = people.show_user(offline_desk, site="NW", email="nora@new.example")
    assert (made.status, made.last_mail) == (Status.ACTIVE, None)
    assert "No mail was queued" in users_page.messages.text


def test_that_a_user_is_created_against_a_real_aspire(
    desk: Desk, page: Callable[..., Any], qtbot: Any, settle: Settle
) -> None:
    sites.create_site(desk, key="NW", name="Northwind", labels=["NORTHWIND"], unlabelled=True)
    sync(desk)
    made: EndUsersPage = page(EndUsersPage, desk)
    made.open(Target("end_users"))
    settle()
    made.new_button.click()
    panel = made.create_panel
    assert panel.email.hasFocus()  # the only site is chosen already
    for edit, words in ((panel.email, "ann@x.example"), (panel.first_name, "Ann"), (panel.last_name, "Ex")):
        qtbot.keyClicks(edit, words)
    find_account(made, qtbot, settle, "prairie")
    press(panel.accounts.lines[0], "Add")
    settle()
    panel.save_button.click()
    settle()
    assert made.messages.text == (
        "Ann Ex (ann@x.example) was created on site NW. A registration mail is queued, not yet sent."
    )


def test_that_nothing_can_be_typed_over_while_it_is_saved(
    users_page: EndUsersPage, qtbot: Any, settle: Settle
) -> None:
    start_new(users_page, qtbot, settle, email="pat@prairie.example")
    find_account(users_page, qtbot, settle, "delta")
    press(users_page.create_panel, "Add")
    settle()
    panel = users_page.create_panel
    panel.save_button.click()
    assert panel.save_button.text() == "Creating…"
    assert not panel.form.isEnabled()
    settle()
    assert panel.form.isEnabled()
    assert panel.email.hasFocus()


def test_that_a_user_created_while_another_page_is_open_is_selected_on_return(
    users_page: EndUsersPage, qtbot: Any, settle: Settle
) -> None:
    start_new(users_page, qtbot, settle)
    find_account(users_page, qtbot, settle, "delta")
    press(users_page.create_panel, "Add")
    settle()
    users_page.create_panel.save_button.click()
    users_page.hide()
    settle()
    users_page.show()
    users_page.open(Target("end_users"))
    settle()
    assert users_page.table.current_key == UserKey("NW", "nora@new.example")
    assert "was created" in users_page.messages.text
