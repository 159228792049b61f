"""Records that ASPIRE keeps from the sync's login are told, and arrive once the login may read them."""

from __future__ import annotations

from datetime import timedelta

from portal_admin.sandbox.server import Sandbox
from portal_admin.services.desk import Desk
from portal_admin.services.sync import sync, sync_status
from portal_admin.services.sync.lists import OVERLAP
from tests.fixtures.desk import NOW, Clock
from tests.services.sync.received import rows


def booked(desk: Desk, oid: int) -> bool:
    return bool({row["oid"]: row["is_booked"] for row in rows(desk.engine, "aspire_contract")}[oid])


def go_on(sandbox: Sandbox, clock: Clock) -> None:
    """A quarter of an hour later, for both."""
    clock.now += timedelta(minutes=15)
    sandbox.instance(Now=clock.now.isoformat().replace("+00:00", "Z"))


def test_that_a_withheld_change_is_told_and_arrives_once_the_denial_is_lifted(
    desk: Desk, sandbox: Sandbox, clock: Clock
) -> None:
    sync(desk)
    sandbox.fault(deny="Contracts/11")
    sandbox.patch("Contracts", 11, IsBooked=False)
    for _ in range(2):
        go_on(sandbox, clock)
        result = sync(desk)
        (warning,) = result.warnings
        assert warning.startswith("ASPIRE kept 1 contract from this login")
        assert "the next run" in warning
        assert result.watermark == NOW - OVERLAP
        assert sync_status(desk).withheld == 1
    assert booked(desk, 11)
    sandbox.clear_faults()
    go_on(sandbox, clock)
    result = sync(desk)
    assert (result.changed, result.warnings, result.watermark) == (1, (), clock.now - OVERLAP)
    assert not booked(desk, 11)
    assert sync_status(desk).withheld == 0


def test_that_only_the_list_with_withheld_records_is_asked_from_there_again(
    desk: Desk, sandbox: Sandbox, clock: Clock
) -> None:
    sync(desk)
    sandbox.fault(deny="Contacts/4")
    sandbox.patch("Contacts", 4, Name="Renamed")
    go_on(sandbox, clock)
    assert sync(desk).watermark == clock.now - OVERLAP
    kept = {row["data_class"]: row["watermark"] for row in rows(desk.engine, "sync_state")}
    assert (kept["contacts"], kept["accounts"]) == (NOW - OVERLAP, clock.now - OVERLAP)


def test_that_what_a_full_pass_missed_is_told_until_the_next_full_pass(
    desk: Desk, sandbox: Sandbox, clock: Clock
) -> None:
    sandbox.fault(deny="Contracts/11")
    sync(desk)
    sandbox.clear_faults()
    go_on(sandbox, clock)
    assert sync(desk).warnings == ()
    assert sync_status(desk).withheld == 1
    go_on(sandbox, clock)
    assert sync(desk, full=True).changed == 1
    assert sync_status(desk).withheld == 0
