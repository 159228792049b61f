"""Two runs of sync at once: one works, the other is refused and told by whom."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta
from multiprocessing.connection import wait

import pytest
from sqlalchemy import select

from portal_admin.models import lease, sync_run
from portal_admin.models.engine import open_engine, reading
from tests.soak.files import require_sound
from tests.soak.portal import Portal
from tests.soak.processes import CONTEXT, Worker, workers
from tests.soak.syncing import PAUSED, run_sync

CONTRACTS, PAGE_SIZE = 300, 50
# The lease and the line of the run are taken, and the first page is under way.
TRANSACTIONS = 6
RACES = [3, pytest.param(100, marks=pytest.mark.soak)]


def error_of(worker: Worker) -> dict[str, str]:
    found: dict[str, str] = json.loads(worker.said[-1].splitlines()[-1])["error"]
    return found


def outcomes(database_url: str) -> list[str]:
    engine = open_engine(database_url)
    try:
        with reading(engine) as connection:
            assert connection.execute(select(lease)).all() == []
            return list(connection.execute(select(sync_run.c.outcome).order_by(sync_run.c.id)).scalars())
    finally:
        engine.dispose()


def first_to_end(both: list[Worker]) -> list[Worker]:
    """The two in the order of their ends, as soon as one has ended."""
    by_reader = {worker.reader: worker for worker in both}
    while True:
        for reader in wait(list(by_reader)):
            worker = by_reader[reader]
            if not worker.listen():
                return [worker, *(other for other in both if other is not worker)]
        assert not all(PAUSED in worker.said for worker in both), "both got the lease"


@pytest.mark.parametrize("races", RACES, ids=["reduced", "full"])
def test_that_of_two_runs_begun_together_one_works_and_the_other_is_refused(
    races: int, portal: Callable[[int], Portal], database_url: str
) -> None:
    environment = portal(CONTRACTS).environment
    for race in range(races):
        go_on = CONTEXT.Event()
        given = (environment, ("--full",), PAGE_SIZE, timedelta(), (TRANSACTIONS, go_on))
        with workers(run_sync, given, given) as both:
            # Whoever got the lease stands still; so it is the other one that ends.
            loser, winner = first_to_end(both)
            assert loser.finish() == 1, loser.said
            go_on.set()
            assert winner.finish() == 0, winner.said
        assert winner.said[0] == PAUSED
        error = error_of(loser)
        assert (error["kind"], error["rule"]) == ("refused", "one_sync_at_a_time")
        assert f":{winner.process.pid}:" in error["message"]
        assert outcomes(database_url) == ["done"] * (race + 1)
    require_sound(database_url)


def test_that_the_lease_of_a_killed_run_keeps_nobody_waiting(
    portal: Callable[[int], Portal], database_url: str
) -> None:
    environment = portal(CONTRACTS).environment
    given = (environment, ("--full",), PAGE_SIZE, timedelta())
    with workers(run_sync, (*given, (TRANSACTIONS, CONTEXT.Event()))) as (first,):
        while PAUSED not in first.said:
            assert first.listen()
        first.kill()
    engine = open_engine(database_url)
    with reading(engine) as connection:
        left = connection.execute(select(lease.c.holder)).scalar_one()
    engine.dispose()
    assert f":{first.process.pid}:" in left
    with workers(run_sync, given) as (second,):
        assert second.finish() == 0, second.said
    assert outcomes(database_url) == ["stopped", "done"]


def test_that_a_run_silent_for_longer_than_its_lease_stops_without_writing_over_its_successor(
    portal: Callable[[int], Portal], database_url: str
) -> None:
    environment = portal(CONTRACTS).environment
    go_on = CONTEXT.Event()
    silent = (environment, ("--full",), PAGE_SIZE, timedelta(), (TRANSACTIONS, go_on))
    too_early, late = (
        (environment, ("--full",), PAGE_SIZE, timedelta(minutes=minutes)) for minutes in (4, 6)
    )
    with workers(run_sync, silent) as (first,):
        while PAUSED not in first.said:
            assert first.listen()
        with workers(run_sync, too_early) as (second,):
            assert second.finish() == 1
            assert error_of(second)["rule"] == "one_sync_at_a_time"
        with workers(run_sync, late) as (third,):
            assert third.finish() == 0, third.said
        go_on.set()
        assert first.finish() == 1
        error = error_of(first)
        assert error["rule"] == "one_sync_at_a_time"
        assert "silent for so long" in error["message"]
    assert sorted(outcomes(database_url)) == ["done", "failed"]
    require_sound(database_url)
