"""A desk at a portal that was synced from the hand-written ASPIRE, contacts and Bill-To Locations included."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime
from functools import partial

import pytest
from sqlalchemy import update

from portal_admin.aspire.budget import Timing
from portal_admin.aspire.client import AspireClient
from portal_admin.models import sync_state
from portal_admin.models.engine import open_engine, writing
from portal_admin.sandbox.portfolio import FilePortfolio
from portal_admin.sandbox.server import Sandbox
from portal_admin.services.desk import Desk
from tests.fixtures.database import Databases
from tests.fixtures.desk import Clock
from tests.services.enrolment.world import BUDGET, fill, portfolio


@pytest.fixture(scope="session")
def enrolling() -> FilePortfolio:
    return portfolio()


@pytest.fixture
def sandbox(enrolling: FilePortfolio) -> Iterator[Sandbox]:
    with Sandbox(enrolling) as box:
        yield box


@pytest.fixture(scope="session")
def enrolment_template(enrolling: FilePortfolio, databases: Databases) -> str:
    return databases.template("enrolment", partial(fill, found=enrolling))


@pytest.fixture
def enrolment(
    enrolment_template: str, databases: Databases, aspire: AspireClient, clock: Clock
) -> Iterator[Desk]:
    """A desk at a portal of its own that was synced five minutes ago, and at an ASPIRE of its own."""
    url = databases.fresh(enrolment_template)
    engine = open_engine(url)
    yield Desk(engine=engine, aspire=aspire, clock=clock, operator="tester")
    engine.dispose()
    databases.give_back(url)


@pytest.fixture
def hasty(enrolment: Desk, sandbox: Sandbox) -> Iterator[Desk]:
    """The same desk with an ASPIRE client that waits for nobody."""
    timing = Timing(sleep=lambda _seconds: None, jitter=lambda: 0.0)
    client = AspireClient(
        sandbox.url, user="sandbox", password=lambda: "sandbox", budget=BUDGET, timing=timing
    )
    yield replace(enrolment, aspire=client)
    client.close()


@pytest.fixture
def aged() -> Callable[[Desk, datetime | None], Desk]:
    """Says that the last sync ended then; None for never."""

    def age(desk: Desk, at: datetime | None) -> Desk:
        with writing(desk.engine) as connection:
            connection.execute(update(sync_state).values(confirmed_at=at))
        return desk

    return age
