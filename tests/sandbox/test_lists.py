"""Lists over real HTTP: order, paging while records change, filters, removed records."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from portal_admin.sandbox.server import Sandbox
from tests.fixtures.sandbox import FOUR_MINUTES_AGO, NOW, contract, small_portfolio


def items(http: httpx.Client, path: str, **query: Any) -> list[dict[str, Any]]:
    """All pages of a list, two records at a time."""
    found: list[dict[str, Any]] = []
    cursor = None
    while True:
        page = http.get(path, params={"limit": 2, **query, **({"cursor": cursor} if cursor else {})}).json()
        found += page["Items"]
        cursor = page["NextCursor"]
        if cursor is None:
            return found


def oids(http: httpx.Client, path: str, **query: Any) -> list[int]:
    key = {"/accounts": "AccountOid", "/contacts": "ContactOid", "/contracts": "ContractOid"}[path]
    return [item[key] for item in items(http, path, **query)]


def test_that_a_list_comes_in_pages_ordered_by_oid(http: httpx.Client) -> None:
    assert oids(http, "/contracts") == sorted(
        record["ContractOid"] for record in small_portfolio()["Contracts"]
    )


def test_that_a_record_carries_the_fields_it_leaves_unsaid(sandbox: Sandbox, http: httpx.Client) -> None:
    sandbox.put("Accounts", {"AccountOid": 99, "AccountId": "A-099", "Name": "Bare"})
    assert http.get("/accounts", params={"accountOid": 99}).json()["Items"] == [
        {"AccountOid": 99, "AccountId": "A-099", "Name": "Bare", "Email": None, "LastChangeDateTime": NOW}
    ]


@pytest.mark.parametrize(
    ("path", "query", "expected"),
    [
        ("/contracts", {"contractId": " eg-2019-7 "}, [15]),
        ("/contracts", {"contractId": "12-0045"}, []),
        ("/contracts", {"accountOid": 3}, [10]),
        ("/contracts", {"accountId": "a-004"}, [40, 41]),
        ("/contracts", {"accountOid": 1, "contractId": "0020-0001"}, []),
        ("/contracts", {"text": "prairie W"}, [120]),
        ("/contracts", {"changedSince": FOUR_MINUTES_AGO}, [50]),
        ("/contracts", {"accountOid": 1, "changedSince": FOUR_MINUTES_AGO}, []),
        ("/accounts", {"accountId": "0013"}, [13]),
        ("/accounts", {"accountId": "13"}, []),
        ("/accounts", {"contractId": "0012-0045"}, [1, 3, 6]),
        ("/accounts", {"text": "PRAIRIE haul"}, [1, 2]),
        ("/accounts", {"text": "%"}, []),
        ("/contacts", {"accountOid": 4}, [2]),
        ("/contacts", {"accountId": "A-010"}, [3]),
        ("/contacts", {"text": "zoë"}, [4]),
    ],
)
def test_that_a_filter_finds_exactly_its_records(
    http: httpx.Client, path: str, query: dict[str, Any], expected: list[int]
) -> None:
    assert oids(http, path, **query) == expected


@pytest.mark.parametrize(
    "query", ["changedsince=2026-01-01T00:00:00Z", "contractId=1&contractId=2", "limit=1001"]
)
def test_that_a_query_that_is_not_in_the_contract_is_refused(http: httpx.Client, query: str) -> None:
    reply = http.get(f"/contracts?{query}")
    assert (reply.status_code, reply.json()["Code"]) == (400, "InvalidRequest")


def test_that_a_cursor_belongs_to_its_list_and_filters(http: httpx.Client) -> None:
    cursor = http.get("/contracts", params={"limit": 2}).json()["NextCursor"]
    reply = http.get("/contracts", params={"limit": 2, "cursor": cursor, "accountOid": 1})
    assert (reply.status_code, reply.json()["Code"]) == (400, "InvalidCursor")


def test_that_paging_meets_every_record_while_others_come_and_go(
    sandbox: Sandbox, http: httpx.Client
) -> None:
    first = http.get("/contracts", params={"limit": 4}).json()
    sandbox.delete("Contracts", first["Items"][0]["ContractOid"])
    sandbox.put("Contracts", contract(999, "0999-0001", 1))
    rest = oids(http, "/contracts", cursor=first["NextCursor"], limit=4)
    everything = [record["ContractOid"] for record in small_portfolio()["Contracts"]]
    assert [item["ContractOid"] for item in first["Items"]] + rest == [*sorted(everything), 999]


def test_that_a_change_is_stamped_and_listed_last(sandbox: Sandbox, http: httpx.Client) -> None:
    sandbox.patch("Contracts", 10, Roles=[{"AccountOid": 2, "RoleType": "Customer"}])
    assert oids(http, "/contracts", changedSince=FOUR_MINUTES_AGO) == [50, 10]
    assert oids(http, "/contracts", accountOid=3) == []
    assert oids(http, "/contracts", accountOid=2) == [10, 20]
    assert http.get("/contracts/10").json()["LastChangeDateTime"] == NOW


def test_that_a_record_changed_during_a_pass_by_time_is_met_again(
    sandbox: Sandbox, http: httpx.Client
) -> None:
    since = {"changedSince": "2026-11-01T00:00:00Z", "limit": 3}
    first = http.get("/contracts", params=since).json()
    seen = first["Items"][0]["ContractOid"]
    sandbox.patch("Contracts", seen, PaymentAmount="1.00")
    rest = oids(http, "/contracts", **since, cursor=first["NextCursor"])
    assert rest[-1] == seen


def test_that_removed_records_are_listed_only_by_time(sandbox: Sandbox, http: httpx.Client) -> None:
    sandbox.delete("Accounts", 10)
    assert 10 not in oids(http, "/accounts")
    (gone,) = items(http, "/accounts", changedSince=NOW)
    assert gone == {"AccountOid": 10, "Removed": True, "LastChangeDateTime": NOW}
    assert http.get("/accounts/10/bank-accounts").status_code == 404


def test_that_private_labels_are_listed_once_in_one_spelling(http: httpx.Client) -> None:
    names = [item["Name"] for item in items(http, "/private-labels")]
    assert names == ["EASTERN", "LEGACY", "PRAIRIE", "northwind", "prairie WEST"]


def test_that_invoices_and_payments_come_newest_first(http: httpx.Client) -> None:
    due = [invoice["DueDate"] for invoice in http.get("/contracts/10/invoices").json()["Items"]]
    assert due == ["2026-12-01", "2026-11-01"]


def test_that_a_contract_without_a_saved_schedule_has_no_lines(sandbox: Sandbox, http: httpx.Client) -> None:
    assert http.get("/contracts/120/amortization").json() == {"ContractOid": 120, "Lines": []}
    assert len(http.get("/contracts/10/amortization").json()["Lines"]) == 1
    sandbox.settings({"SaveCustomerAmortizationSchedule": False})
    assert http.get("/contracts/10/amortization").json()["Lines"] == []


@pytest.mark.parametrize(
    ("path", "status", "code"),
    [
        ("/contracts/11", 200, None),
        ("/contracts/4711", 404, "NotFound"),
        ("/contracts/4711/payments", 404, "NotFound"),
        ("/accounts/4711/credit-lines", 404, "NotFound"),
        ("/contracts/ten", 400, "InvalidRequest"),
        ("/contrcts", 404, "NotFound"),
    ],
)
def test_that_a_path_answers_with_its_code(
    http: httpx.Client, path: str, status: int, code: str | None
) -> None:
    reply = http.get(path)
    assert (reply.status_code, reply.json().get("Code")) == (status, code)


def test_that_nothing_is_told_without_a_token(sandbox: Sandbox) -> None:
    codes = [
        httpx.get(f"{sandbox.url}/instance", headers=headers).json()["Code"]
        for headers in ({}, {"Authorization": "Bearer invented"})
    ]
    assert codes == ["NotSignedIn", "TokenExpired"]


def test_that_a_token_expires(sandbox: Sandbox, http: httpx.Client) -> None:
    assert http.get("/instance").json()["Now"] == NOW
    sandbox.instance(Now="2026-11-21T21:00:00Z")
    assert http.get("/instance").json()["Code"] == "TokenExpired"
