"""The hand-written ASPIRE synced into the portal, contacts and Bill-To Locations included; two sites, three users."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime
from typing import Any

import pytest
from sqlalchemy import Engine, update

from portal_admin.aspire.budget import Timing
from portal_admin.aspire.client import AspireClient
from portal_admin.domain.people import Status
from portal_admin.models import sync_state
from portal_admin.models.engine import open_engine, writing
from portal_admin.sandbox.portfolio import FilePortfolio, from_dict
from portal_admin.sandbox.server import Sandbox
from portal_admin.services.desk import Desk
from portal_admin.services.sync import run as sync_run
from tests.fixtures.database import Databases
from tests.fixtures.desk import Clock
from tests.fixtures.sandbox import account, bill_to, contract, small_portfolio
from tests.services.filled import FRESH, add_site, add_user

OLSEN, CFO, BILLING, DANA = (
    "rolsen@prairie.example",
    "cfo@prairie.example",
    "billing@prairie.example",
    "dana@whitfield.example",
)
ACTIVE, PENDING, GONE = "ap@prairie.example", "pat@granitepeak.example", "pgrant@home.example"
BUDGET = 0.15
MAIN: dict[str, Any] = {"site": "MAIN"}
RIGHT: dict[str, Any] = {
    "site": "MAIN",
    "email": OLSEN,
    "postal_code": "68114",
    "contract_id": "0012-0045",
    "first_name": "Ruth",
    "last_name": "Olsen",
}


def portfolio() -> FilePortfolio:
    """The portfolio of the tests, with what rule D asks besides."""
    found = small_portfolio()
    found["Accounts"] += [
        account(20, "A-020", "Bare Fields LLC", " ; "),
        # The one mailbox of two customers.
        account(21, "A-021", "Twin Peaks One", "shared@twin.example"),
        account(22, "A-022", "Twin Peaks Two", "two@twin.example, shared@twin.example"),
    ]
    found["Contracts"] += [
        contract(200, "0200-0001", 20, BillToLocation=bill_to(PostalCode=None, Email=None)),
        contract(210, "0210-0001", 21, BillToLocation=bill_to(PostalCode="681", Email=None)),
        contract(220, "0220-0001", 22, PrivateLabel="NORTHWIND"),
    ]
    return from_dict(found)


@pytest.fixture(scope="session")
def enrolling() -> FilePortfolio:
    return portfolio()


@pytest.fixture
def sandbox(enrolling: FilePortfolio) -> Iterator[Sandbox]:
    with Sandbox(enrolling) as box:
        yield box


@pytest.fixture(scope="session")
def enrolment_template(enrolling: FilePortfolio, databases: Databases) -> str:
    """Site MAIN takes unlabelled contracts and NORTHWIND, PRAIRIE takes two labels."""

    def fill(engine: Engine) -> None:
        with Sandbox(enrolling) as box:
            client = AspireClient(box.url, user="sandbox", password=lambda: "sandbox")
            desk = Desk(engine=engine, aspire=client, clock=lambda: FRESH, operator="tester")
            sync_run.sync(desk, full=True)
            client.close()
        with writing(engine) as connection:
            main = add_site(connection, "MAIN", ["NORTHWIND"], unlabelled=True, name="Main Leasing")
            add_site(connection, "PRAIRIE", ["PRAIRIE", "PRAIRIE WEST"], name="Prairie Leasing")
            add_user(connection, main, ACTIVE, [(1, "A-001")])
            add_user(connection, main, PENDING, [(4, "A-004")], status=Status.PENDING)
            add_user(connection, main, GONE, [(4, "A-004")], status=Status.INACTIVE)

    return databases.template("enrolment", fill)


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


def offline(desk: Desk) -> Desk:
    return replace(desk, aspire=None)
