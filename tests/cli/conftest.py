"""A portal with people on it and the command line that works on it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine

from portal_admin.aspire.client import AspireClient
from portal_admin.domain.people import Status
from portal_admin.models.engine import writing
from tests.cli.db_files import change
from tests.cli.people import INA, PAUL, RUTH
from tests.cli.spine import Cli, command_line
from tests.services.filled import add_site, add_user, receive


@pytest.fixture
def portal(engine: Engine, sandbox: Any, database_url: str, monkeypatch: pytest.MonkeyPatch) -> Engine:
    """A portal that received ASPIRE a minute ago; the profile comes from the environment."""
    client = AspireClient(sandbox.url, user="sandbox", password=lambda: "sandbox")
    receive(engine, client, at=datetime.now(UTC) - timedelta(minutes=1))
    client.close()
    with writing(engine) as connection:
        main = add_site(connection, "MAIN", ["NORTHWIND"], unlabelled=True)
        prairie = add_site(connection, "PRAIRIE", ["PRAIRIE"])
        add_user(connection, main, RUTH, [(1, "A-001")])
        add_user(connection, main, PAUL, [(2, "A-002")], first="Paul", last="New", status=Status.PENDING)
        add_user(connection, main, INA, [(4, "A-004"), (3, "A-003")], first="Ina", status=Status.INACTIVE)
        add_user(connection, prairie, "é@x.example", [(1, "A-001")])
        add_user(connection, prairie, "z@x.example", [(1, "A-001")])
    for name, value in {
        "DATABASE_URL": database_url,
        "ASPIRE_URL": sandbox.url,
        "ASPIRE_USER": "sandbox",
        "ASPIRE_PASSWORD": "sandbox",
    }.items():
        monkeypatch.setenv(f"PORTAL_ADMIN_{name}", value)
    return engine


@pytest.fixture
def cli(portal: Engine, capfdbinary: Any) -> Cli:
    return command_line(capfdbinary)


@pytest.fixture
def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where the portal database of the environment is to be."""
    path = tmp_path / "desk" / "portal.db"
    monkeypatch.setenv("PORTAL_ADMIN_DATABASE_URL", f"sqlite:///{path}")
    return path


@pytest.fixture
def ready(file: Path, migrated_file: Path) -> Iterator[Path]:
    """The same, made; nothing half done may lie beside it in the end."""
    file.parent.mkdir()
    file.write_bytes(migrated_file.read_bytes())
    change(file, "insert into setting (key, value) values ('time_zone', 'America/Chicago')")
    yield file
    assert not list(file.parent.glob("*.partial"))
    assert not list(file.parent.glob("*.restoring-*"))
