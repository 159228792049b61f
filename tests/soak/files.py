"""The database file itself, looked at as if nobody had it open before."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

from portal_admin.models.engine import open_engine
from portal_admin.services.audit_trail import verify
from portal_admin.services.desk import Desk
from tests.fixtures.desk import Clock

SEARCH_INDEXES = ("end_user_search", "aspire_account_search")


def path_of(url: str) -> Path:
    return Path(url.removeprefix("sqlite:///"))


def require_sound(url: str) -> None:
    """The file opens, is intact to its last index, no row points at nothing, and the audit proves itself."""
    with closing(sqlite3.connect(path_of(url))) as connection:
        assert connection.execute("pragma integrity_check").fetchall() == [("ok",)]
        assert connection.execute("pragma foreign_key_check").fetchall() == []
        for index in SEARCH_INDEXES:
            # Raises when the index and its table disagree.
            connection.execute(f"insert into {index} ({index}, rank) values ('integrity-check', 1)")
    require_chain(url)


def require_chain(url: str) -> None:
    """Every audit line follows from the one before it."""
    engine = open_engine(url)
    try:
        found = verify(Desk(engine, None, Clock(), "soak"))
    finally:
        engine.dispose()
    assert found is not None
    assert found.broken is None, found.broken
