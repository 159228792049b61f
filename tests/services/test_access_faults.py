"""Every fault of ASPIRE against every look-up: a failed look-up is never a no, and never "none found"."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Any

import pytest
from sqlalchemy import Engine

from portal_admin.aspire.budget import Timing
from portal_admin.aspire.client import AspireClient
from portal_admin.domain.people import Status
from portal_admin.domain.verdict import Verdict
from portal_admin.errors import CouldNotLook
from portal_admin.models.engine import open_engine, writing
from portal_admin.sandbox.portfolio import FilePortfolio
from portal_admin.sandbox.server import Sandbox
from portal_admin.services import access, accounts, links, users
from portal_admin.services.desk import Desk
from tests.fixtures.database import Databases
from tests.fixtures.desk import NOW
from tests.services.conftest import PAUL, RUTH
from tests.services.filled import FRESH, STALE, add_site, add_user, everything, receive

# What ASPIRE fails to say does not depend on the database.
pytestmark = pytest.mark.databases("sqlite")

BUDGET = 0.1
CONTRACT, ACCOUNT = "0012-0045", "A-001"


@dataclass(frozen=True)
class Offices:
    """One ASPIRE, and three portals: nothing received yet, received too long ago, received just now."""

    box: Sandbox
    engines: dict[str, Engine]


@pytest.fixture(scope="module")
def offices(small: FilePortfolio, databases: Databases) -> Iterator[Offices]:
    received = {"empty": None, "stale": STALE, "fresh": FRESH}
    urls = {name: databases.fresh() for name in received}
    engines = {name: open_engine(url) for name, url in urls.items()}
    with Sandbox(small) as box:
        client = AspireClient(box.url, user="sandbox", password=lambda: "sandbox")
        for name, engine in engines.items():
            if received[name] is not None:
                receive(engine, client, at=received[name])
            with writing(engine) as connection:
                main = add_site(connection, "MAIN", ["NORTHWIND"], unlabelled=True)
                add_user(connection, main, RUTH, [(1, "A-001")])
                add_user(connection, main, PAUL, [(2, "A-002")], status=Status.PENDING)
        client.close()
        yield Offices(box, engines)
    for name, engine in engines.items():
        engine.dispose()
        databases.give_back(urls[name])


@pytest.fixture
def desks(offices: Offices) -> Iterator[dict[str, Desk]]:
    """A desk at each portal, with a fresh client that waits for nobody."""
    offices.box.clear_faults()
    timing = Timing(now=lambda: NOW, sleep=lambda _seconds: None, jitter=lambda: 0.0)
    client = AspireClient(
        offices.box.url, user="sandbox", password=lambda: "sandbox", budget=BUDGET, timing=timing
    )
    yield {
        name: Desk(engine=engine, aspire=client, clock=lambda: NOW, operator="tester")
        for name, engine in offices.engines.items()
    }
    offices.box.clear_faults()
    client.close()


FAULTS: dict[str, dict[str, Any]] = {
    "too slow": {"latency": 5},
    "drips": {"drip": 1},
    "asks to wait": {"status": 429, "retry_after": 60},
    "unavailable": {"status": 503},
    "bad gateway": {"status": 502},
    "gateway timeout": {"status": 504},
    "internal error": {"status": 500},
    "bad request": {"status": 400},
    "not signed in": {"status": 401},
    "forbidden": {"status": 403},
    "not found": {"status": 404},
    "not found, says a gateway": {"status": 404, "html": True},
    "redirects": {"status": 302},
    "says 200 and an error": {"status": 200},
    "cut off": {"truncate": True},
    "a web page": {"html": True},
    "dropped": {"drop": "before"},
    "dropped after the work": {"drop": "after"},
    "no items": {"missing": "Items"},
    "items renamed": {"rename": "Items:Things"},
    "items of another type": {"mistype": "Items"},
    "no cursor": {"missing": "NextCursor"},
    "no ids": {"missing": "ContractId"},
    "ids renamed": {"rename": "ContractId:ContractNumber"},
    "no booking": {"missing": "IsBooked"},
    "booking of another type": {"mistype": "IsBooked"},
    "no roles": {"missing": "Roles"},
    "roles of another type": {"mistype": "RoleType"},
    "no label": {"missing": "PrivateLabel"},
    "sign-in refused": {"refuse_sign_in": True},
    "password to be changed": {"password_change": True},
    "token never good": {"expire_token": True},
    "contract denied": {"deny": "Contracts/10"},
}
# These spoil contracts alone, so that accounts are still found.
ABOUT_CONTRACTS = {
    "no ids",
    "ids renamed",
    "no booking",
    "booking of another type",
    "no roles",
    "roles of another type",
    "no label",
    "contract denied",
}
faulty = pytest.mark.parametrize("fault", FAULTS)
blind = pytest.mark.parametrize("portal", ["empty", "stale"])


def strike(offices: Offices, fault: str) -> None:
    offices.box.fault(**FAULTS[fault])


def assert_cannot_tell(verdict: Verdict) -> None:
    assert verdict.verdict == "cannot_tell"
    assert verdict.area is None
    assert verdict.failed == ()
    reasons = {check.evidence["reason"] for check in verdict.unknown if "reason" in check.evidence}
    assert reasons
    assert not any("sandbox was told" in str(reason) for reason in reasons)


@blind
@faulty
def test_that_a_contract_is_not_explained_away(
    offices: Offices, desks: dict[str, Desk], fault: str, portal: str
) -> None:
    strike(offices, fault)
    assert_cannot_tell(access.explain(desks[portal], site="MAIN", email=RUTH, contract_id=CONTRACT))


@faulty
def test_that_a_fresh_copy_answers_while_aspire_does_not(
    offices: Offices, desks: dict[str, Desk], fault: str
) -> None:
    strike(offices, fault)
    found = access.explain(desks["fresh"], site="MAIN", email=RUTH, contract_id=CONTRACT)
    assert (found.verdict, found.area) == ("visible", "open")
    assert {check.name for check in found.unknown} == {"synced", "restored"}
    offer = accounts.explain(desks["fresh"], site="MAIN", account_id=ACCOUNT).verdict
    assert (offer.verdict, {check.name for check in offer.unknown}) == ("offered", {"synced"})


@faulty
def test_that_nobody_is_said_to_see_a_contract_that_could_not_be_looked_for(
    offices: Offices, desks: dict[str, Desk], fault: str
) -> None:
    strike(offices, fault)
    with pytest.raises(CouldNotLook):
        access.who(desks["empty"], contract_id=CONTRACT)
    assert access.who(desks["stale"], contract_id=CONTRACT).freshness.stale


@blind
@faulty
def test_that_an_account_is_not_explained_away(
    offices: Offices, desks: dict[str, Desk], fault: str, portal: str
) -> None:
    strike(offices, fault)
    assert_cannot_tell(accounts.explain(desks[portal], site="MAIN", account_id=ACCOUNT).verdict)


@faulty
def test_that_a_search_that_failed_never_finds_none(
    offices: Offices, desks: dict[str, Desk], fault: str
) -> None:
    strike(offices, fault)
    if fault in ABOUT_CONTRACTS:
        found = accounts.find(desks["empty"], site="MAIN", text=ACCOUNT)
        assert [(o.account.account_id, o.verdict.verdict) for o in found.found] == [(ACCOUNT, "cannot_tell")]
    else:
        with pytest.raises(CouldNotLook):
            accounts.find(desks["empty"], site="MAIN", text=ACCOUNT)
        with pytest.raises(CouldNotLook):
            accounts.find(desks["fresh"], site="MAIN", text="no such account")
    stale = accounts.find(desks["stale"], site="MAIN", text=ACCOUNT)
    assert {offer.verdict.verdict for offer in stale.found} == {"cannot_tell"}


@blind
@faulty
def test_that_nothing_is_linked_on_a_guess(
    offices: Offices, desks: dict[str, Desk], fault: str, portal: str
) -> None:
    strike(offices, fault)
    before = everything(desks[portal].engine)
    with pytest.raises(CouldNotLook) as problem:
        links.add(desks[portal], site="MAIN", email=PAUL, account_ids=[ACCOUNT])
    assert problem.value.exit_code == 3
    with pytest.raises(CouldNotLook):
        users.create_user(
            desks[portal],
            site="MAIN",
            email="n@x.example",
            first_name="N",
            last_name="N",
            account_ids=[ACCOUNT],
        )
    assert everything(desks[portal].engine) == before


@faulty
def test_that_a_preview_is_not_empty_because_aspire_did_not_answer(
    offices: Offices, desks: dict[str, Desk], fault: str
) -> None:
    strike(offices, fault)
    with pytest.raises(CouldNotLook):
        links.preview(desks["empty"], site="MAIN", email=PAUL, add=[ACCOUNT])
    assert links.preview(desks["stale"], site="MAIN", email=PAUL, add=[ACCOUNT]).freshness.stale
    assert links.preview(desks["fresh"], site="MAIN", email=PAUL, add=[ACCOUNT]).gained


def test_that_an_account_this_login_may_not_read_is_no_account_that_does_not_exist(
    offices: Offices, desks: dict[str, Desk]
) -> None:
    offices.box.fault(deny="Accounts/1")
    for portal in ("empty", "stale"):
        assert_cannot_tell(accounts.explain(desks[portal], site="MAIN", account_id=ACCOUNT).verdict)
    with pytest.raises(CouldNotLook):
        accounts.find(desks["empty"], site="MAIN", text=ACCOUNT)
    with pytest.raises(CouldNotLook):
        links.add(desks["empty"], site="MAIN", email=PAUL, account_ids=[ACCOUNT])


def test_that_an_unreachable_aspire_is_told_as_such(offices: Offices, desks: dict[str, Desk]) -> None:
    client = AspireClient("http://127.0.0.1:9", user="sandbox", password=lambda: "sandbox", budget=BUDGET)
    for portal in ("empty", "stale"):
        desk = replace(desks[portal], aspire=client)
        assert_cannot_tell(access.explain(desk, site="MAIN", email=RUTH, contract_id=CONTRACT))
        assert_cannot_tell(accounts.explain(desk, site="MAIN", account_id=ACCOUNT).verdict)
    client.close()


def test_that_a_profile_without_aspire_is_told_as_such(desks: dict[str, Desk]) -> None:
    desk = replace(desks["stale"], aspire=None)
    found = access.explain(desk, site="MAIN", email=RUTH, contract_id=CONTRACT)
    assert_cannot_tell(found)
    assert "no ASPIRE connection" in found.check("synced").sentence
    assert_cannot_tell(accounts.explain(desk, site="MAIN", account_id=ACCOUNT).verdict)


def test_that_a_pending_user_is_a_no_beside_everything_unknown(
    offices: Offices, desks: dict[str, Desk]
) -> None:
    strike(offices, "internal error")
    found = access.explain(desks["empty"], site="MAIN", email=PAUL, contract_id=CONTRACT)
    assert (found.verdict, [check.name for check in found.failed]) == ("not_visible", ["user_active"])
    assert {"exists", "booked", "role", "private_label", "synced"} <= {check.name for check in found.unknown}


@pytest.mark.parametrize("fault", ["internal error", "cut off", "too slow"])
def test_that_a_generation_that_cannot_be_read_leaves_the_verdict(
    offices: Offices, desks: dict[str, Desk], fault: str
) -> None:
    offices.box.fault(**FAULTS[fault], path="/instance")
    found = access.explain(desks["stale"], site="MAIN", email=RUTH, contract_id=CONTRACT)
    assert (found.verdict, found.check("synced").result, found.check("restored").result) == (
        "visible",
        "pass",
        "unknown",
    )


def test_that_one_look_up_has_one_budget(offices: Offices, desks: dict[str, Desk]) -> None:
    # Each of its questions takes most of the budget, so that not all of them can be answered.
    offices.box.fault(latency=0.04)
    verdict: Callable[..., Verdict] = access.explain
    found = verdict(desks["stale"], site="MAIN", email=RUTH, contract_id=CONTRACT)
    assert found.check("restored").result == "unknown"
