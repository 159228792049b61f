"""A ranking that nobody waits for any more is stopped, and the list goes on working."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from threading import Event
from typing import Any, Protocol

import pytest
from sqlalchemy import Engine, text

from portal_admin.services.desk import Desk
from portal_admin.services.user_list import Ranking, UserList, UserQuery
from tests.ui.portal_filling import fill_portal

PATIENCE = 5.0
WAITING = text("select count(*) from pg_locks where not granted")


class Held(Protocol):
    """A ranking that goes on until somebody stops it."""

    def wait_until_it_began(self) -> None: ...


class HeldInAFile:
    """SQLite asks between its steps whether to go on, and is kept waiting until somebody stopped the ranking."""

    def __init__(self, listing: UserList, monkeypatch: pytest.MonkeyPatch) -> None:
        self._started, self._stopped = Event(), Event()
        stop = listing._interrupt

        def stop_and_tell() -> None:
            stop()
            if self._started.is_set():
                self._stopped.set()

        def hold() -> int:
            if listing._ranking_now:
                self._started.set()
                assert self._stopped.wait(PATIENCE)
            return 0

        monkeypatch.setattr(listing, "_interrupt", stop_and_tell)
        assert listing._connection is not None
        driver: Any = listing._connection.connection.dbapi_connection
        driver.set_progress_handler(hold, 1)

    def wait_until_it_began(self) -> None:
        assert self._started.wait(PATIENCE)


class HeldByALock:
    """A server waits for a lock on the sites, which only the ranking by site reads."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def wait_until_it_began(self) -> None:
        with self._engine.connect() as connection:
            while connection.execute(WAITING).scalar_one() == 0:
                connection.rollback()


@contextmanager
def held(listing: UserList, engine: Engine, monkeypatch: pytest.MonkeyPatch) -> Iterator[Held]:
    if engine.dialect.name == "sqlite":
        yield HeldInAFile(listing, monkeypatch)
        return
    with engine.connect() as other:
        other.execute(text("lock table site in access exclusive mode"))
        yield HeldByALock(engine)


@pytest.mark.parametrize("overtake", ["rank", "close"])
def test_that_a_ranking_under_way_is_stopped(
    engine: Engine, offline_desk: Desk, monkeypatch: pytest.MonkeyPatch, overtake: str
) -> None:
    fill_portal(engine)
    listing = UserList(offline_desk)
    listing.rank(UserQuery())
    actions: dict[str, Callable[[], object]] = {
        "rank": lambda: listing.rank(UserQuery(sort="email")),
        "close": listing.close,
    }
    with held(listing, engine, monkeypatch) as ranking, ThreadPoolExecutor(2) as threads:
        first = threads.submit(listing.rank, UserQuery(sort="site"))
        ranking.wait_until_it_began()
        second = threads.submit(actions[overtake])
        assert first.result(PATIENCE) == Ranking(0, 0)
        answer = second.result(PATIENCE)
    if isinstance(answer, Ranking):
        assert [user.first_name for user in listing.page(answer.token, 0, 2)] == ["Ann", "Hal"]
        listing.close()
    assert engine.pool.checkedout() == 0  # type: ignore[attr-defined]


@pytest.mark.databases("postgresql")
def test_that_a_list_whose_connection_was_lost_ranks_again(engine: Engine, offline_desk: Desk) -> None:
    fill_portal(engine)
    listing = UserList(offline_desk)
    ranking = listing.rank(UserQuery(sort="email"))
    lose_all_but_one(engine)
    assert [user.first_name for user in listing.page(ranking.token, 0, 2)] == ["Ann", "Hal"]
    lose_all_but_one(engine)
    assert listing.rank(UserQuery()).count == ranking.count
    listing.close()


def lose_all_but_one(engine: Engine) -> None:
    """As a restart does, of this database's connections only."""
    with engine.connect() as connection:
        connection.execute(
            text(
                "select pg_terminate_backend(pid) from pg_stat_activity "
                "where datname = current_database() and pid <> pg_backend_pid()"
            )
        )
