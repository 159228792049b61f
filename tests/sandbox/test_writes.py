"""Writes over real HTTP: done once for a key, refused when they cannot be done."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from portal_admin.sandbox.server import Sandbox

DEBIT = {"Amount": "250.00", "StartDate": "2026-12-01", "BankAccountOid": 3, "ReferenceNumber": "P-1000"}


def debit(http: httpx.Client, key: str = "key-00001", contract: int = 10, **fields: Any) -> httpx.Response:
    path = f"/contracts/{contract}/alternate-efts"
    return http.post(path, json={**DEBIT, **fields}, headers={"Idempotency-Key": key})


def cancel(http: httpx.Client, oid: int, key: str = "key-cancel") -> httpx.Response:
    return http.post(f"/alternate-efts/{oid}/cancel", headers={"Idempotency-Key": key})


def references(http: httpx.Client) -> list[str]:
    return [eft["ReferenceNumber"] for eft in http.get("/contracts/10/alternate-efts").json()["Items"]]


def test_that_the_same_key_debits_once(http: httpx.Client) -> None:
    first, second = debit(http), debit(http)
    assert (first.status_code, second.status_code) == (201, 201)
    assert first.json() == second.json()
    assert references(http).count("P-1000") == 1


def test_that_another_key_debits_again(http: httpx.Client) -> None:
    assert debit(http).json()["AlternateEftOid"] != debit(http, "key-00002").json()["AlternateEftOid"]


def test_that_a_key_with_another_request_is_refused(http: httpx.Client) -> None:
    debit(http)
    replies = [debit(http, Amount="250.01"), debit(http, contract=11), cancel(http, 8, "key-00001")]
    assert {(reply.status_code, reply.json()["Code"]) for reply in replies} == {(409, "IdempotencyKeyReused")}


@pytest.mark.parametrize(
    ("change", "status", "code"),
    [
        ({"contract": 12}, 409, "ContractNotBooked"),
        ({"contract": 20}, 409, "BankAccountNotUsable"),
        ({"BankAccountOid": 4711}, 409, "BankAccountNotUsable"),
        ({"contract": 4711}, 404, "NotFound"),
        ({"Amount": "0.00"}, 400, "InvalidRequest"),
        ({"Amount": 250}, 400, "InvalidRequest"),
        ({"Invoice": 100}, 400, "InvalidRequest"),
        ({"key": "short"}, 400, "InvalidRequest"),
    ],
)
def test_that_a_debit_that_cannot_be_is_refused(
    http: httpx.Client, change: dict[str, Any], status: int, code: str
) -> None:
    before = references(http)
    reply = debit(http, **change)
    assert (reply.status_code, reply.json()["Code"]) == (status, code)
    assert references(http) == before


def test_that_a_refused_debit_leaves_its_key_free(sandbox: Sandbox, http: httpx.Client) -> None:
    assert debit(http, contract=12).status_code == 409
    sandbox.patch("Contracts", 12, IsBooked=True)
    assert debit(http, contract=12).status_code == 201


def test_that_a_cancelled_debit_looks_processed(http: httpx.Client) -> None:
    made = debit(http).json()["AlternateEftOid"]
    replies = [cancel(http, made), cancel(http, made)]
    assert [(reply.json()["Payments"], reply.json()["PaymentsProcessed"]) for reply in replies] == [
        (0, 1),
        (0, 1),
    ]


@pytest.mark.parametrize(("oid", "status"), [(7, 409), (9, 409), (4711, 404)])
def test_that_what_is_gone_cannot_be_cancelled(http: httpx.Client, oid: int, status: int) -> None:
    assert cancel(http, oid).status_code == status


def test_that_a_batch_that_was_posted_meanwhile_stops_a_cancel(sandbox: Sandbox, http: httpx.Client) -> None:
    batch = {"EftBatchOid": 3, "BeginDate": "2026-11-30", "EndDate": "2026-12-01", "IsPosted": True}
    sandbox.put("EftBatches", {**batch, "AlternateEftOids": [8]})
    assert cancel(http, 8).json()["Code"] == "AlreadyProcessed"


def test_that_a_comment_is_kept_once_for_a_key(http: httpx.Client) -> None:
    for _ in range(2):
        reply = http.post(
            "/contracts/10/comments",
            json={"Text": "Please send a payoff quote", "ReferenceNumber": "SR-1"},
            headers={"Idempotency-Key": "comment-1"},
        )
        assert reply.status_code == 201
    http.post("/contracts/10/comments", json={"Text": "And the invoice"})
    assert [comment["Text"] for comment in http.get("/contracts/10/comments").json()["Items"]] == [
        "Please send a payoff quote",
        "And the invoice",
    ]
