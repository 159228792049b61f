"""The hand-written ASPIRE with what rule D asks besides, synced into a portal of two sites and three users."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from sqlalchemy import Engine

from portal_admin.aspire.client import AspireClient
from portal_admin.domain.people import Status
from portal_admin.models.engine import writing
from portal_admin.sandbox.portfolio import FilePortfolio, from_dict
from portal_admin.sandbox.server import Sandbox
from portal_admin.services.desk import Desk
from portal_admin.services.sync import run as sync_run
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


def fill(engine: Engine, found: FilePortfolio) -> None:
    """Sync ASPIRE five minutes ago; site MAIN takes unlabelled contracts and NORTHWIND, PRAIRIE takes two labels."""
    with Sandbox(found) as box:
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


def offline(desk: Desk) -> Desk:
    return replace(desk, aspire=None)
