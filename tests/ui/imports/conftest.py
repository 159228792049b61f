"""The Import screen on a small portal, and files as people send them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine

from portal_admin.services.desk import Desk
from portal_admin.ui.imports.page import ImportsPage
from portal_admin.ui.navigation import Target
from tests.ui.imports.acting import HEAD, ROWS, rehearse, take
from tests.ui.portal_filling import fill_portal


@pytest.fixture
def screen(
    engine: Engine, offline_desk: Desk, page: Callable[..., Any], settle: Callable[[], None]
) -> ImportsPage:
    """The screen as an Administrator finds it."""
    fill_portal(engine)
    made: ImportsPage = page(ImportsPage, offline_desk)
    made.open(Target("imports"))
    settle()
    return made


@pytest.fixture
def people_file(tmp_path: Path) -> Path:
    """A file of six rows."""
    path = tmp_path / "people.csv"
    path.write_text(HEAD + ROWS, encoding="utf-8")
    return path


@pytest.fixture
def rehearsed(screen: ImportsPage, people_file: Path) -> ImportsPage:
    """The screen after a dry run of that file on site NW."""
    take(screen, people_file)
    rehearse(screen)
    return screen
