"""Each fault does what it says, over real HTTP, by header and by switch."""

from __future__ import annotations

import threading
from typing import Any

import httpx
import pytest

from portal_admin.sandbox.faults import HEADER
from portal_admin.sandbox.portfolio import FilePortfolio
from portal_admin.sandbox.server import PASSWORD, USER, Sandbox
from tests.sandbox.conftest import signed_in

LOOK_UP = "/contracts?contractId=0012-0045"
DEBIT = {"Amount": "250.00", "StartDate": "2026-12-01", "BankAccountOid": 3, "ReferenceNumber": "P-1000"}


def get(http: httpx.Client, fault: str, path: str = LOOK_UP) -> httpx.Response:
    return http.get(path, headers={HEADER: fault})


def sign_in(sandbox: Sandbox, password: str = PASSWORD) -> httpx.Response:
    return httpx.post(f"{sandbox.url}/session", json={"UserName": USER, "Password": password})


def test_that_a_status_comes_with_its_retry_after(http: httpx.Client) -> None:
    reply = get(http, "status=503;retry-after=2")
    assert (reply.status_code, reply.headers["Retry-After"], reply.json()["Code"]) == (
        503,
        "2",
        "Unavailable",
    )
    assert get(http, "status=500;code=Broken").json()["Code"] == "Broken"


@pytest.mark.parametrize("fault", ["latency=5", "drip=5"])
def test_that_a_slow_reply_is_not_there_in_time(http: httpx.Client, fault: str) -> None:
    with pytest.raises(httpx.ReadTimeout):
        http.get(LOOK_UP, headers={HEADER: fault}, timeout=0.05)


def test_that_a_dripping_reply_arrives_whole(http: httpx.Client) -> None:
    assert get(http, "drip=0.001").json() == http.get(LOOK_UP).json()


@pytest.mark.parametrize("fault", ["truncate", "drop=before", "drop=after"])
def test_that_a_broken_connection_is_no_reply(http: httpx.Client, fault: str) -> None:
    with pytest.raises(httpx.RemoteProtocolError):
        get(http, fault)
    assert http.get(LOOK_UP).status_code == 200


@pytest.mark.parametrize(("moment", "debits"), [("before", 0), ("after", 1)])
def test_that_a_dropped_write_was_done_or_not(http: httpx.Client, moment: str, debits: int) -> None:
    headers = {"Idempotency-Key": "key-00001", HEADER: f"drop={moment}"}
    with pytest.raises(httpx.RemoteProtocolError):
        http.post("/contracts/10/alternate-efts", json=DEBIT, headers=headers)
    made = [
        eft
        for eft in http.get("/contracts/10/alternate-efts").json()["Items"]
        if eft["ReferenceNumber"] == "P-1000"
    ]
    assert len(made) == debits
    again = http.post("/contracts/10/alternate-efts", json=DEBIT, headers={"Idempotency-Key": "key-00001"})
    assert again.status_code == 201
    assert len(http.get("/contracts/10/alternate-efts").json()["Items"]) == 4


def test_that_a_web_page_comes_where_json_belongs(http: httpx.Client) -> None:
    reply = get(http, "html")
    assert (reply.status_code, reply.headers["Content-Type"]) == (200, "text/html; charset=utf-8")
    assert get(http, "html;status=502").status_code == 502


def test_that_a_denied_contract_is_refused_wherever_it_is_looked_up(http: httpx.Client) -> None:
    paths = ["/contracts/10", "/contracts/10/invoices", LOOK_UP, "/contracts?accountOid=1"]
    replies = [get(http, "deny=Contracts/10", path) for path in paths]
    assert {(reply.status_code, reply.json()["Code"]) for reply in replies} == {(403, "PermissionDenied")}
    assert get(http, "deny=Contracts/10", "/contracts/11").status_code == 200


def test_that_a_denied_record_is_counted_where_it_is_left_out(http: httpx.Client) -> None:
    page = get(http, "deny=Contracts/10", "/contracts").json()
    assert page["Withheld"] == 1
    assert 10 not in [item["ContractOid"] for item in page["Items"]]


@pytest.mark.parametrize(
    ("fault", "expected"),
    [
        ("missing=PrivateLabel", {"IsBooked": True}),
        ("rename=IsBooked:Booked", {"Booked": True, "PrivateLabel": None}),
        ("mistype=IsBooked", {"IsBooked": "not what belongs here", "PrivateLabel": None}),
    ],
)
def test_that_a_field_is_missing_renamed_or_mistyped(
    http: httpx.Client, fault: str, expected: dict[str, Any]
) -> None:
    (item,) = get(http, fault).json()["Items"]
    shown = {name: item[name] for name in ("IsBooked", "Booked", "PrivateLabel") if name in item}
    assert shown == expected


def test_that_fields_are_disfigured_at_any_depth(http: httpx.Client) -> None:
    (item,) = get(http, "mistype=PostalCode").json()["Items"]
    assert item["BillToLocation"]["PostalCode"] == 12345


def test_that_a_sign_in_is_refused(sandbox: Sandbox) -> None:
    assert sign_in(sandbox, "wrong").json()["Code"] == "SignInFailed"
    sandbox.fault(refuse_sign_in=True)
    assert (sign_in(sandbox).status_code, sign_in(sandbox).json()["Code"]) == (401, "SignInFailed")


def test_that_a_password_must_be_changed(sandbox: Sandbox, http: httpx.Client) -> None:
    sandbox.fault(password_change=True)
    replies = [sign_in(sandbox), http.get("/instance")]
    assert {(reply.status_code, reply.json()["Code"]) for reply in replies} == {
        (403, "PasswordChangeRequired")
    }


def test_that_a_token_can_end_early(sandbox: Sandbox, http: httpx.Client) -> None:
    sandbox.fault(expire_token=True, times=1)
    assert [http.get("/instance").json().get("Code") for _ in range(2)] == ["TokenExpired", "TokenExpired"]
    http.headers["Authorization"] = f"Bearer {sign_in(sandbox).json()['Token']}"
    assert http.get("/instance").status_code == 200


def test_that_a_restore_turns_the_clock_and_later_changes_back(sandbox: Sandbox, http: httpx.Client) -> None:
    sandbox.patch("Contracts", 10, PrivateLabel="PRAIRIE")
    sandbox.restore(1800)
    instance = http.get("/instance")
    assert (instance.json()["Generation"], instance.json()["Now"]) == (2, "2026-11-21T19:30:00Z")
    assert instance.headers["Aspire-Generation"] == "2"
    assert http.get("/contracts/10").json()["PrivateLabel"] is None


def test_that_a_restore_by_header_or_switch_happens_once(sandbox: Sandbox, http: httpx.Client) -> None:
    get(http, "restore=60")
    http.put("/_sandbox/faults", json=[{"restore": 60}])
    sandbox.fault(restore=60)
    assert [http.get("/instance").json()["Generation"] for _ in range(2)] == [4, 4]


def test_that_a_switched_fault_strikes_where_and_as_often_as_told(
    sandbox: Sandbox, http: httpx.Client
) -> None:
    faults = [
        {"status": 503, "path": "/contracts/", "times": 2},
        {"status": 500, "operation": "listAccounts"},
        {"status": 502, "path": "/accounts", "method": "DELETE"},
    ]
    assert http.put("/_sandbox/faults", json=faults).json() == faults
    statuses = [
        http.get(path).status_code for path in ("/contracts", *["/contracts/10"] * 3, *["/accounts"] * 2)
    ]
    assert statuses == [200, 503, 503, 200, 500, 500]
    assert len(sandbox.active_faults()) == 2
    http.delete("/_sandbox/faults")
    assert http.get("/accounts").status_code == 200


def test_that_faults_add_up(sandbox: Sandbox, http: httpx.Client) -> None:
    sandbox.fault(missing="Roles")
    (item,) = get(http, "rename=IsBooked:Booked").json()["Items"]
    assert "Roles" not in item
    assert "Booked" in item
    sandbox.clear_faults()
    assert http.get(LOOK_UP).json()["Items"][0]["Roles"]


@pytest.mark.parametrize("fault", ["stauts=503", "status=soon", "drop=during", "deny=10"])
def test_that_a_misspelt_fault_is_named(http: httpx.Client, fault: str) -> None:
    reply = get(http, fault)
    assert (reply.status_code, reply.json()["Code"]) == (400, "InvalidRequest")
    assert HEADER in reply.json()["Message"]


def test_that_a_slow_reply_under_way_does_not_keep_the_server(small: FilePortfolio) -> None:
    with Sandbox(small) as box:
        client = signed_in(box.url)
        with pytest.raises(httpx.ReadTimeout):
            client.get(LOOK_UP, headers={HEADER: "latency=600"}, timeout=0.05)
        client.close()
    assert not [thread for thread in threading.enumerate() if thread.name == "sandbox"]
