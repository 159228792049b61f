"""The picker against a living ASPIRE."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from portal_admin.domain.records import Account
from portal_admin.errors import CouldNotLook, InvalidInput, NotFound
from portal_admin.models.engine import writing
from portal_admin.services import accounts
from portal_admin.services.desk import Desk
from tests.fixtures.desk import NOW
from tests.fixtures.sandbox import contract
from tests.services.filled import add_account, set_setting

# test_visibility holds the queries of both databases to each other.
pytestmark = pytest.mark.databases("sqlite")

S, B, L, A = "same_contract", "booked_contract", "private_label", "active_contract"

# Account, site, failed checks in 2025 and in 2026.
OFFICE: list[tuple[str, str, set[str], set[str]]] = [
    ("A-001", "MAIN", set(), set()),
    (" a-001 ", "main", set(), set()),
    ("A-001", "PRAIRIE", set(), set()),
    ("A-001", "EASTCOAST", {L, S}, {L, S}),
    ("A-002", "MAIN", set(), set()),
    ("A-003", "MAIN", set(), set()),
    ("A-004", "MAIN", set(), {A, S}),
    ("A-005", "MAIN", set(), set()),
    ("A-006", "MAIN", {"role", S}, {"role", S}),
    ("A-007", "MAIN", {L, S}, {L, S}),
    ("A-008", "EASTCOAST", set(), set()),
    ("A-009", "MAIN", {B, S}, {A, S}),
    ("A-010", "MAIN", {"role", B, L, S}, {"role", A, L, S}),
    ("A-011", "PRAIRIE", set(), {S}),
    ("A-012", "PRAIRIE", set(), set()),
    ("0013", "MAIN", set(), set()),
    ("13", "MAIN", {"exists"}, {"exists"}),
    ("A%", "MAIN", {"exists"}, {"exists"}),
]


@pytest.mark.parametrize("edition", ["2025", "2026"])
@pytest.mark.parametrize(("account_id", "site", "in_2025", "in_2026"), OFFICE)
def test_that_the_office_is_offered_by_the_rules_of_its_edition(
    office: Desk, account_id: str, site: str, in_2025: set[str], in_2026: set[str], edition: str
) -> None:
    with writing(office.engine) as connection:
        set_setting(connection, "edition", edition)
    found = accounts.explain(office, site=site, account_id=account_id).verdict
    failed = in_2025 if edition == "2025" else in_2026
    assert ({check.name for check in found.failed}, found.edition) == (failed, edition)
    assert found.verdict == ("not_offered" if failed else "offered")


def test_that_the_waiting_time_after_booking_is_told(office: Desk) -> None:
    synced = accounts.explain(office, site="MAIN", account_id="A-005").verdict.check("synced")
    assert (synced.result, synced.evidence["wait_until"]) == ("advice", NOW + timedelta(minutes=11))


def test_that_look_alikes_are_shown_beside_the_account(office: Desk) -> None:
    check = accounts.explain(office, site="MAIN", account_id="A-001").verdict.check("look_alike")
    assert [one["account_id"] for one in check.evidence["similar"]] == ["A-002"]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Müller Transport GmbH", "Müller Transport"),
        ("Müller Transport", "Muller Transport"),
        ("The Hilltop Dairy", "Hilltop Dairy Inc"),
        ("Hilltop Dairy", "The Hilltop Dairy Co"),
        ("Ñandú Farms", "Ñandú Farms LLC"),
    ],
)
def test_that_look_alikes_are_found_past_accents_and_articles(office: Desk, one: str, other: str) -> None:
    with writing(office.engine) as connection:
        add_account(connection, Account(901, "X-1", one))
        add_account(connection, Account(902, "X-2", other))
    check = accounts.explain(office, site="MAIN", account_id="X-1").verdict.check("look_alike")
    assert [other["account_id"] for other in check.evidence["similar"]] == ["X-2"]


def test_that_an_unknown_site_is_not_found(office: Desk) -> None:
    with pytest.raises(NotFound):
        accounts.explain(office, site="NOWHERE", account_id="A-001")
    with pytest.raises(NotFound):
        accounts.find(office, site="NOWHERE", text="prairie")


def found(desk: Desk, text: str, site: str = "MAIN") -> list[tuple[str, str]]:
    return [
        (o.account.account_id, o.verdict.verdict) for o in accounts.find(desk, site=site, text=text).found
    ]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("prairie", [("A-001", "offered"), ("A-002", "offered")]),
        ("PRAIRIE hauling", [("A-001", "offered"), ("A-002", "offered")]),
        ("A-004", [("A-004", "not_offered")]),
        ("0013", [("0013", "offered")]),
        ("13", [("0013", "offered")]),
        ("harbor", [("A-006", "not_offered")]),
        ("cfo@prairie", [("A-001", "offered")]),
        ("nobody at all", []),
        ("%", []),
        ("_", []),
        ("*", []),
        ("A-0%", []),
    ],
)
def test_that_accounts_are_found_by_id_name_or_email_and_judged(
    office: Desk, text: str, expected: list[tuple[str, str]]
) -> None:
    assert found(office, text) == expected


def test_that_offered_accounts_come_first_then_the_exact_id_then_what_begins_so(office: Desk) -> None:
    order = found(office, "a-0")
    verdicts = [verdict for _, verdict in order]
    assert verdicts == sorted(verdicts, reverse=True)
    assert len(order) == 12


@pytest.mark.parametrize("text", ["", "   ", "\t"])
def test_that_nothing_typed_is_not_searched(office: Desk, text: str) -> None:
    with pytest.raises(InvalidInput):
        accounts.find(office, site="MAIN", text=text)


@pytest.mark.parametrize("text", ["x" * 201, "x" * 10_000])
def test_that_endless_text_is_refused_with_its_field(office: Desk, text: str) -> None:
    with pytest.raises(InvalidInput) as problem:
        accounts.find(office, site="MAIN", text=text)
    assert problem.value.field == "text"


@pytest.mark.parametrize(
    "text", ["\x00", "a\x00b", "\ud800", '"', "'", "\\", "NEAR(", "a OR b", "<b>x", "\u202eabc"]
)
def test_that_hostile_text_finds_nothing_and_breaks_nothing(office: Desk, text: str) -> None:
    assert found(office, text) == []


def test_that_a_list_does_not_claim_to_have_looked_for_look_alikes(office: Desk) -> None:
    for offer in accounts.find(office, site="MAIN", text="prairie").found:
        assert offer.verdict.check("look_alike").result == "unknown"


def test_that_what_only_aspire_knows_is_found_and_judged_by_what_aspire_says(
    office: Desk, sandbox: Any
) -> None:
    sandbox.put("Accounts", {"AccountOid": 50, "AccountId": "A-050", "Name": "Brand New LLC"})
    sandbox.put(
        "Contracts",
        {
            "ContractOid": 500,
            "ContractId": "0500-0001",
            "IsBooked": True,
            "IsTerminated": False,
            "Roles": [{"AccountOid": 50, "RoleType": "Customer"}],
        },
    )
    (offer,) = accounts.find(office, site="MAIN", text="brand new").found
    assert (offer.verdict.verdict, [check.name for check in offer.verdict.failed]) == (
        "offered",
        ["synced"],
    )


@pytest.mark.parametrize("received", [51, 0])
def test_that_more_than_one_page_of_accounts_is_told(office: Desk, sandbox: Any, received: int) -> None:
    for n in range(51):
        sandbox.put("Accounts", {"AccountOid": 1000 + n, "AccountId": f"M-{n}", "Name": f"Many {n}"})
    with writing(office.engine) as connection:
        for n in range(received):
            add_account(connection, Account(1000 + n, f"M-{n}", f"Many {n}"))
    offers = accounts.find(office, site="MAIN", text="many")
    assert (len(offers.found), offers.more) == (50, True)


def test_that_a_fresh_copy_is_searched_while_aspire_is_away_and_says_so(office: Desk, sandbox: Any) -> None:
    sandbox.fault(status=500)
    offers = accounts.find(office, site="MAIN", text="prairie")
    assert [o.verdict.verdict for o in offers.found] == ["offered", "offered"]
    assert offers.unread
    assert not offers.stale
    with pytest.raises(CouldNotLook):
        accounts.find(office, site="MAIN", text="nobody at all")
    with pytest.raises(CouldNotLook):
        accounts.find(replace(office, aspire=None), site="MAIN", text="nobody at all")


def test_that_what_aspire_withholds_from_a_search_is_counted(office: Desk, sandbox: Any) -> None:
    sandbox.put("Accounts", {"AccountOid": 50, "AccountId": "A-050", "Name": "Prairie Secret LLC"})
    sandbox.fault(deny="Accounts/50")
    offers = accounts.find(office, site="MAIN", text="prairie")
    assert ([o.account.account_id for o in offers.found], offers.withheld) == (["A-001", "A-002"], 1)
    with pytest.raises(CouldNotLook):
        accounts.find(office, site="MAIN", text="secret")


def test_that_an_account_keeps_its_name_when_its_contracts_could_not_be_read(
    office: Desk, sandbox: Any
) -> None:
    sandbox.put("Accounts", {"AccountOid": 50, "AccountId": "A-050", "Name": "Brand New LLC"})
    sandbox.put("Contracts", contract(500, "0500-0001", 50))
    sandbox.fault(deny="Contracts/500")
    (offer,) = accounts.find(office, site="MAIN", text="brand new").found
    assert (offer.account.name, offer.verdict.verdict) == ("Brand New LLC", "cannot_tell")


def test_that_several_accounts_are_required_at_once(office: Desk) -> None:
    offered = accounts.require_offered(office, site="MAIN", account_ids=["A-001", "a-003", "A-001 "])
    assert [account.account_id for account in offered] == ["A-001", "A-003"]
