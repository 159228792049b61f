"""What each role may do on every screen: in view for all, disabled with the reason, and told to the keyboard."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget
from sqlalchemy import Engine

from portal_admin.domain.lifecycle import Action
from portal_admin.domain.permissions import Permission, Role, is_allowed, refusal
from portal_admin.services.desk import Desk
from portal_admin.ui.account_access.page import AccountAccessPage
from portal_admin.ui.end_users.page import EndUsersPage
from portal_admin.ui.field_reference.page import FieldReferencePage
from portal_admin.ui.navigation import Target
from portal_admin.ui.sites.page import SitesPage
from tests.fixtures.operators import appoint
from tests.services.filled import everything
from tests.ui.portal_filling import add_user, fill_portal

Settle = Callable[[], None]
ANN, TWO = "ann@prairie.example", "two@prairie.example"
Shown = tuple[QWidget, Permission]


@pytest.fixture(params=list(Role))
def role(request: pytest.FixtureRequest) -> Role:
    found: Role = request.param
    return found


@pytest.fixture
def show(
    engine: Engine, offline_desk: Desk, page: Callable[..., Any], settle: Settle, role: Role
) -> Callable[[type[Any], Target], Any]:
    """Open a screen at the desk of an operator of that role."""
    fill_portal(engine)
    add_user(engine, TWO, "Tess", "Two", accounts=(1, 3))
    appoint(engine, "casey", role)
    casey = replace(offline_desk, operator="casey")

    def build(kind: type[Any], target: Target) -> Any:
        made = page(kind, casey)
        made.open(target)
        settle()
        return made

    return build


def end_users(show: Callable[..., Any]) -> list[Shown]:
    page: EndUsersPage = show(EndUsersPage, Target("end_users", site="NW", email=ANN))
    buttons = page.details.buttons
    return [
        (page.new_button, Permission.CREATE_USER),
        (buttons[Action.EDIT], Permission.EDIT_USER),
        (buttons[Action.RESET], Permission.RESET_PASSWORD),
        (buttons[Action.DEACTIVATE], Permission.DEACTIVATE_USER),
        (buttons[Action.CHANGE_EMAIL], Permission.CHANGE_EMAIL),
        (page.details.approve_button, Permission.VERIFY_CALLER),
    ]


def account_access(show: Callable[..., Any]) -> list[Shown]:
    page: AccountAccessPage = show(AccountAccessPage, Target("account_access", site="NW", email=TWO))
    cards = [(card.unlink_button, Permission.UNLINK_ACCOUNT) for card in page.links.cards.values()]
    assert len(cards) == 2
    return [(page.links.link_button, Permission.LINK_ACCOUNT), *cards]


def sites(show: Callable[..., Any]) -> list[Shown]:
    page: SitesPage = show(SitesPage, Target("sites", site="NW"))
    return [(page.new_button, Permission.CREATE_SITE), (page.map_button, Permission.MAP_LABELS)]


def field_reference(show: Callable[..., Any]) -> list[Shown]:
    page: FieldReferencePage = show(FieldReferencePage, Target("field_reference"))
    details = page.details
    return [
        (details.note_button, Permission.WRITE_FIELD_NOTE),
        (details.verify_button, Permission.WRITE_FIELD_NOTE),
    ]


@pytest.mark.parametrize("screen", [end_users, account_access, sites, field_reference])
def test_that_actions_follow_the_matrix_and_the_refused_say_why(
    show: Callable[..., Any], role: Role, screen: Callable[..., list[Shown]]
) -> None:
    for control, permission in screen(show):
        assert not control.isHidden()
        assert control.isEnabled() is is_allowed(role, permission), permission
        if not is_allowed(role, permission):
            assert control.accessibleDescription() == refusal(role, permission)
            assert f"you are {role}" in control.toolTip()


def try_new_user(page: EndUsersPage, qtbot: Any) -> None:
    qtbot.keyClick(page.table.view, Qt.Key.Key_N, Qt.KeyboardModifier.ControlModifier)


def try_edit(page: EndUsersPage, qtbot: Any) -> None:
    qtbot.keyClick(page.table.view, Qt.Key.Key_Return)


def try_reset(page: EndUsersPage, qtbot: Any) -> None:
    qtbot.keyClick(page.table.view, Qt.Key.Key_R, Qt.KeyboardModifier.ControlModifier)


@pytest.mark.parametrize(
    ("attempt", "label"),
    [(try_new_user, "Create End User"), (try_edit, "Edit User"), (try_reset, "Reset Password")],
)
def test_that_a_key_that_is_refused_is_answered_in_the_page(
    engine: Engine,
    show: Callable[..., Any],
    role: Role,
    qtbot: Any,
    settle: Settle,
    attempt: Callable[..., None],
    label: str,
) -> None:
    page: EndUsersPage = show(EndUsersPage, Target("end_users", site="NW", email=ANN))
    before = everything(engine)
    page.table.view.setFocus()
    attempt(page, qtbot)
    settle()
    if role is Role.READ_ONLY:
        told = f"“{label}” is for CSRs and Administrators; you are Read-only. Ask an Administrator."
        assert page.messages.text == told
    else:
        assert page.messages.text == ""
    panels = [panel for panel in page._panels if panel.isVisible()]
    assert bool(panels) is (role is not Role.READ_ONLY)
    assert everything(engine) == before


@pytest.mark.parametrize("key", [Qt.Key.Key_N, Qt.Key.Key_Return])
def test_that_sites_are_changed_by_administrators_only_by_key_too(
    show: Callable[..., Any], role: Role, qtbot: Any, settle: Settle, key: Qt.Key
) -> None:
    page: SitesPage = show(SitesPage, Target("sites", site="NW"))
    control = Qt.KeyboardModifier.ControlModifier if key is Qt.Key.Key_N else Qt.KeyboardModifier.NoModifier
    page.sites.view.setFocus()
    qtbot.keyClick(page.sites.view, key, control)
    settle()
    panel = page.create_panel if key is Qt.Key.Key_N else page.map_panel
    assert panel.isVisible() is (role is Role.ADMINISTRATOR)
    assert ("is for Administrators" in page.messages.text) is (role is not Role.ADMINISTRATOR)


def test_that_an_account_that_is_to_be_linked_by_a_fix_is_refused_in_the_page(
    show: Callable[..., Any], role: Role, settle: Settle
) -> None:
    page: AccountAccessPage = show(
        AccountAccessPage, Target("account_access", site="NW", email=ANN, account="A-003")
    )
    assert page.link_panel.isVisible() is (role is not Role.READ_ONLY)
    assert ("Link Account" in page.messages.text) is (role is Role.READ_ONLY)


def test_that_a_note_typed_and_entered_is_refused_in_the_page(
    engine: Engine, show: Callable[..., Any], role: Role, qtbot: Any, settle: Settle
) -> None:
    page: FieldReferencePage = show(FieldReferencePage, Target("field_reference"))
    assert page._catalogue is not None
    page.details.note_added.emit(next(iter(page._catalogue.by_key)), "a note")
    settle()
    refused = role is Role.READ_ONLY
    assert ("Write Field Note" in page.messages.text) is refused
    assert ("Note saved." in page.messages.text) is not refused
