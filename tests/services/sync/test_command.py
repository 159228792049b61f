"""`portal-admin sync` as a person or a server runs it, and what a kill -9 leaves behind."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import Engine, func, insert, select

from portal_admin.cli import run
from portal_admin.models import aspire_account, aspire_contract, lease, sync_run
from portal_admin.models.engine import reading, writing
from portal_admin.sandbox.server import Sandbox
from portal_admin.services.desk import Desk
from portal_admin.services.sync import sync
from tests.fixtures.sandbox import small_portfolio

# How the server's loop runs does not depend on the database.
pytestmark = pytest.mark.databases("sqlite")

PORTFOLIO = small_portfolio()
PATIENCE = 30.0


@pytest.fixture
def environment(database_url: str, sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch) -> None:
    """What an unattended run is given."""
    monkeypatch.setenv("PORTAL_ADMIN_DATABASE_URL", database_url)
    monkeypatch.setenv("PORTAL_ADMIN_ASPIRE_URL", sandbox.url)
    monkeypatch.setenv("PORTAL_ADMIN_ASPIRE_USER", "sandbox")
    monkeypatch.setenv("PORTAL_ADMIN_ASPIRE_PASSWORD", "sandbox")


@pytest.fixture
def started(environment: None) -> Iterator[list[subprocess.Popen[bytes]]]:
    """Processes that end with the test."""
    processes: list[subprocess.Popen[bytes]] = []
    yield processes
    for process in processes:
        process.kill()
        process.communicate()


def start(*words: str) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, "-m", "portal_admin", "sync", *words],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=os.environ.copy(),
    )


def count(engine: Engine, table: object) -> int:
    with reading(engine) as connection:
        return connection.execute(select(func.count()).select_from(table)).scalar_one()  # type: ignore[arg-type]


@pytest.mark.usefixtures("environment")
def test_that_sync_prints_what_it_did(capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    assert run(["sync", "--json"]) == 0
    records = sum(len(PORTFOLIO[name]) for name in ("Accounts", "Contacts", "Contracts"))
    assert json.loads(capfdbinary.readouterr().out) == {
        "read": records,
        "changed": records,
        "removed": 0,
        "watermark": "2026-11-21T19:59:00Z",
        "generation": 1,
    }
    assert run(["sync", "--full"]) == 0
    assert b"Removed     0" in capfdbinary.readouterr().out


@pytest.mark.databases("sqlite")
@pytest.mark.usefixtures("environment")
def test_that_one_contract_is_read_by_itself(
    engine: Engine, capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    assert run(["sync", "--contract", "0012-0045", "--json"]) == 0
    found = json.loads(capfdbinary.readouterr().out)
    assert found == {"contract_id": "0012-0045", "accounts": ["A-001"]}
    assert 0 < count(engine, aspire_contract) < len(PORTFOLIO["Contracts"])
    assert run(["sync", "--contract", "7777-0001", "--json"]) == 1
    assert json.loads(capfdbinary.readouterr().out)["error"]["kind"] == "not_found"


@pytest.mark.databases("sqlite")
@pytest.mark.usefixtures("environment")
@pytest.mark.parametrize(("more", "code"), [(["--full"], 2), (["--every", "15m"], 1)])
def test_that_one_contract_is_read_once_and_alone(
    more: list[str], code: int, capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    assert run(["sync", "--contract", "0012-0045", *more, "--json"]) == code
    assert capfdbinary.readouterr().err


@pytest.mark.usefixtures("environment")
def test_that_a_failed_sync_says_why_and_exits_3(
    sandbox: Sandbox, capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    sandbox.fault(refuse_sign_in=True)
    assert run(["sync", "--json"]) == 3
    found = json.loads(capfdbinary.readouterr().out.splitlines()[-1])
    assert found["error"]["kind"] == "aspire_sign_in"


@pytest.mark.usefixtures("environment")
@pytest.mark.parametrize("typed", ["0m", "15", "m", "-5m", "1d", "1.5h"])
def test_that_an_interval_must_look_like_one(typed: str, capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    assert run(["sync", f"--every={typed}"]) == 2
    assert b"15m, 90s or 1h" in capfdbinary.readouterr().err


def test_that_a_run_killed_for_good_is_finished_by_the_next(
    desk: Desk, sandbox: Sandbox, started: list[subprocess.Popen[bytes]]
) -> None:
    sandbox.fault(latency=PATIENCE, path="/contracts", times=1)
    process = start("--json")
    started.append(process)
    deadline = time.monotonic() + PATIENCE
    while sandbox.active_faults():
        assert process.poll() is None
        assert time.monotonic() < deadline
        time.sleep(0.02)
    process.kill()
    process.communicate()
    assert count(desk.engine, lease) == 1
    assert count(desk.engine, aspire_account) == len(PORTFOLIO["Accounts"])
    assert count(desk.engine, aspire_contract) == 0
    result = sync(desk)
    assert result.read < sum(len(PORTFOLIO[name]) for name in ("Accounts", "Contacts", "Contracts"))
    assert count(desk.engine, aspire_contract) == len(PORTFOLIO["Contracts"])
    with reading(desk.engine) as connection:
        outcomes = connection.execute(select(sync_run.c.outcome).order_by(sync_run.c.id)).scalars().all()
    assert outcomes == ["stopped", "done"]


@pytest.mark.usefixtures("environment")
@pytest.mark.parametrize(("again", "every"), [(0.01, "1h"), (3600, "1s")])
def test_that_a_run_refused_a_turn_is_tried_again_soon_and_at_the_latest_after_the_interval(
    again: float,
    every: str,
    desk: Desk,
    sandbox: Sandbox,
    monkeypatch: pytest.MonkeyPatch,
    capfdbinary: pytest.CaptureFixture[bytes],
) -> None:
    monkeypatch.setattr("portal_admin.cli.sync.TRY_AGAIN", timedelta(seconds=again))
    lives = iter([True])  # when first asked; then the other runner is gone
    monkeypatch.setattr("portal_admin.services.sync.lease.may_live", lambda _holder: next(lives, False))
    other = {"name": "sync", "holder": "here:4711:abcd", "expires_at": datetime.now(UTC) + timedelta(hours=1)}
    with writing(desk.engine) as connection:
        connection.execute(insert(lease).values(other))
    server = threading.Thread(target=stop_when_synced, args=(desk.engine, ended := threading.Event()))
    server.start()
    code = run(["sync", f"--every={every}", "--json"])
    ended.set()
    server.join(PATIENCE)
    assert code == 0
    first, last = (json.loads(line) for line in capfdbinary.readouterr().out.splitlines())
    assert first["error"]["rule"] == "one_sync_at_a_time"
    assert last["generation"] == 1


def stop_when_synced(engine: Engine, ended: threading.Event) -> None:
    """What a service manager does, once a run is complete."""
    deadline = time.monotonic() + PATIENCE
    while count(engine, sync_run.select().where(sync_run.c.outcome == "done").subquery()) == 0:
        if ended.is_set() or time.monotonic() > deadline:
            return
        time.sleep(0.02)
    signal.raise_signal(signal.SIGTERM)


@pytest.mark.skipif(sys.platform == "win32", reason="Windows ends a process without telling it")
def test_that_the_server_prints_a_line_for_each_run_and_stops_when_told(
    desk: Desk, sandbox: Sandbox, started: list[subprocess.Popen[bytes]]
) -> None:
    sandbox.fault(status=500, path="/contracts", times=1)
    process = start("--every=1s", "--json")
    started.append(process)
    assert process.stdout is not None
    first, second = (json.loads(process.stdout.readline()) for _ in range(2))
    assert first["error"]["kind"] == "aspire_failed"
    assert second["generation"] == 1
    process.send_signal(signal.SIGTERM)
    assert process.wait(PATIENCE) == 0
    assert count(desk.engine, lease) == 0
