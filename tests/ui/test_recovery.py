"""The window when a shared database is restarted under it: it says so, goes on, and recovers by itself."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import Engine

from portal_admin.services.desk import Desk
from portal_admin.services.health import SHARED
from portal_admin.ui.main_window import PULSE_EVERY, PULSE_IN_TROUBLE, MainWindow
from portal_admin.ui.navigation import Target
from portal_admin.ui.widgets.state_panel import TRY_AGAIN_AFTER, State
from tests.fixtures.postgres import PostgresServer
from tests.ui.portal_filling import fill_portal
from tests.ui.table_lines import lines

pytestmark = pytest.mark.databases("postgresql")
Settle = Callable[[], None]
# The window must be itself again so many ms after the database is; asking costs a part of them.
MOST = 5_000


@pytest.fixture
def window(
    engine: Engine, offline_desk: Desk, shell: Callable[..., MainWindow], settle: Settle
) -> MainWindow:
    fill_portal(engine)
    made = shell(offline_desk, place="health")
    settle()
    return made


def test_that_a_restart_is_noticed_said_and_over_a_moment_after_the_server_is_back(
    window: MainWindow, postgres_server: PostgresServer, settle: Settle
) -> None:
    page: Any = window.current_page
    before = lines(page.classes)
    postgres_server.stop("immediate")
    try:
        window._read_role()
        for timer in (window._pulse_timer, page.refresh_timer):
            timer.timeout.emit()
        settle()
        assert window.status.database.text() == "Database PostgreSQL does not answer, trying again"
        assert "Trying again." in page.trouble.text
        assert lines(page.classes) == before
        assert window._pulse_timer.interval() == PULSE_IN_TROUBLE < MOST
        assert page.refresh_timer.interval() < MOST
    finally:
        postgres_server.start()
    for timer in (window._pulse_timer, page.refresh_timer):
        timer.timeout.emit()
    settle()
    assert window.status.profile.text() == "Test"
    assert window.status.database.text() == "Database PostgreSQL"
    assert page.trouble.text == ""
    assert window._pulse_timer.interval() == PULSE_EVERY


def test_that_a_list_that_could_not_look_looks_again_by_itself_once_the_server_is_back(
    window: MainWindow, postgres_server: PostgresServer, settle: Settle
) -> None:
    postgres_server.stop("immediate")
    try:
        window.open(Target("sites"))
        settle()
        page: Any = window.current_page
        state = page.sites.state
        assert state.state is State.FAILED
        assert state.try_again.isActive()
        assert state.try_again.interval() == TRY_AGAIN_AFTER < MOST
        state.try_again.timeout.emit()
        settle()
        assert state.state is State.FAILED
        assert state.try_again.isActive()
    finally:
        postgres_server.start()
    state.try_again.timeout.emit()
    settle()
    assert any(line.startswith("NW | Northwind Leasing") for line in lines(page.sites))
    assert not state.try_again.isActive()


def test_that_a_shared_database_is_synced_by_its_server(window: MainWindow) -> None:
    page: Any = window.current_page
    assert not page.sync_box.sync_button.isEnabled()
    assert page.sync_box.reason.text() == SHARED
