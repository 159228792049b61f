"""`kill -9` of `portal-admin sync`, again and again."""

from __future__ import annotations

import random
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from portal_admin.aspire.client import AspireClient
from portal_admin.domain.records import Contract, Page
from portal_admin.models import lease, sync_run
from portal_admin.models.engine import open_engine, reading, writing
from portal_admin.sandbox.server import Sandbox
from tests.services.filled import add_site, add_user
from tests.soak.files import path_of, require_sound
from tests.soak.portal import Portal
from tests.soak.processes import workers
from tests.soak.syncing import left_by_run, require_whole_pages, run_sync, snapshot_rows

# Between two runs the details of all contracts become due again, and every third time the whole lists.
APART = timedelta(hours=9)


@dataclass(frozen=True)
class Size:
    """How often a run is killed, in what, and how much of that changes between two runs."""

    cycles: int
    contracts: int
    page_size: int
    changes: int


SIZES = [Size(15, 250, 20, 25), pytest.param(Size(300, 2000, 100, 150), marks=pytest.mark.soak)]


def add_people(url: str, aspire: AspireClient) -> None:
    """Three users who see a few contracts, so that details are read too."""
    contracts = aspire.contract_page(changed_since=None, cursor=None).items
    seen = [c for c in contracts if isinstance(c, Contract) and c.is_booked and not c.private_label]
    engine = open_engine(url)
    with writing(engine) as connection:
        main = add_site(connection, "MAIN", ["NORTHWIND"], unlabelled=True)
        for oid in sorted({contract.roles[0].account_oid for contract in seen[-3:]}):
            (account,) = aspire.accounts(account_oid=oid)
            add_user(connection, main, f"user{oid}@soak.example", [(oid, account.account_id)])
    engine.dispose()


class Changes:
    """What happens in ASPIRE between two runs: names change, contracts go, new ones come."""

    def __init__(self, box: Sandbox, aspire: AspireClient, chance: random.Random, at_once: int) -> None:
        self._box = box
        self._at_once = at_once
        self._chance = chance
        pages: dict[str, Callable[..., Page[Any]]] = {
            "Accounts": aspire.account_page,
            "Contacts": aspire.contact_page,
            "Contracts": aspire.contract_page,
        }
        self._oids = {}
        for name, page in pages.items():
            first = page(changed_since=None, cursor=None)
            self._oids[name] = [item.oid for item in first.items]
        self._new = 5_000_000

    def happen(self) -> None:
        chance, box = self._chance, self._box
        for _ in range(self._at_once):
            kind = chance.choice(("Accounts", "Contacts", "Contracts"))
            oid = chance.choice(self._oids[kind])
            what = chance.random()
            if kind != "Contracts":
                box.patch(kind, oid, Name=f"Renamed {chance.randrange(10**9)}")
            elif what < 0.6:
                owner = chance.choice(self._oids["Accounts"])
                roles = [{"AccountOid": owner, "RoleType": role} for role in ("Customer", "Guarantor")]
                box.patch(kind, oid, Roles=roles[: chance.randint(1, 2)])
            elif what < 0.8:
                self._new += 1
                self._oids[kind].append(self._new)
                record = dict(box.record(kind, oid) or {})
                box.put(kind, {**record, "ContractOid": self._new, "ContractId": f"NEW-{self._new}"})
            else:
                self._oids[kind].remove(oid)
                box.delete(kind, oid)


@pytest.mark.parametrize("size", SIZES, ids=["reduced", "full"])
def test_that_a_sync_killed_again_and_again_ends_with_the_very_snapshot_of_one_left_in_peace(
    size: Size, portal: Callable[[int], Portal], database_url: str, tmp_path: Path
) -> None:
    chance = random.Random(20261121)
    box, aspire, environment = portal(size.contracts)
    add_people(database_url, aspire)
    peaceful = f"sqlite:///{shutil.copy(path_of(database_url), tmp_path / 'peaceful.db')}"
    with workers(run_sync, ({**environment, "PORTAL_ADMIN_DATABASE_URL": peaceful}, (), size.page_size)) as (
        one,
    ):
        assert one.finish() == 0
        usual = one.steps
    changes = Changes(box, aspire, chance, size.changes)
    killed = runs = 0
    while killed < size.cycles:
        runs += 1
        assert runs <= 4 * size.cycles, "too few runs lived long enough to be killed"
        engine = open_engine(database_url)
        before = left_by_run(engine)
        # Nobody else has the file open, so whoever opens it next recovers it.
        engine.dispose()
        words = ("--full",) if chance.random() < 0.7 else ()
        ahead = runs * APART
        with workers(run_sync, (environment, words, size.page_size, ahead)) as (worker,):
            if not worker.reach(chance.randint(1, usual)):
                assert worker.finish() == 0, worker.said
                continue
            worker.kill()
        killed += 1
        require_sound(database_url)
        engine = open_engine(database_url)
        require_whole_pages(before, left_by_run(engine), aspire)
        engine.dispose()
        changes.happen()

    # One run finishes what the last kill left, and reads what changed behind the place of that kill.
    for url in (database_url, peaceful):
        given = {**environment, "PORTAL_ADMIN_DATABASE_URL": url}
        with workers(run_sync, (given, (), size.page_size, (runs + 4) * APART)) as (last,):
            assert last.finish() == 0, last.said
    ours, theirs = open_engine(database_url), open_engine(peaceful)
    try:
        found, expected = snapshot_rows(ours), snapshot_rows(theirs)
        assert expected["aspire_contract_detail"]
        assert {name: len(rows) for name, rows in found.items()} == {n: len(r) for n, r in expected.items()}
        assert found == expected
        with reading(ours) as connection:
            outcomes = connection.execute(select(sync_run.c.outcome)).scalars().all()
            assert connection.execute(select(lease)).all() == []
    finally:
        ours.dispose()
        theirs.dispose()
    # A run killed before its first transaction leaves no line, and every other one that was killed says so.
    assert set(outcomes) == {"stopped", "done"}
    assert outcomes.count("stopped") <= killed
    print(f"{killed} of {runs} runs killed, {outcomes.count('stopped')} of them at work")
