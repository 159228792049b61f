"""The role in the window: what it refuses stays in view, disabled, and says why; who has none sees nothing."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtWidgets import QPushButton, QWidget
from sqlalchemy import Engine

from portal_admin.app import import_page
from portal_admin.domain.permissions import Permission, Role, refusal
from portal_admin.errors import NotAllowed
from portal_admin.services import operators
from portal_admin.services.desk import Desk
from portal_admin.ui.main_window import MainWindow
from portal_admin.ui.pages import pages
from portal_admin.ui.rights import Rights
from portal_admin.ui.widgets.state_panel import State, StatePanel
from portal_admin.ui.widgets.text import set_tooltip
from tests.fixtures.operators import appoint
from tests.ui.acting import press, said
from tests.ui.portal_filling import fill_portal

Settle = Callable[[], None]
REFUSED = refusal(Role.READ_ONLY, Permission.CREATE_SITE) or ""


@pytest.fixture
def guarded(opened: Callable[[QWidget], QWidget]) -> tuple[Rights, QPushButton]:
    """A button that needs the permission to create sites."""
    holder, rights = QWidget(), Rights()
    made = QPushButton("New site", holder)
    set_tooltip(made, "New site (Ctrl+N)")
    rights.guard(made, Permission.CREATE_SITE)
    opened(holder)
    return rights, made


def test_that_nothing_is_refused_before_the_role_is_read(guarded: tuple[Rights, QPushButton]) -> None:
    assert guarded[1].isEnabled()
    assert guarded[0].refusal(Permission.CREATE_SITE) is None


def test_that_what_a_role_may_not_do_is_disabled_and_says_which_roles_may(
    guarded: tuple[Rights, QPushButton],
) -> None:
    rights, made = guarded
    rights.learn(Role.READ_ONLY)
    assert (made.isVisible(), made.isEnabled()) == (True, False)
    assert made.accessibleDescription() == REFUSED
    assert "is for Administrators; you are Read-only" in made.toolTip()


def test_that_no_page_enables_what_is_refused_and_gets_it_back_with_the_role(
    guarded: tuple[Rights, QPushButton],
) -> None:
    rights, made = guarded
    rights.learn(Role.CSR)
    made.setEnabled(True)
    set_tooltip(made, "Another hint")
    assert not made.isEnabled()
    assert "Another hint" not in made.toolTip()
    rights.learn(Role.ADMINISTRATOR)
    assert made.isEnabled()
    assert "Another hint" in made.toolTip()
    assert made.accessibleDescription() == ""


def test_that_what_the_page_disabled_stays_so_when_the_role_comes(
    guarded: tuple[Rights, QPushButton],
) -> None:
    rights, made = guarded
    made.setEnabled(False)
    rights.learn(Role.CSR)
    rights.learn(Role.ADMINISTRATOR)
    assert not made.isEnabled()


@pytest.mark.parametrize("role", Role)
def test_that_the_strip_names_operator_role_and_what_a_file_does_not_do(
    engine: Engine, offline_desk: Desk, shell: Callable[..., MainWindow], settle: Settle, role: Role
) -> None:
    appoint(engine, "casey", role)
    window = shell(replace(offline_desk, operator="casey"))
    settle()
    assert window.status.operator.text() == f"{role.value}: casey"
    assert "enforces no roles" in window.status.database.text()
    assert "honest people" in window.status.database.toolTip()


def test_that_a_role_taken_away_while_the_window_is_open_is_noticed(
    engine: Engine, offline_desk: Desk, shell: Callable[..., MainWindow], settle: Settle
) -> None:
    fill_portal(engine)
    appoint(engine, "casey", Role.CSR)
    window = shell(replace(offline_desk, operator="casey"))
    lost: list[bool] = []
    window.role_lost.connect(lambda: lost.append(True))
    operators.set_role(offline_desk, name="casey", role=None)
    window.take_pulse()
    settle()
    assert lost == [True]
    assert window.rights.refusal(Permission.VIEW) is not None


def test_that_who_has_no_role_sees_calmly_what_to_do(
    opened: Callable[[QWidget], Any], settle: Settle, render: Callable[..., Path]
) -> None:
    window: MainWindow = opened(MainWindow())
    types = {spec.id: import_page(spec) for spec in pages()}
    again: list[bool] = []
    refused = NotAllowed(
        "jdoe has no role on this portal database, so nothing of it may be shown. Ask an Administrator to run: "
        "portal-admin operators add jdoe --role csr",
        title="You have no role here yet",
    )
    window.go_down(refused, lambda: again.append(True), types)
    settle()
    panel = window.host.currentWidget()
    assert isinstance(panel, StatePanel)
    assert panel.state is State.NOT_ALLOWED
    assert "portal-admin operators add jdoe --role csr" in said(panel)
    assert "Id in the log" not in said(panel)
    assert window.status.profile.text() == "You have no role here yet"
    for scheme in ("light", "dark"):
        assert render(window, "no-role", scheme).exists()
    press(panel, "Look again")
    assert again == [True]
