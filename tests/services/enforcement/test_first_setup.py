"""Setting up a portal on a server: the first Administrator, and what the database then enforces."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator

import pytest
from alembic import command
from sqlalchemy import select, text, update

from portal_admin.cli import run
from portal_admin.domain.permissions import Role
from portal_admin.domain.verdict import Result
from portal_admin.models import audit_event, operator
from portal_admin.models.enforcement import TRIGGERS
from portal_admin.models.engine import open_engine, reading
from portal_admin.models.schema import migration_config
from portal_admin.services import database
from portal_admin.services.doctor import Finding, Patient, examine
from portal_admin.settings import Profile
from tests.fixtures.database import PostgresDatabases
from tests.fixtures.operators import appoint, filling
from tests.fixtures.postgres import OWNER
from tests.services.enforcement.conftest import EnforcedPortal, run_script

pytestmark = pytest.mark.databases("postgresql")


@pytest.fixture
def empty_url(databases: PostgresDatabases, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """A database without a table, and an environment that names it."""
    with databases.server.administering() as connection:
        connection.execute("drop database if exists empty")
        connection.execute(f"create database empty owner {OWNER} template template0")
    url = databases.server.url("empty", user=OWNER)
    monkeypatch.setenv("PORTAL_ADMIN_DATABASE_URL", url)
    monkeypatch.setenv("PORTAL_ADMIN_DATABASE_PASSWORD", "not asked for")
    yield url
    with databases.server.administering() as connection:
        connection.execute("drop database empty with (force)")


def test_that_whoever_sets_the_portal_up_is_its_first_administrator_with_an_audit_line(
    empty_url: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["db", "upgrade"]) == 0
    assert "db grants" in capsys.readouterr().out
    engine = open_engine(empty_url)
    with reading(engine) as connection:
        assert connection.execute(select(operator.c.name, operator.c.role)).all() == [
            (OWNER, "Administrator")
        ]
        (line,) = connection.execute(select(audit_event)).all()
    engine.dispose()
    assert (line.action, line.operator, line.subject) == ("operator.add", OWNER, OWNER)
    assert run(["operators", "add", "casey", "--role", "csr", "--json"]) == 0
    assert run(["audit", "verify"]) == 0
    assert run(["db", "check", "--json"]) == 0
    checks = [json.loads(line) for line in capsys.readouterr().out.splitlines() if line.startswith("{")]
    assert {"check": "enforcement", "result": "pass", "message": "In order."} in checks


@pytest.mark.usefixtures("empty_url")
def test_that_the_script_that_is_run_by_hand_makes_the_same(databases: PostgresDatabases) -> None:
    config = migration_config()
    config.attributes["dialect"] = "postgresql"
    config.output_buffer = io.StringIO()
    command.upgrade(config, "head", sql=True)
    run_script(databases.server, "empty", config.output_buffer.getvalue())
    assert all(one.passed for one in database.check(databases.server.url("empty")))


def test_that_the_check_looks_for_every_trigger_there_is(portal: EnforcedPortal) -> None:
    every = text("select tgname from pg_trigger where not tgisinternal order by tgname")
    with reading(portal.owner) as connection:
        assert tuple(connection.execute(every).scalars()) == TRIGGERS


@pytest.mark.parametrize(
    "statement",
    [
        "alter table audit_event disable trigger audit_event_kept",
        "drop trigger end_user_needs_audit on end_user",
        "alter table setting enable replica trigger setting_needs_audit",
    ],
)
def test_that_check_notices_what_no_longer_enforces(portal: EnforcedPortal, statement: str) -> None:
    with portal.owner.begin() as connection:
        connection.execute(text(statement))
    failed = [one.check for one in database.check(portal.url) if not one.passed]
    assert failed == ["enforcement"]


def test_that_check_names_a_table_that_somebody_dropped(portal: EnforcedPortal) -> None:
    with portal.owner.begin() as connection:
        connection.execute(text("drop table field_note"))
    (found,) = (one for one in database.check(portal.url) if one.check == "schema")
    assert "table field_note" in found.message
    assert "restore a backup" in found.message
    assert "portal-admin db restore" not in found.message


@pytest.mark.parametrize(("role", "result"), [(Role.READ_ONLY, Result.ADVICE), (Role.CSR, Result.PASS)])
def test_that_the_doctor_tries_to_write_only_what_the_role_may(
    portal: EnforcedPortal, role: Role, result: Result
) -> None:
    found = {finding.check: finding.result for finding in examined(portal, role)}
    assert (found["write_access"], found["schema"]) == (result, Result.PASS)


def test_that_the_doctor_says_when_the_grants_are_older_than_the_roles(portal: EnforcedPortal) -> None:
    def found() -> Finding:
        return next(one for one in examined(portal, Role.READ_ONLY) if one.check == "role")

    portal.enforce()
    assert (found().result, found().message) == (Result.PASS, "You are rhea, Read-only.")
    appoint(portal.owner, "dora", Role.CSR)
    apart = found()
    assert (apart.result, apart.message) == (
        Result.ADVICE,
        "You are rhea, Read-only. The roles of the server do not fit: dora.",
    )
    assert "portal-admin db grants" in str(apart.fix)
    portal.enforce()
    assert found().result is Result.PASS
    with filling(portal.owner) as connection:
        connection.execute(update(operator).where(operator.c.name == "dora").values(role=None))
    assert found().result is Result.ADVICE
    portal.enforce()
    assert found().result is Result.PASS


def examined(portal: EnforcedPortal, role: Role) -> tuple[Finding, ...]:
    """What the doctor finds at the desk of the operator of that role."""
    desk = portal.desk(role)
    profile = Profile("test", portal.url)
    patient = Patient(
        profile, lambda: desk.engine, desk.aspire, lambda: "a keyring", True, desk.clock, desk.operator
    )
    return tuple(examine(patient))
