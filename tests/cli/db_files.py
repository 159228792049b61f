"""Looking into the files of portal databases, past the program."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from pathlib import Path
from stat import S_IMODE
from typing import Any

import pytest


def change(path: Path, statement: str) -> None:
    with closing(sqlite3.connect(path)) as connection:
        connection.execute(statement)
        connection.commit()


def make_old(path: Path) -> None:
    """A portal database as the first release left it."""
    from alembic import command

    from portal_admin.models.engine import open_engine, writing
    from portal_admin.models.schema import migration_config

    path.parent.mkdir(exist_ok=True)
    engine = open_engine(f"sqlite:///{path}", create=True)
    with writing(engine) as connection:
        config = migration_config()
        config.attributes["connection"] = connection
        command.upgrade(config, "0001")
    engine.dispose()


def audited(path: Path) -> list[tuple[str, str, str, Any, Any]]:
    """Action, operator, subject, before and after of every audit line."""
    query = "select action, operator, subject, before, after from audit_event order by id"
    with closing(sqlite3.connect(path)) as connection:
        return [
            (*row[:3], *(json.loads(value) if value else None for value in row[3:]))
            for row in connection.execute(query)
        ]


def head_of(path: Path) -> dict[str, Any]:
    with closing(sqlite3.connect(path)) as connection:
        row = connection.execute("select id, hash from audit_event order by id desc").fetchone()
    return {"id": row[0], "hash": row[1]}


def zones(path: Path) -> list[str]:
    with closing(sqlite3.connect(path)) as connection:
        return [row[0] for row in connection.execute("select value from setting where key = 'time_zone'")]


def out(capsys: pytest.CaptureFixture[str]) -> list[dict[str, object]]:
    return [json.loads(line) for line in capsys.readouterr().out.splitlines()]


def mode(path: Path) -> int:
    return S_IMODE(path.stat().st_mode)
