"""The list of end users for the window: any page of a million costs the same.

The ranking of each sort and filter lies in a temporary table of a connection of its own; pages are fetched by rank.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from threading import Lock, Thread
from typing import Any

from sqlalchemy import Column, Connection, Integer, MetaData, Select, Table, func, insert, select
from sqlalchemy.exc import DBAPIError

from portal_admin.domain.people import EndUser, Status
from portal_admin.domain.text import canonical_email
from portal_admin.errors import BrokenOff
from portal_admin.models import end_user, site
from portal_admin.models.base import Id
from portal_admin.models.engine import connect_for_reading
from portal_admin.models.failures import translated
from portal_admin.services.desk import Desk
from portal_admin.services.people import filters, user_query, with_accounts
from portal_admin.services.text_search import contains, is_common, sounds_alike

SORTS: Mapping[str, tuple[Any, ...]] = {
    "name": (end_user.c.name_key, end_user.c.id),
    "email": (end_user.c.email, end_user.c.id),
    "site": (site.c.key, end_user.c.name_key, end_user.c.id),
    "status": (end_user.c.status, end_user.c.name_key, end_user.c.id),
    "created": (end_user.c.created_at, end_user.c.id),
}


SECONDS_TO_STOP = 5.0
# How a query under way is stopped; a database that is not here finishes it.
STOP: Mapping[str, Callable[[Any], object]] = {
    "sqlite": lambda driver: driver.interrupt(),
    "postgresql": lambda driver: driver.cancel_safe(timeout=SECONDS_TO_STOP),
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
        self._newest = 0
        self._guard = Lock()
        self._ranking_now = False
        self._ranking: tuple[int, Table] | None = None
        self._asked: tuple[int, UserQuery] | None = None
        self._closed = False

    def rank(self, query: UserQuery) -> Ranking:
        """Rank the users that pass the filters; the ranking before it is forgotten.

        A call that a newer one overtakes is stopped and ranks nobody, because nobody waits for its answer.
        """
        token = self._newest = next(self._tokens)
        self._interrupt()
        try:
            return self._ranked(token, query)
        except BrokenOff:
            # The list's own connection may have died long ago, unnoticed.
            return self._ranked(token, query)

    def _ranked(self, token: int, query: UserQuery) -> Ranking:
        with self._used() as connection:
            if connection is None or token < self._newest:
                return Ranking(0, 0)
            try:
                return self._rank(connection, token, query)
            except DBAPIError:
                if self._closed or token < self._newest:
                    return Ranking(0, 0)
                raise

    def _rank(self, connection: Connection, token: int, query: UserQuery) -> Ranking:
        self._forget(connection)
        table = _rank_table(token)
        table.create(connection, checkfirst=False)
        order = [column.desc() if query.descending else column for column in SORTS[query.sort]]
        # The key column counts up in the order in which the rows are inserted.
        with self._interruptible():
            for ids in _tiers(connection, query):
                if query.sort == "site":
                    ids = ids.join(site, site.c.id == end_user.c.site_id)
                connection.execute(insert(table).from_select(["user_id"], ids.order_by(*order)))
        count = connection.execute(select(func.count()).select_from(table)).scalar_one()
        connection.commit()
        self._ranking, self._asked = (token, table), (token, query)
        return Ranking(count, token)

    def page(self, token: int, start: int, count: int) -> list[EndUser]:
        """The users at ranks `start` (from 0) to `start + count - 1`; none when the ranking was replaced."""
        try:
            return self._page(token, start, count)
        except BrokenOff:
            return self._page(token, start, count)

    def _page(self, token: int, start: int, count: int) -> list[EndUser]:
        with self._used() as connection:
            table = self._table(connection, token)
            if connection is None or table is None:
                return []
            query = (
                user_query()
                .join(table, table.c.user_id == end_user.c.id)
                .where(table.c.rank.between(start + 1, start + count))
                .order_by(table.c.rank)
            )
            return with_accounts(connection, connection.execute(query).all())

    def rank_of(self, token: int, *, site_key: str, email: str) -> int | None:
        """The rank of a user from 0, None when the ranking does not hold them or was replaced."""
        with self._used() as connection:
            table = self._table(connection, token)
            if connection is None or table is None:
                return None
            # The user first, then their rank: the rank table has no index by user, so it is read once through.
            ids = select(end_user.c.id).join(site, site.c.id == end_user.c.site_id)
            user_id = connection.execute(
                ids.where(end_user.c.email == canonical_email(email), site.c.key == site_key)
            ).scalar()
            found = select(table.c.rank).where(table.c.user_id == user_id)
            rank = None if user_id is None else connection.execute(found).scalar()
            return None if rank is None else rank - 1

    def _table(self, connection: Connection | None, token: int) -> Table | None:
        """The ranking of that token, None when it was replaced; what a lost connection took is ranked again."""
        if connection is not None and self._ranking is None and self._asked and self._asked[0] == token:
            self._rank(connection, *self._asked)
        return self._ranking[1] if self._ranking and self._ranking[0] == token else None

    def close(self) -> None:
        """Give the connection back, without waiting: a query under way is stopped, and gives it back."""
        self._closed = True
        self._interrupt()
        if self._lock.acquire(blocking=False):
            try:
                self._release()
            finally:
                self._lock.release()

    @contextmanager
    def _interruptible(self) -> Iterator[None]:
        with self._guard:
            self._ranking_now = True
        try:
            yield
        finally:
            with self._guard:
                self._ranking_now = False

    def _interrupt(self) -> None:
        if not self._ranking_now:
            return
        if self._desk.engine.dialect.name == "sqlite":
            self._stop_ranking()
        else:
            # A server is told over the network, for which nobody waits.
            Thread(target=self._stop_ranking, name="stop ranking", daemon=True).start()

    def _stop_ranking(self) -> None:
        # Only while rows are ranked: a page that is being read must not fail.
        with self._guard:
            if self._ranking_now and self._connection is not None:
                stop = STOP.get(self._desk.engine.dialect.name)
                if stop is not None:
                    stop(self._connection.connection.dbapi_connection)

    @contextmanager
    def _used(self) -> Iterator[Connection | None]:
        """The list's own connection, None once the list is closed."""
        try:
            with self._lock, translated():
                if self._closed:
                    yield None
                    return
                if self._connection is None:
                    self._connection = connect_for_reading(self._desk.engine)
                try:
                    yield self._connection
                finally:
                    self._end(self._connection)
        finally:
            if self._closed:
                self.close()

    def _end(self, connection: Connection) -> None:
        """What was read is of one moment; a connection that was lost took the ranking with it."""
        if connection.invalidated:
            self._ranking = self._connection = None
            connection.close()
        else:
            connection.rollback()

    def _release(self) -> None:
        if self._connection is None:
            return
        with translated():
            self._forget(self._connection)
        self._connection.close()
        self._connection = None

    def _forget(self, connection: Connection) -> None:
        if self._ranking is not None:
            self._ranking[1].drop(connection, checkfirst=False)
            connection.commit()
            self._ranking = self._asked = None


def _tiers(connection: Connection, query: UserQuery) -> Iterator[Select[Any]]:
    """Whoever the text is found in, then those who only sound so: each in the order that the list is sorted by."""
    text = query.text
    chosen = filters(connection, site=query.site, statuses=query.statuses)
    users = select(end_user.c.id).where(*chosen)
    if not text.strip():
        yield users
        return
    scanned = is_common(connection, "end_user", text)
    found = users.where(contains(connection, "end_user", text, scanned=scanned))
    # Along an index SQLite would fetch nearly every row from another place of the file.
    yield found.with_hint(end_user, "NOT INDEXED", "sqlite") if scanned else found
    alike = sounds_alike(connection, "end_user", text)
    if alike is not None:
        yield users.where(alike, ~contains(connection, "end_user", text, scanned=scanned))


def _rank_table(token: int) -> Table:
    return Table(
        f"user_rank_{token}",
        MetaData(),
        Column("rank", Integer, primary_key=True, autoincrement=True),
        Column("user_id", Id, nullable=False),
        prefixes=["TEMPORARY"],
    )
