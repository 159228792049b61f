"""The database file itself, looked at as if nobody had it open before."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

SEARCH_INDEXES = ("end_user_search", "aspire_account_search")


def path_of(url: str) -> Path:
    return Path(url.removeprefix("sqlite:///"))


def require_sound(url: str) -> None:
    """The file opens, is intact to its last index, and no row points at nothing."""
    with closing(sqlite3.connect(path_of(url))) as connection:
        assert connection.execute("pragma integrity_check").fetchall() == [("ok",)]
        assert connection.execute("pragma foreign_key_check").fetchall() == []
        for index in SEARCH_INDEXES:
            # Raises when the index and its table disagree.
            connection.execute(f"insert into {index} ({index}, rank) values ('integrity-check', 1)")
