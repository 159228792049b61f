"""What the page of sync and health reads, and the report that leaves the desk."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import Connection, insert, select

from portal_admin.domain.imports import Options
from portal_admin.domain.permissions import Role
from portal_admin.domain.stalls import StallReport
from portal_admin.domain.verdict import Result
from portal_admin.log import start_logging, stop_logging
from portal_admin.models import end_user, import_batch, mail_outbox, site, sync_run
from portal_admin.models.engine import writing
from portal_admin.services.desk import Desk
from portal_admin.services.diagnostics import diagnostics, log_line
from portal_admin.services.doctor import Finding
from portal_admin.services.health import SHARED, health
from portal_admin.services.imports.batches import stored_options
from portal_admin.services.sync import sync
from portal_admin.settings import Profile
from tests.fixtures.desk import NOW, Clock
from tests.fixtures.operators import appoint, without_audit

TOOLKIT = "Qt 6.11.3"


def queue_mail(connection: Connection, number: int, status: str = "queued", **values: object) -> None:
    without_audit(connection)
    user = connection.execute(select(end_user.c.id, end_user.c.email).order_by(end_user.c.id)).first()
    assert user is not None
    plain = {
        "message_key": f"key-{number}",
        "user_id": user.id,
        "recipient": user.email,
        "kind": "registration",
        "status": status,
        "created_at": NOW - timedelta(minutes=number),
        "created_by": "tester",
        "attempts": 0,
        "due_at": NOW,
    }
    connection.execute(insert(mail_outbox).values(plain | values))


def start_import(connection: Connection, **values: object) -> None:
    without_audit(connection)
    site_id = connection.execute(select(site.c.id).order_by(site.c.id)).scalar()
    plain = {
        "id": 1,
        "site_id": site_id,
        "file_name": "people.xlsx",
        "file_hash": "0" * 64,
        "options": stored_options(Options()),
        "status": "running",
        "read": 4,
        "created": 1,
        "changed": 0,
        "unchanged": 0,
        "refused": 1,
        "operation_id": "an operation",
        "created_at": NOW,
        "created_by": "jdoe",
    }
    connection.execute(insert(import_batch).values(plain | values))


def test_that_a_desk_at_rest_has_nothing_waiting(office: Desk) -> None:
    found = health(office)
    assert (found.at, found.mail.queued, found.mail.sent, found.mail.failed) == (NOW, 0, 0, 0)
    assert (found.mail.oldest_queued, found.mail.dead, found.imports) == (None, (), ())


def test_that_the_runs_say_who_ran_them_what_they_did_and_what_they_warn_of(desk: Desk) -> None:
    sync(desk)
    (run,) = health(desk).sync.runs
    assert (run.operator, run.outcome, run.started_at, run.finished_at) == ("tester", "done", NOW, NOW)
    assert run.read == run.changed > 0


def test_that_warnings_are_told_of_done_runs_only(desk: Desk) -> None:
    values = {"started_at": NOW, "full": False, "operator": "sync server", "message": "One.\nTwo."}
    with writing(desk.engine) as connection:
        connection.execute(insert(sync_run).values(outcome="failed", **values))
        connection.execute(insert(sync_run).values(outcome="done", **values))
    assert [run.warnings for run in health(desk).sync.runs] == [("One.", "Two."), ()]


def test_that_the_last_fifty_runs_are_told_newest_first(desk: Desk) -> None:
    with writing(desk.engine) as connection:
        for number in range(60):
            at = NOW + timedelta(minutes=number)
            values = {"started_at": at, "full": False, "outcome": "done", "operator": "sync server"}
            connection.execute(insert(sync_run).values(values))
    runs = health(desk).sync.runs
    assert (len(runs), runs[0].started_at) == (50, NOW + timedelta(minutes=59))


def test_that_mails_are_counted_and_those_given_up_are_named(office: Desk) -> None:
    with writing(office.engine) as connection:
        queue_mail(connection, 1)
        queue_mail(connection, 7)
        queue_mail(connection, 3, "sent", sent_at=NOW)
        queue_mail(connection, 4, "superseded")
        for number in range(100, 125):
            queue_mail(connection, number, "failed", attempts=8, failure="The mail server refused it.")
    mail = health(office).mail
    assert (mail.queued, mail.sent, mail.failed) == (2, 1, 25)
    assert (mail.oldest_queued, mail.last_sent) == (NOW - timedelta(minutes=7), NOW)
    assert mail.senderless == ("MAIN",)
    assert len(mail.dead) == 20
    letter = mail.dead[0]
    assert (letter.site, letter.kind, letter.attempts) == ("MAIN", "registration", 8)
    assert (letter.recipient, letter.failure) == ("ruth@prairie.example", "The mail server refused it.")


@pytest.mark.parametrize(
    ("until", "running"), [(None, False), (timedelta(minutes=-1), False), (timedelta(minutes=1), True)]
)
def test_that_an_import_that_nobody_works_on_is_told_from_one_under_way(
    until: timedelta | None, running: bool, office: Desk
) -> None:
    with writing(office.engine) as connection:
        turn = {} if until is None else {"runner": "desk-7:1:x", "runner_until": NOW + until}
        start_import(connection, **turn)
        start_import_done = {"id": 2, "status": "done"}
        site_id = connection.execute(select(import_batch.c.site_id)).scalar()
        row = connection.execute(select(import_batch)).mappings().one()
        connection.execute(insert(import_batch).values(dict(row) | start_import_done | {"site_id": site_id}))
    (found,) = health(office).imports
    assert (found.id, found.total, found.counts.read, found.runner is not None) == (1, 4, 2, running)
    assert (found.site, found.file_name, found.created_by) == ("MAIN", "people.xlsx", "jdoe")


def test_that_a_shared_database_is_synced_by_its_server_and_a_file_by_its_administrator(
    desk: Desk, offline_desk: Desk
) -> None:
    if desk.engine.dialect.name != "sqlite":
        assert health(desk).no_sync == SHARED
        return
    assert health(desk).no_sync is None
    assert health(offline_desk).no_sync == "This profile has no ASPIRE connection."
    appoint(desk.engine, "casey", Role.CSR)
    assert "is for Administrators; you are CSR" in (health(replace(desk, operator="casey")).no_sync or "")


@pytest.fixture
def logged() -> Iterator[logging.Logger]:
    start_logging()
    yield logging.getLogger("portal_admin.somewhere")
    stop_logging()


def report(desk: Desk, findings: list[Finding] | None = None) -> str:
    profile = Profile(
        "Maria Corp", "postgresql://jdoe:hunter2@db.example/portal", "https://a.example", "jdoe"
    )
    return diagnostics(desk, profile=profile, toolkit=TOOLKIT, findings=findings)


def test_that_diagnostics_hold_what_helps(office: Desk, logged: logging.Logger) -> None:
    logged.warning("something odd", extra={"correlation_id": "12345678"})
    finding = Finding("sync_age", Result.FAIL, "The portal's data is stale.", "Run `portal-admin sync`.")
    told = report(office, [finding])
    for part in (
        "Portal Admin: 0.1.0",
        "Qt 6.11.3, SQLAlchemy 2.1",
        "Profile: Maria Corp (not production)",
        f"Kind: {office.engine.dialect.name}",
        "Schema: 00",
        "fail sync_age: The portal's data is stale. Run `portal-admin sync`.",
        "Rule edition: 2026",
        "Cadence of contracts: 0:15:00",
        "contracts: read 2026-11-21 19:55:00 UTC",
        "Mails: 0 waiting since never, 0 sent, 0 given up",
        "warning portal_admin.somewhere 12345678: something odd",
    ):
        assert part in told


def test_that_diagnostics_tell_how_often_the_window_stood_still(office: Desk) -> None:
    assert "UI stalls: not watched" in report(office)
    stalls = StallReport(beats=12_000, over=2, p50=0, p99=4, longest=412)
    told = diagnostics(office, profile=None, toolkit=TOOLKIT, findings=None, stalls=stalls)
    assert "UI stalls: 2 over 250 ms, longest 412 ms; p50 0 ms, p99 4 ms of 12,000 beats" in told


def test_that_diagnostics_tell_on_nobody(office: Desk, logged: logging.Logger) -> None:
    home = Path.home()
    try:
        raise ValueError("no user ann@prairie.example in contract 0012-0045")
    except ValueError:
        logged.exception("bearer abcdef, %s, account 12345, postgresql://jdoe:hunter2@db/x", home / "x.db")
    with writing(office.engine) as connection:
        queue_mail(connection, 1, "failed", failure="ruth@prairie.example is unknown here")
        values = {"started_at": NOW, "full": False, "outcome": "failed", "operator": "sync server"}
        connection.execute(insert(sync_run).values(message="Contract 0012-0045 was odd.", **values))
    told = report(office, [Finding("aspire", Result.FAIL, "ASPIRE answers jdoe@prairie.example not.")])
    for secret in ("@prairie", "0012-0045", "abcdef", "12345", "hunter2", "jdoe", str(home / "x.db")):
        assert secret not in told
    assert "ValueError: no user [email] in contract [number]" in told


def test_that_a_part_that_cannot_be_read_does_not_hide_the_others(
    office: Desk, logged: logging.Logger
) -> None:
    logged.warning("still here")
    with writing(office.engine) as connection:
        connection.exec_driver_sql("drop table mail_outbox")
    told = report(office)
    assert "Could not be read: The portal database" in told
    assert "Rule edition: 2026" in told
    assert "Not made yet." in told
    assert "still here" in told


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("no json of account 123456", "no json of account [number]"),
        ("[1, 2]", "[1, 2]"),
        ('{"at": "2026-11-21T20:00:00.000Z", "message": "hello"}', "2026-11-21T20:00:00.000Z  : hello"),
        ('{"message": "x", "correlation_id": "a@b.example"}', "  : x"),
    ],
)
def test_that_any_line_of_a_log_can_be_told(line: str, told: str) -> None:
    assert log_line(line) == told


def test_that_stale_data_is_told_with_its_cadence(office: Desk, clock: Clock) -> None:
    clock.now = NOW + timedelta(hours=2)
    (contracts,) = (one for one in health(office).sync.classes if one.data_class == "contracts")
    assert (contracts.stale, contracts.age, contracts.cadence) == (
        True,
        timedelta(hours=2, minutes=5),
        timedelta(minutes=15),
    )
    assert contracts.next_due == clock.now
