"""How the Sync & health screen looks: what fits, and how commands are written."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from PySide6.QtWidgets import QApplication, QLabel

from portal_admin.services.desk import Desk
from portal_admin.services.sync import sync
from portal_admin.settings import Profile
from portal_admin.ui.health.page import HealthPage
from portal_admin.ui.navigation import Target
from portal_admin.ui.theme import Size

Settle = Callable[[], None]
TOP_AND_STRIP = 72  # px: what the window takes above and below the page


@pytest.fixture
def shown(
    desk: Desk, database_url: str, sandbox: Any, page: Callable[..., HealthPage], settle: Settle
) -> Callable[[], HealthPage]:
    def build() -> HealthPage:
        made = page(HealthPage, desk, Profile("Test", database_url, sandbox.url, "sandbox"))
        made.resize(1280 - Size.NAVIGATION, 720 - TOP_AND_STRIP)
        made.open(Target("health"))
        settle()
        QApplication.processEvents()
        return made

    return build


def test_that_commands_stand_between_quotation_marks_and_never_between_backticks(
    shown: Callable[[], HealthPage],
) -> None:
    words = [label.text() for label in shown().findChildren(QLabel)]
    assert any("“portal-admin sync”" in text for text in words)
    assert not any("`" in text for text in words)


def test_that_all_classes_of_data_are_seen_at_once_in_the_smallest_usual_window(
    shown: Callable[[], HealthPage], desk: Desk
) -> None:
    sync(desk)
    page = shown()
    assert page.classes.view.verticalScrollBar().maximum() == 0
    assert page.runs.view.rowViewportPosition(0) + Size.ROW <= page.runs.view.viewport().height()
