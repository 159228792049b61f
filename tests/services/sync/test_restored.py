"""An ASPIRE restored from a backup raises the alarm until a full sync."""

from __future__ import annotations

import pytest

from portal_admin.errors import AspireRestored
from portal_admin.models.engine import reading
from portal_admin.sandbox.server import Sandbox
from portal_admin.services.desk import Desk
from portal_admin.services.sync import SyncProgress, sync, sync_status
from portal_admin.services.sync.state import restored_alarm
from tests.services.sync.killing import Killed, killing
from tests.services.sync.received import PORTFOLIO, count, outcomes


def test_that_a_restored_aspire_raises_the_alarm_until_a_full_sync(desk: Desk, sandbox: Sandbox) -> None:
    sync(desk)
    sandbox.restore()
    for _ in range(2):
        with pytest.raises(AspireRestored) as caught:
            sync(desk)
        assert "sync --full" in caught.value.message
    assert sync_status(desk).restored
    assert outcomes(desk.engine) == ["done", "restored", "restored"]
    result = sync(desk, full=True)
    assert result.generation == 2
    assert not sync_status(desk).restored
    sync(desk)


def test_that_a_clock_that_goes_back_raises_the_alarm_too(desk: Desk, sandbox: Sandbox) -> None:
    sync(desk)
    sandbox.instance(Now="2026-11-21T19:58:00Z")
    with pytest.raises(AspireRestored):
        sync(desk)
    sync(desk, full=True)
    sync(desk)
    assert not sync_status(desk).restored


def test_that_a_clock_set_right_by_seconds_raises_no_alarm(desk: Desk, sandbox: Sandbox) -> None:
    sync(desk)
    sandbox.instance(Now="2026-11-21T19:59:30Z")
    sync(desk)


@pytest.mark.usefixtures("small_pages")
def test_that_a_restore_between_two_pages_raises_the_alarm(desk: Desk, sandbox: Sandbox) -> None:
    restored: list[bool] = []

    def progress(_: SyncProgress) -> None:
        if not restored:
            restored.append(True)
            sandbox.restore()

    with pytest.raises(AspireRestored):
        sync(desk, progress=progress)
    assert sync_status(desk).restored
    sync(desk, full=True)
    assert count(desk.engine, "aspire_account") == len(PORTFOLIO["Accounts"])


@pytest.mark.usefixtures("small_pages")
@pytest.mark.parametrize("pages", [1, 5, 8])
def test_that_a_full_sync_killed_after_a_restore_is_finished_by_a_plain_one(
    desk: Desk, sandbox: Sandbox, pages: int
) -> None:
    sync(desk)
    sandbox.restore()
    with pytest.raises(AspireRestored):
        sync(desk)
    with pytest.raises(Killed):
        sync(desk, full=True, progress=killing(pages))
    with reading(desk.engine) as connection:
        assert restored_alarm(connection)
    sync(desk)
    with reading(desk.engine) as connection:
        assert not restored_alarm(connection)
