"""A ranking that nobody waits for any more is stopped, and the list goes on working."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Event

import pytest
from sqlalchemy import Engine

from portal_admin.services.desk import Desk
from portal_admin.services.user_list import Ranking, UserList, UserQuery
from tests.ui.portal_filling import fill_portal


@pytest.mark.parametrize("overtake", ["rank", "close"])
def test_that_a_ranking_under_way_is_stopped(
    engine: Engine, offline_desk: Desk, monkeypatch: pytest.MonkeyPatch, overtake: str
) -> None:
    fill_portal(engine)
    listing = UserList(offline_desk)
    listing.rank(UserQuery())
    started, stopped = Event(), Event()
    stop = listing._interrupt

    def stop_and_tell() -> None:
        stop()
        if started.is_set():
            stopped.set()

    def hold() -> int:
        if listing._ranking_now:
            started.set()
            assert stopped.wait(5)
        return 0

    monkeypatch.setattr(listing, "_interrupt", stop_and_tell)
    assert listing._connection is not None
    driver = listing._connection.connection.dbapi_connection
    assert driver is not None
    driver.set_progress_handler(hold, 1)
    actions: dict[str, Callable[[], object]] = {
        "rank": lambda: listing.rank(UserQuery(sort="email")),
        "close": listing.close,
    }
    with ThreadPoolExecutor(2) as threads:
        first = threads.submit(listing.rank, UserQuery(sort="site"))
        assert started.wait(5)
        second = threads.submit(actions[overtake])
        assert first.result(5) == Ranking(0, 0)
        answer = second.result(5)
    if isinstance(answer, Ranking):
        assert [user.first_name for user in listing.page(answer.token, 0, 2)] == ["Ann", "Hal"]
        driver.set_progress_handler(None, 0)
        listing.close()
    assert engine.pool.checkedout() == 0  # type: ignore[attr-defined]
