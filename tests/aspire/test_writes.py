"""Writes are sent once: what may have been done is unknown, what surely was not is told as such."""

from __future__ import annotations

import json
import socket
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from portal_admin.aspire.client import AspireClient
from portal_admin.domain.records import AlternateEft
from portal_admin.errors import (
    AspireBusy,
    AspireFailed,
    AspireOutcomeUnknown,
    AspirePasswordExpired,
    AspireRecordMissing,
    AspireRefused,
    AspireSignInFailed,
    AspireUnreachable,
    DeskError,
)
from tests.aspire.conftest import StoppedTime
from tests.aspire.scripted import Answer, ScriptedServer, answer, error, hang_up

Hasty = Callable[..., AspireClient]
KEY = "5f0c7c1e-6a51-4a61-9d0c-5d9a4d1b7d10"
EFT = {
    "AlternateEftOid": 10,
    "ContractOid": 10,
    "Amount": "250.00",
    "StartDate": "2026-12-01",
    "SecCode": "WEB",
    "Payments": 1,
    "PaymentsProcessed": 0,
    "ReferenceNumber": "D-ABCD2345",
    "BankAccountOid": 3,
}
DONE = answer(201, EFT)


def create(client: AspireClient, amount: str = "250") -> AlternateEft:
    return client.create_alternate_eft(
        contract_oid=10,
        amount=Decimal(amount),
        start_date=date(2026, 12, 1),
        bank_account_oid=3,
        reference="D-ABCD2345",
        key=KEY,
    )


def posts(server: ScriptedServer) -> list[Any]:
    return [asked for asked in server.asked if asked.method == "POST" and asked.target != "/session"]


def test_that_a_debit_is_asked_for_with_its_key_and_in_hundredths(
    server: ScriptedServer, client: AspireClient
) -> None:
    server.script.append(DONE)
    assert (create(client).oid, create(client).reference) == (10, "D-ABCD2345")
    asked = posts(server)[0]
    assert asked.target == "/contracts/10/alternate-efts"
    assert asked.headers["idempotency-key"] == KEY
    assert json.loads(asked.body) == {
        "Amount": "250.00",
        "StartDate": "2026-12-01",
        "BankAccountOid": 3,
        "ReferenceNumber": "D-ABCD2345",
        "SecCode": "WEB",
    }


@pytest.mark.parametrize(
    "lost",
    [
        hang_up,
        error(500, "InternalError"),
        error(502, "BadGateway"),
        error(503, "Unavailable"),
        error(504, "Timeout"),
        answer(201, b"<html>"),
        answer(201, {"AlternateEftOid": 10}),
        DONE[:-20],
    ],
    ids=["hang_up", "500", "502", "503", "504", "html", "incomplete", "cut"],
)
def test_that_what_may_have_been_done_is_unknown_and_never_sent_again(
    server: ScriptedServer, hasty: Hasty, lost: Answer
) -> None:
    server.script.append(lost)
    with pytest.raises(AspireOutcomeUnknown) as unknown:
        create(hasty())
    assert unknown.value.exit_code == 3
    assert len(posts(server)) == 1


def test_that_silence_after_sending_is_unknown(server: ScriptedServer, hasty: Hasty) -> None:
    def mute(connection: socket.socket) -> None:
        connection.settimeout(5)
        connection.recv(1)

    server.script.append(mute)
    with pytest.raises(AspireOutcomeUnknown):
        create(hasty())
    assert len(posts(server)) == 1


def test_that_what_never_reached_aspire_is_not_unknown(server: ScriptedServer, client: AspireClient) -> None:
    server.script.append(DONE)
    create(client)
    taken = socket.create_server(("127.0.0.1", 0))
    port = taken.getsockname()[1]
    taken.close()
    nowhere = AspireClient(f"http://127.0.0.1:{port}", user="rep", password=lambda: "x", budget=0.3)
    with pytest.raises(AspireUnreachable):
        create(nowhere)
    nowhere.close()


@pytest.mark.parametrize(
    ("code", "says"),
    [
        ("ContractNotBooked", "not booked"),
        ("BankAccountNotUsable", "bank account"),
        ("AlreadyProcessed", "too late"),
        ("IdempotencyKeyReused", "another request"),
        ("SomethingNew", "nothing was done"),
    ],
)
def test_that_a_no_carries_its_code_and_our_words(
    server: ScriptedServer, client: AspireClient, code: str, says: str
) -> None:
    server.script.append(error(409, code))
    with pytest.raises(AspireRefused) as refused:
        create(client)
    assert refused.value.code == code
    assert says in refused.value.message
    assert "UPSTREAM" not in refused.value.message
    assert len(posts(server)) == 1


NOT_DONE: list[tuple[Answer, type[DeskError]]] = [
    (error(503, "Unavailable", Retry_After="900"), AspireBusy),
    (error(429, "TooMany", Retry_After="1"), AspireBusy),
    (error(400, "InvalidRequest"), AspireFailed),
    (error(403, "Forbidden"), AspireRefused),
    (error(403, "PasswordChangeRequired"), AspirePasswordExpired),
    (error(404, "NotFound"), AspireRecordMissing),
    (answer(307, b"", Location="http://127.0.0.1:1/"), AspireFailed),
]


@pytest.mark.parametrize(("said", "kind"), NOT_DONE, ids=[kind.kind for _, kind in NOT_DONE])
def test_that_an_answer_by_which_nothing_was_done_is_not_unknown(
    server: ScriptedServer, client: AspireClient, time: StoppedTime, said: Answer, kind: type[DeskError]
) -> None:
    server.script.append(said)
    with pytest.raises(kind):
        create(client)
    assert len(posts(server)) == 1
    assert time.slept == []


def test_that_an_old_session_is_renewed_once_and_the_same_request_sent_with_its_key(
    server: ScriptedServer, client: AspireClient
) -> None:
    server.script.extend([error(401, "TokenExpired"), DONE])
    assert create(client).oid == 10
    first, second = posts(server)
    assert first.headers["idempotency-key"] == second.headers["idempotency-key"] == KEY
    assert first.body == second.body
    server.script.clear()
    server.script.append(error(401, "TokenExpired"))
    with pytest.raises(AspireSignInFailed):
        create(client)
    assert len(posts(server)) == 4


def test_that_a_cancel_is_sent_once_too(server: ScriptedServer, hasty: Hasty) -> None:
    server.script.extend([answer(200, EFT | {"Payments": 0, "PaymentsProcessed": 1}), hang_up])
    client = hasty()
    assert client.cancel_alternate_eft(oid=10, key=KEY).payments == 0
    with pytest.raises(AspireOutcomeUnknown):
        client.cancel_alternate_eft(oid=10, key=KEY)
    assert [asked.target for asked in posts(server)] == ["/alternate-efts/10/cancel"] * 2
