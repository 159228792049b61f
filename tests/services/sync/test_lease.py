"""One run at a time, on all machines."""

from __future__ import annotations

import socket
import subprocess
import sys
from datetime import datetime, timedelta

import pytest
from sqlalchemy import insert, select, update

from portal_admin import models
from portal_admin.errors import Refused
from portal_admin.models.engine import reading, writing
from portal_admin.services.desk import Desk
from portal_admin.services.sync import SyncProgress, sync, sync_status
from tests.fixtures.desk import NOW, Clock
from tests.services.sync.received import count


def test_that_only_one_run_at_a_time_is_let_in(desk: Desk) -> None:
    refused: list[Refused] = []

    def second(_: SyncProgress) -> None:
        with pytest.raises(Refused) as caught:
            sync(desk)
        refused.append(caught.value)

    sync(desk, progress=second)
    assert refused[0].rule == "one_sync_at_a_time"
    assert "2026-11-21 20:05:00 UTC" in refused[0].message
    assert sync_status(desk).holder is None


def lend(desk: Desk, holder: str, until: datetime) -> None:
    with writing(desk.engine) as connection:
        connection.execute(insert(models.lease).values(name="sync", holder=holder, expires_at=until))


def test_that_a_lease_from_another_machine_holds_until_it_expires(desk: Desk, clock: Clock) -> None:
    lend(desk, "server-7:4711:abcd", NOW + timedelta(minutes=3))
    with pytest.raises(Refused) as caught:
        sync(desk)
    assert "server-7:4711:abcd" in caught.value.message
    clock.now += timedelta(minutes=3)
    sync(desk)


def test_that_a_dead_runner_of_this_machine_loses_its_lease_at_once(desk: Desk) -> None:
    dead = subprocess.Popen([sys.executable, "-c", ""])
    dead.wait()
    lend(desk, f"{socket.gethostname()}:{dead.pid}:abcd", NOW + timedelta(minutes=3))
    sync(desk)


def test_that_a_run_whose_lease_was_taken_stops_without_writing(desk: Desk) -> None:
    def steal(_: SyncProgress) -> None:
        with writing(desk.engine) as connection:
            connection.execute(update(models.lease).values(holder="server-7:1:x"))

    with pytest.raises(Refused):
        sync(desk, progress=steal)
    assert count(desk.engine, "aspire_contact") == 0
    with reading(desk.engine) as connection:
        assert connection.execute(select(models.lease.c.holder)).scalar_one() == "server-7:1:x"
