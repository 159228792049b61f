"""Several accounts are judged within one look-up's budget, and their records read within another one."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from itertools import count
from typing import Any

import pytest

from portal_admin.aspire.budget import Timing
from portal_admin.aspire.client import AspireClient
from portal_admin.errors import CouldNotLook
from portal_admin.models.engine import writing
from portal_admin.services import accounts, links
from portal_admin.services.desk import Desk
from tests.services.conftest import RUTH
from tests.services.filled import STALE, set_confirmed

# What ASPIRE is asked does not depend on the database.
pytestmark = pytest.mark.databases("sqlite")

SEVERAL = ["A-002", "A-003", "A-005", "0013"]
ENDLESS = 1e6


class Ticking:
    """Clients of one sandbox whose clock moves on by one whenever it is read, so that every question costs."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._ticks = count()
        self._made: list[AspireClient] = []

    @property
    def now(self) -> int:
        return next(self._ticks)

    def desk(self, desk: Desk, budget: float) -> Desk:
        timing = Timing(sleep=lambda _seconds: None, monotonic=partial(next, self._ticks))
        client = AspireClient(
            self._url, user="sandbox", password=lambda: "sandbox", budget=budget, timing=timing
        )
        self._made.append(client)
        return replace(desk, aspire=client)

    def close(self) -> None:
        for client in self._made:
            client.close()


@pytest.fixture
def ticking(sandbox: Any) -> Iterator[Ticking]:
    made = Ticking(sandbox.url)
    yield made
    made.close()


def cost_of_judging(ticking: Ticking, office: Desk, account_ids: list[str]) -> int:
    start = ticking.now
    desk = ticking.desk(office, ENDLESS)
    accounts.require_offered(desk, site="MAIN", account_ids=account_ids)
    return ticking.now - start


def test_that_several_accounts_are_judged_within_one_budget(office: Desk, ticking: Ticking) -> None:
    one, all_of_them = (cost_of_judging(ticking, office, ids) for ids in (SEVERAL[:1], SEVERAL))
    with writing(office.engine) as connection:
        set_confirmed(connection, STALE)
    short = ticking.desk(office, (one + all_of_them) / 2)
    for account_id in SEVERAL:
        assert accounts.require_offered(short, site="MAIN", account_ids=[account_id])
    with pytest.raises(CouldNotLook):
        accounts.require_offered(short, site="MAIN", account_ids=SEVERAL)


def test_that_the_records_of_several_accounts_are_read_within_one_budget(
    office: Desk, ticking: Ticking
) -> None:
    budget = 1.2 * cost_of_judging(ticking, office, SEVERAL)
    changed = links.add(ticking.desk(office, budget), site="MAIN", email=RUTH, account_ids=SEVERAL)
    assert [a.account_id for a in changed.user.accounts] == sorted(["A-001", *SEVERAL])
    assert changed.warnings
    assert all("was not read from ASPIRE yet" in warning for warning in changed.warnings)
