"""An ASPIRE that fails or answers wrongly stops a run cleanly."""

from __future__ import annotations

from typing import Any

import pytest

from portal_admin.errors import AspireFailed, AspireReplyUnreadable, DeskError, SettingsProblem
from portal_admin.sandbox.server import Sandbox
from portal_admin.services.desk import Desk
from portal_admin.services.sync import sync, sync_status
from tests.fixtures.desk import NOW
from tests.fixtures.sandbox import contract
from tests.services.sync.received import PORTFOLIO, content, count, outcomes, rows


@pytest.mark.usefixtures("small_pages")
def test_that_a_page_that_fails_stops_the_run_and_keeps_what_was_read(desk: Desk, sandbox: Sandbox) -> None:
    sandbox.fault(status=500, path="/contracts")
    with pytest.raises(AspireFailed) as caught:
        sync(desk)
    assert count(desk.engine, "aspire_account") == len(PORTFOLIO["Accounts"])
    assert count(desk.engine, "aspire_contract") == 0
    (run,) = rows(desk.engine, "sync_run")
    assert (run["outcome"], run["message"], run["finished_at"]) == ("failed", caught.value.message, NOW)
    assert sync_status(desk).as_of is None
    sandbox.clear_faults()
    result = sync(desk)
    assert count(desk.engine, "aspire_contract") == len(PORTFOLIO["Contracts"])
    assert result.complete


@pytest.mark.parametrize(
    ("fault", "path"),
    [
        ({"mistype": "IsBooked"}, "IsBooked"),
        ({"missing": "PrivateLabel"}, "PrivateLabel"),
        ({"rename": "ContractId:ContractNumber"}, "ContractId"),
        ({"html": True, "path": "/accounts"}, "$"),
    ],
)
def test_that_a_wrong_reply_stops_the_run_cleanly_and_names_the_place(
    desk: Desk, sandbox: Sandbox, fault: dict[str, Any], path: str
) -> None:
    sync(desk)
    before = content(desk.engine)
    sandbox.fault(**fault)
    with pytest.raises(AspireReplyUnreadable) as caught:
        sync(desk, full=True)
    assert path in caught.value.message
    assert content(desk.engine) == before
    assert outcomes(desk.engine) == ["done", "failed"]


def test_that_an_amount_finer_than_its_currency_stops_the_run(desk: Desk, sandbox: Sandbox) -> None:
    sandbox.put("Contracts", contract(500, "0500-0001", 1, Currency="JPY", PaymentAmount="12.34"))
    with pytest.raises(AspireReplyUnreadable) as caught:
        sync(desk)
    assert "0500-0001" in caught.value.message
    assert count(desk.engine, "aspire_contract") == 0


def test_that_without_aspire_there_is_no_sync(offline_desk: Desk) -> None:
    with pytest.raises(SettingsProblem):
        sync(offline_desk)


def test_that_every_kind_of_trouble_is_one_of_our_errors(
    desk: Desk, sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("portal_admin.aspire.transport.BACKOFF", 0)
    for fault in ({"status": 403}, {"drop": "before"}, {"truncate": True}, {"status": 404}):
        sandbox.fault(**fault, path="/contacts")
        with pytest.raises(DeskError):
            sync(desk)
        sandbox.clear_faults()
    sync(desk)
