"""A portal filled once and copied for each test, and the page on it."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from portal_admin.sandbox.portfolio import FilePortfolio
from portal_admin.services.desk import Desk
from portal_admin.ui.account_access.page import AccountAccessPage
from portal_admin.ui.navigation import Target
from tests.ui.account_access import world
from tests.ui.account_access.acting import Settle, look_at


@pytest.fixture(scope="session")
def filled_file(migrated_file: Path, small: FilePortfolio, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A synced database with sites and users, filled once."""
    return world.filled_template(migrated_file, small, tmp_path_factory.mktemp("access"))


@pytest.fixture
def database_url(filled_file: Path, tmp_path: Path) -> str:
    """A copy of it for each test; the desk works on it."""
    return f"sqlite:///{shutil.copy(filled_file, tmp_path / 'portal.db')}"


@pytest.fixture
def access(page: Callable[..., AccountAccessPage], desk: Desk) -> AccountAccessPage:
    """The page on a synced desk, with nobody chosen."""
    shown = page(AccountAccessPage, desk)
    shown.open(Target("account_access"))
    return shown


@pytest.fixture
def olsen(access: AccountAccessPage, settle: Settle) -> AccountAccessPage:
    """The page with Renate Olsen of Northwind in view."""
    return look_at(access, settle)
