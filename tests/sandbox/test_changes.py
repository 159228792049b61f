"""`/_sandbox` over real HTTP, and the lists of a test's own server."""

from __future__ import annotations

import httpx
import pytest

from portal_admin.errors import InvalidInput
from portal_admin.sandbox.server import Sandbox
from tests.fixtures.sandbox import NOW, contract


def test_that_put_replaces_a_record_and_stamps_it(http: httpx.Client) -> None:
    changed = contract(10, "0012-0045", 2, PrivateLabel="PRAIRIE")
    stored = http.put("/_sandbox/records/Contracts/10", json=changed).json()
    assert stored == {**changed, "LastChangeDateTime": NOW}
    assert http.get("/contracts/10").json() == stored


def test_that_patch_changes_fields_and_keeps_the_rest(http: httpx.Client) -> None:
    before = http.get("/contracts/10").json()
    http.patch("/_sandbox/records/Contracts/10", json={"RemainingBalance": "1.00"})
    after = http.get("/contracts/10").json()
    assert after == {**before, "RemainingBalance": "1.00", "LastChangeDateTime": NOW}


def test_that_delete_removes_a_record(http: httpx.Client) -> None:
    assert http.delete("/_sandbox/records/Contracts/10").status_code == 204
    assert http.get("/contracts/10").status_code == 404
    assert http.delete("/_sandbox/records/Contracts/10").status_code == 404


def test_that_a_record_can_come_back(sandbox: Sandbox, http: httpx.Client) -> None:
    sandbox.delete("Contracts", 20)
    sandbox.put("Contracts", contract(20, "0020-0001", 2))
    assert http.get("/contracts/20").status_code == 200


@pytest.mark.parametrize(
    ("path", "body", "status"),
    [
        ("Contracts/10", {"ContractId": "0012-0045"}, 400),
        ("Contracts/10", {**contract(10, "0012-0045", 1), "PaymentAmount": 12}, 400),
        ("Contracts/10", [], 400),
        ("Contracts/ten", {}, 400),
        ("Kontracts/10", {}, 404),
    ],
)
def test_that_a_record_that_cannot_be_is_refused(
    http: httpx.Client, path: str, body: object, status: int
) -> None:
    assert http.put(f"/_sandbox/records/{path}", json=body).status_code == status
    assert http.get("/contracts/10").json()["PaymentAmount"] == "1000.00"


def test_that_the_instance_and_its_settings_can_be_changed(http: httpx.Client) -> None:
    http.patch("/_sandbox/instance", json={"Now": "2026-11-21T20:05:00Z", "Capabilities": ["Invoices"]})
    http.put("/_sandbox/settings", json={"PaymentsEnabled": False})
    instance = http.get("/instance").json()
    assert (instance["Now"], instance["Capabilities"]) == ("2026-11-21T20:05:00Z", ["Invoices"])
    assert http.get("/settings").json() == {"PaymentsEnabled": False}
    assert http.patch("/_sandbox/instance", json={"Generation": 0}).status_code == 400


def test_that_a_missing_record_is_a_mistake_of_the_test(sandbox: Sandbox) -> None:
    with pytest.raises(KeyError):
        sandbox.delete("Contracts", 4711)
    with pytest.raises(KeyError):
        sandbox.patch("Contracts", 4711, IsBooked=True)
    assert sandbox.record("Contracts", 4711) is None


def test_that_a_taken_port_is_named(sandbox: Sandbox) -> None:
    port = int(sandbox.url.rpartition(":")[2])
    with pytest.raises(InvalidInput, match=str(port)), Sandbox(sandbox._portfolio, port):
        pass
