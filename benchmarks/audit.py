"""Appending to the audit and proving it, beside plain inserts of the same rows and plain SHA-256 over the same bytes."""

from __future__ import annotations

import hashlib
import itertools
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from typing import Any

from benchmarks.database import filled
from benchmarks.measure import Measurement, alternating, seconds
from portal_admin.services import audit
from portal_admin.services.audit_trail import verify
from portal_admin.services.change import changing
from portal_admin.services.desk import Desk

BATCH = 1_000
ALONE = 300


def run(small: bool) -> list[Measurement]:
    """Many lines in transactions of a thousand, single lines in one each, and reading them all again."""
    lines = 5_000 if small else 100_000
    with filled(users=10, accounts=10, contracts=10) as desk:
        path = str(desk.engine.url.database)
        many = seconds(lambda: _append(desk, lines, BATCH))
        alone = seconds(lambda: _append(desk, ALONE, 1))
        rows = _rows(path)
        plain_many = seconds(lambda: _insert(path, rows[:lines], BATCH))
        plain_alone = seconds(lambda: _insert(path, rows[lines : lines + ALONE], 1))
        proof, plain_proof = alternating(lambda: _prove(desk), lambda: _hash(path), runs=3)
    of, whole = f"{lines:,} lines", f"{len(rows):,} lines"
    return [
        Measurement("audit append", many, plain_many, "s", 5, f"{of}, {lines / many:,.0f} a second"),
        Measurement(
            "audit append, a transaction each", alone, plain_alone, "s", 3, f"{ALONE / alone:,.0f} a second"
        ),
        Measurement(
            "audit verify", proof, plain_proof, "s", 8, f"{whole}, {len(rows) / proof:,.0f} a second"
        ),
    ]


def _append(desk: Desk, lines: int, batch: int) -> None:
    made = _lines(lines)
    while some := list(itertools.islice(made, batch)):
        with changing(desk) as connection:
            audit.record_all(connection, desk, some)


def _lines(count: int) -> Iterator[dict[str, Any]]:
    for number in range(count):
        person = {"first_name": "Ann", "last_name": f"Number {number}", "status": "Pending"}
        yield {
            "action": "user.create",
            "subject": f"ann.{number}@customer{number % 997}.example",
            "site_key": "S1",
            "before": None,
            "after": {**person, "accounts": [f"A-{number:06}"]},
            "reason": f"import 1, row {number}",
        }


def _rows(path: str) -> list[tuple[Any, ...]]:
    with closing(sqlite3.connect(path)) as connection:
        return connection.execute("select * from audit_event order by id").fetchall()


def _insert(path: str, rows: list[tuple[Any, ...]], batch: int) -> None:
    """Into a table of the same columns and indexes, empty like ours was."""
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute("pragma synchronous = full")
        _make_twin(connection)
        places = ", ".join("?" * len(rows[0]))
        for first in range(0, len(rows), batch):
            connection.execute("begin immediate")
            connection.executemany(f"insert into twin values ({places})", rows[first : first + batch])
            connection.execute("commit")


def _make_twin(connection: sqlite3.Connection) -> None:
    connection.execute("drop table if exists twin")
    found = connection.execute(
        "select sql from sqlite_master where tbl_name = 'audit_event' and type <> 'trigger'"
    )
    for (sql,) in found.fetchall():
        if sql is not None:
            connection.execute(sql.replace("audit_event", "twin"))


def _prove(desk: Desk) -> None:
    found = verify(desk)
    assert found is not None
    assert found.broken is None


def _hash(path: str) -> None:
    with closing(sqlite3.connect(path)) as connection:
        for row in connection.execute("select * from audit_event order by id"):
            hashlib.sha256(repr(row).encode()).hexdigest()
