"""A portal filled once and copied for each test, and the page on it."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from portal_admin.sandbox.portfolio import FilePortfolio
from portal_admin.services.desk import Desk
from portal_admin.ui.customer_care.page import CustomerCarePage
from portal_admin.ui.navigation import Target
from tests.ui.account_access import world
from tests.ui.customer_care.acting import Settle, look_at


@pytest.fixture(scope="session")
def cared_file(migrated_file: Path, small: FilePortfolio, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A synced database with sites and users, filled once."""
    return world.filled_template(migrated_file, small, tmp_path_factory.mktemp("care"))


@pytest.fixture
def database_url(cared_file: Path, tmp_path: Path) -> str:
    """A copy of it for each test; the desk works on it."""
    return f"sqlite:///{shutil.copy(cared_file, tmp_path / 'portal.db')}"


@pytest.fixture
def care(page: Callable[..., CustomerCarePage], desk: Desk, settle: Settle) -> CustomerCarePage:
    """The page with nobody on the telephone."""
    shown = page(CustomerCarePage, desk)
    shown.open(Target("customer_care"))
    settle()
    return shown


@pytest.fixture
def olsen(care: CustomerCarePage, settle: Settle) -> CustomerCarePage:
    """The page with Renate Olsen of Northwind in view."""
    return look_at(care, settle)
