"""The list of end users for the window: any page of a million costs the same.

The ranking of each sort and filter lies in a temporary table of a connection of its own; pages are fetched by rank.
"""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from dataclasses import dataclass
from threading import Lock
from typing import Any

from sqlalchemy import Column, Connection, Integer, MetaData, Table, func, insert, select

from portal_admin.domain.people import EndUser, Status
from portal_admin.models import end_user, site
from portal_admin.models.base import Id
from portal_admin.models.engine import translated
from portal_admin.services.desk import Desk
from portal_admin.services.people import filters, user_query, with_accounts

SORTS: Mapping[str, tuple[Any, ...]] = {
    "name": (end_user.c.name_key, end_user.c.id),
    "email": (end_user.c.email, end_user.c.id),
    "site": (site.c.key, end_user.c.name_key, end_user.c.id),
    "status": (end_user.c.status, end_user.c.name_key, end_user.c.id),
    "created": (end_user.c.created_at, end_user.c.id),
}


@dataclass(frozen=True, slots=True)
class UserQuery:
    """Filters and order of the list; no statuses means all."""

    site: str | None = None
    statuses: tuple[Status, ...] = ()
    text: str = ""
    sort: str = "name"
    descending: bool = False


@dataclass(frozen=True, slots=True)
class Ranking:
    """How many users there are, and the token by which their pages are fetched."""

    count: int
    token: int


class UserList:
    """Rankings and pages of end users; safe to call from several threads, which then wait for each other."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._lock = Lock()
        self._connection: Connection | None = None
        self._tokens = itertools.count(1)
        self._ranking: tuple[int, Table] | None = None

    def rank(self, query: UserQuery) -> Ranking:
        """Rank the users that pass the filters; the ranking before it is forgotten."""
        with self._lock, translated():
            connection = self._open()
            self._forget(connection)
            token = next(self._tokens)
            table = Table(
                f"user_rank_{token}",
                MetaData(),
                Column("rank", Integer, primary_key=True, autoincrement=True),
                Column("user_id", Id, nullable=False),
                prefixes=["TEMPORARY"],
            )
            table.create(connection, checkfirst=False)
            order = [column.desc() if query.descending else column for column in SORTS[query.sort]]
            chosen = filters(connection, site=query.site, statuses=query.statuses, text=query.text)
            ids = select(end_user.c.id).where(*chosen).order_by(*order)
            if query.sort == "site":
                ids = ids.join(site, site.c.id == end_user.c.site_id)
            # The key column counts up in the order in which the rows are inserted.
            connection.execute(insert(table).from_select(["user_id"], ids))
            count = connection.execute(select(func.count()).select_from(table)).scalar_one()
            connection.commit()
            self._ranking = token, table
            return Ranking(count, token)

    def page(self, token: int, start: int, count: int) -> list[EndUser]:
        """The users at ranks `start` (from 0) to `start + count - 1`; none when the ranking was replaced."""
        with self._lock, translated():
            if self._ranking is None or self._ranking[0] != token:
                return []
            connection, table = self._open(), self._ranking[1]
            query = (
                user_query()
                .join(table, table.c.user_id == end_user.c.id)
                .where(table.c.rank.between(start + 1, start + count))
                .order_by(table.c.rank)
            )
            try:
                return with_accounts(connection, connection.execute(query).all())
            finally:
                connection.rollback()

    def close(self) -> None:
        """Give the connection back."""
        with self._lock:
            if self._connection is not None:
                self._forget(self._connection)
                self._connection.close()
                self._connection = None

    def _open(self) -> Connection:
        if self._connection is None:
            self._connection = self._desk.engine.connect()
        return self._connection

    def _forget(self, connection: Connection) -> None:
        if self._ranking is not None:
            self._ranking[1].drop(connection, checkfirst=False)
            connection.commit()
            self._ranking = None
