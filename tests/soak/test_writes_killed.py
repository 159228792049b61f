"""`kill -9` amid desk work: what was acknowledged is there, what was not is there wholly or not at all."""

from __future__ import annotations

import random

import pytest

from portal_admin.models.engine import open_engine, writing
from portal_admin.sandbox.server import Sandbox
from portal_admin.services.desk import Desk
from portal_admin.services.sync import sync
from tests.services.filled import add_site
from tests.soak.files import require_sound
from tests.soak.ledger import SITE, Ledger, plan, read_ledger
from tests.soak.processes import workers
from tests.soak.writing import carry_out

CYCLES = [15, pytest.param(300, marks=pytest.mark.soak)]
PLANNED = 60
# About fifteen statements belong to one operation.
MOST_STEPS = 400


@pytest.mark.parametrize("cycles", CYCLES, ids=["reduced", "full"])
def test_that_desk_work_killed_again_and_again_loses_nothing_acknowledged_and_leaves_nothing_half_done(
    cycles: int, desk: Desk, database_url: str, sandbox: Sandbox
) -> None:
    sync(desk)
    with writing(desk.engine) as connection:
        add_site(connection, SITE, unlabelled=True)
    desk.engine.dispose()
    chance = random.Random(41)
    ledger, acknowledged, unheard = Ledger(), 0, 0
    for _ in range(cycles):
        planned = plan(ledger, PLANNED, chance)
        operations = [operation for operation, _ in planned]
        with workers(carry_out, (database_url, sandbox.url, operations)) as (worker,):
            assert worker.reach(chance.randint(1, MOST_STEPS)), "it ended before it could be killed"
            worker.kill()
        require_sound(database_url)
        engine = open_engine(database_url)
        found = read_ledger(engine)
        engine.dispose()
        done = len(worker.said)
        assert worker.said == [str(number).encode() for number in range(done)]
        states = [ledger, *(after for _, after in planned)]
        # The one operation under way may have been committed, whole, just before its acknowledgement.
        assert found in states[done : done + 2], operations[: done + 1][-1]
        acknowledged += done
        unheard += found == states[done + 1]
        ledger = found
        assert all(user.accounts for user in found.users.values())
    print(f"{cycles} kills, {acknowledged} operations acknowledged, {unheard} committed but unheard")
