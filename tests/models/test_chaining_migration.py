"""The upgrade that chains the audit: lines written before it become the beginning of a sound chain."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from alembic import command
from sqlalchemy import Engine, make_url, text

from portal_admin.domain.audit_chain import GENESIS
from portal_admin.models.engine import open_engine, reading, writing
from portal_admin.models.migrations.versions import r0003_provisioning
from portal_admin.models.schema import migration_config, upgrade_schema
from portal_admin.services import audit, audit_trail
from portal_admin.services.change import changing
from portal_admin.services.desk import Desk
from tests.fixtures.operators import appoint

BEFORE = "0002"
AT = datetime(2026, 3, 1, 15, 0, 0, 123456, tzinfo=UTC)
ODD = "Zoë \u202e<b>日本 '\"\\ \n\t"
# Ids have gaps where a server's transaction was rolled back.
LINES: tuple[dict[str, Any], ...] = (
    {"id": 2, "before": None, "after": None, "reason": None, "site_key": None},
    {"id": 3, "before": {"name": ODD}, "after": {"accounts": ["A-001", ODD], "n": 1.5}, "reason": ODD},
    {"id": 9, "before": {}, "after": {"unlabelled": True, "deep": {"b": 1, "a": [None]}}},
    {"id": 10, "subject": ODD, "operator": "Müller"},
    {"id": 4711},
)


@pytest.fixture
def older(database_url: str, tmp_path: Path) -> Iterator[Engine]:
    """A database as the version before the chain left it, on SQLite and on a server."""
    url = make_url(database_url)
    if url.get_backend_name() == "sqlite":
        url = url.set(database=str(tmp_path / "older.db"))
    engine = open_engine(url.render_as_string(hide_password=False), create=True)
    with writing(engine) as connection:
        if engine.dialect.name == "postgresql":
            connection.execute(text("drop schema public cascade"))
            connection.execute(text("create schema public"))
        config = migration_config()
        config.attributes["connection"] = connection
        command.upgrade(config, BEFORE)
    yield engine
    engine.dispose()


def fill(engine: Engine, count: int = 0) -> None:
    """The lines above, and `count` plain ones after them."""
    usual = {"site_key": "MAIN", "subject": "r@x.example", "operator": "jdoe", "reason": None}
    usual |= {"before": None, "after": None}
    more = [{"id": 5000 + number} for number in range(count)]
    insert = text(
        "insert into audit_event (id, at, operator, action, site_key, subject, operation_id, before, after, reason) "
        "values (:id, :at, :operator, 'user.edit', :site_key, :subject, 'op', :before, :after, :reason)"
    )
    with writing(engine) as connection:
        for number, line in enumerate([*LINES, *more]):
            values = {**usual, **line}
            for name in ("before", "after"):
                values[name] = None if values[name] is None else json.dumps(values[name])
            at: Any = AT + timedelta(seconds=number)
            if engine.dialect.name == "sqlite":
                at = f"{at:%Y-%m-%d %H:%M:%S.%f}"
            connection.execute(insert, {**values, "at": at})


def desk_on(engine: Engine) -> Desk:
    appoint(engine, "tester")
    return Desk(engine=engine, aspire=None, clock=lambda: AT, operator="tester")


def test_that_lines_written_before_the_chain_are_chained(older: Engine) -> None:
    fill(older)
    upgrade_schema(older)
    desk = desk_on(older)
    found = audit_trail.verify(desk)
    assert found is not None
    assert (found.lines, found.head.id, found.broken) == (len(LINES), 4711, None)


def test_that_what_they_say_stays_the_same(older: Engine) -> None:
    columns = "id, at, operator, action, site_key, subject, operation_id, before, after, reason"
    query = text(f"select {columns} from audit_event order by id")
    fill(older)
    with reading(older) as connection:
        before = connection.execute(query).all()
    upgrade_schema(older)
    with reading(older) as connection:
        assert connection.execute(query).all() == before


def test_that_new_lines_follow_the_old_ones(older: Engine) -> None:
    fill(older)
    upgrade_schema(older)
    desk = desk_on(older)
    with changing(desk) as connection:
        audit.record(connection, desk, action="user.edit", subject="after the upgrade")
    found = audit_trail.verify(desk)
    assert found is not None
    assert (found.lines, found.head.id, found.broken) == (len(LINES) + 1, 4712, None)


def test_that_a_database_without_lines_begins_a_chain(older: Engine) -> None:
    upgrade_schema(older)
    desk = desk_on(older)
    with changing(desk) as connection:
        audit.record(connection, desk, action="user.edit", subject="first")
    with reading(older) as connection:
        row = connection.execute(text("select id, previous_hash from audit_event")).one()
    assert tuple(row) == (1, GENESIS)


def test_that_many_lines_are_chained_across_pages(older: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    fill(older, count=25)
    monkeypatch.setattr(r0003_provisioning, "ROWS", 7)
    upgrade_schema(older)
    found = audit_trail.verify(desk_on(older))
    assert found is not None
    assert (found.lines, found.broken) == (len(LINES) + 25, None)
