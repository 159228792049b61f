from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import keyring
import pytest
from keyring.backends import fail
from sqlalchemy import Engine, insert, select, text, update

from portal_admin.cli import run
from portal_admin.credentials import Secret, delete_passwords, remember_for_session, set_password
from portal_admin.domain.permissions import Role
from portal_admin.models import setting, sync_run, sync_state
from portal_admin.models.engine import reading, writing
from portal_admin.sandbox.portfolio import from_dict
from portal_admin.sandbox.server import Sandbox
from portal_admin.services import audit_heads
from portal_admin.services.doctor import CHECKS
from portal_admin.services.operators import add as add_operator
from portal_admin.services.sync import withheld
from portal_admin.settings import Profile, add_profile
from portal_admin.wiring import close_desk, examine_profile, open_desk, operator_name
from tests.services.conftest import RUTH
from tests.services.filled import add_site, add_user
from tests.services.payments.paying import portal_payment

NOW = datetime(2026, 11, 21, 20, tzinfo=UTC)
ASPIRE_CHECKS = {"capabilities", "clock_skew", "contract_values_job", "amortization_schedule"}
PORTFOLIO = {
    "Instance": {"InstanceId": "T1", "Version": "5.20.57", "Generation": 1, "Now": "2026-11-21T20:00:30Z"},
    "Settings": {
        "SaveCustomerAmortizationSchedule": True,
        "CalculateContractValuesJob": {"IsScheduled": True, "LastRun": "2026-11-21T10:00:00Z"},
    },
}


@pytest.fixture
def box() -> Iterator[Sandbox]:
    with Sandbox(from_dict(PORTFOLIO)) as box:
        yield box


@pytest.fixture
def healthy(box: Sandbox, engine: Engine, database_url: str) -> Sandbox:
    """A desk on which every check passes."""
    add_profile(Profile("uat", database_url, box.url, "sandbox"))
    set_password("uat", Secret.ASPIRE, "sandbox")
    synced(engine, NOW - timedelta(minutes=5))
    return box


def synced(engine: Engine, at: datetime) -> None:
    with writing(engine) as connection:
        connection.execute(text("delete from sync_state"))
        for name in ("accounts", "contacts", "contracts"):
            connection.execute(insert(sync_state).values(data_class=name, generation=1, confirmed_at=at))


def results(**expected: str) -> dict[str, str]:
    return dict.fromkeys((name for name, _ in CHECKS), "pass") | expected


def examined() -> dict[str, str]:
    return {finding.check: str(finding.result) for finding in examine_profile(clock=lambda: NOW)}


def message(check: str) -> str:
    (found,) = [one for one in examine_profile(clock=lambda: NOW) if one.check == check]
    return f"{found.message} {found.fix}"


@pytest.mark.usefixtures("healthy")
def test_that_a_healthy_desk_passes_every_check() -> None:
    assert examined() == results()


@pytest.mark.usefixtures("healthy")
def test_that_the_operator_is_named_with_the_role_or_with_the_way_to_one(engine: Engine) -> None:
    assert message("role").startswith(f"You are {operator_name()}, Administrator.")
    with writing(engine) as connection:
        connection.execute(text("update operator set role = null"))
    assert examined() == results(role="fail")
    assert f"portal-admin operators set-role {operator_name()} --role csr" in message("role")


@pytest.mark.usefixtures("healthy")
def test_that_a_line_of_the_audit_that_this_desk_saw_must_still_be_there(engine: Engine) -> None:
    desk = open_desk()
    add_operator(desk, name="robin", role=Role.CSR)
    audit_heads.remember(desk)
    close_desk(desk)
    assert examined() == results()
    assert "Line 1 of the audit is as this desk saw it." in message("audit_head")
    with writing(engine) as connection:
        connection.execute(text("delete from audit_event"))
    assert examined() == results(audit_head="fail")
    assert "portal-admin audit verify" in message("audit_head")


@pytest.mark.usefixtures("healthy")
def test_that_write_access_is_tried_and_nothing_is_kept(engine: Engine) -> None:
    examined()
    with reading(engine) as connection:
        assert connection.execute(select(setting)).all() == []


def test_that_without_a_profile_the_rest_is_still_examined() -> None:
    expected = dict.fromkeys(results(), "unknown")
    assert examined() == expected | {"profile": "fail", "keyring": "pass"}
    assert "profile add" in message("profile")


def test_that_a_missing_database_hides_nothing_about_aspire(box: Sandbox) -> None:
    add_profile(Profile("uat", "sqlite:////nowhere/portal.db", box.url, "sandbox"))
    set_password("uat", Secret.ASPIRE, "sandbox")
    needed = ("schema", "role", "audit_head", "sync_age", "mail", "payments", "write_access")
    unknown = dict.fromkeys(needed, "unknown")
    assert examined() == results(database="fail", **unknown)
    assert "db upgrade" in message("database")


@pytest.mark.usefixtures("healthy")
def test_that_an_old_schema_is_told(engine: Engine) -> None:
    with writing(engine) as connection:
        connection.execute(text("update alembic_version set version_num = '0001'"))
    assert examined() == results(schema="fail")


def test_that_an_aspire_that_is_down_hides_nothing_about_the_database(
    database_url: str, engine: Engine
) -> None:
    add_profile(Profile("uat", database_url, "http://127.0.0.1:9", "sandbox"))
    set_password("uat", Secret.ASPIRE, "sandbox")
    synced(engine, NOW)
    unknown = dict.fromkeys(ASPIRE_CHECKS | {"signed_in"}, "unknown")
    assert examined() == results(aspire="fail", **unknown)


def test_that_a_profile_without_aspire_is_told(database_url: str, engine: Engine) -> None:
    add_profile(Profile("uat", database_url))
    synced(engine, NOW)
    assert examined()["aspire"] == "fail"


def test_that_what_the_environment_alone_lacks_of_aspire_is_set_there(
    database_url: str, engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PORTAL_ADMIN_DATABASE_URL", database_url)
    told = message("aspire")
    assert "Set PORTAL_ADMIN_ASPIRE_URL and PORTAL_ADMIN_ASPIRE_USER" in told
    assert "profile add" not in told


@pytest.mark.usefixtures("healthy")
def test_that_a_database_from_the_environment_leaves_the_aspire_of_the_profile(
    tmp_path: Path, migrated_file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = shutil.copy(migrated_file, tmp_path / "other.db")
    monkeypatch.setenv("PORTAL_ADMIN_DATABASE_URL", f"sqlite:///{other}")
    assert examined() == results(sync_age="fail")


@pytest.mark.usefixtures("healthy")
def test_that_a_wrong_password_is_no_unreachable_aspire() -> None:
    set_password("uat", Secret.ASPIRE, "wrong")
    assert examined() == results(signed_in="fail", **dict.fromkeys(ASPIRE_CHECKS, "unknown"))
    assert "portal-admin signin" in message("signed_in")


def test_that_what_this_aspire_lacks_is_advice(healthy: Sandbox) -> None:
    healthy.instance(Capabilities=["Settings", "Invoices"])
    assert examined() == results(capabilities="advice")
    assert "Payments" in message("capabilities")


@pytest.mark.parametrize("seconds", [-600, 600])
def test_that_clocks_far_apart_are_told(seconds: int, healthy: Sandbox) -> None:
    healthy.instance(Now=(NOW + timedelta(seconds=seconds)).isoformat().replace("+00:00", "Z"))
    assert examined() == results(clock_skew="fail")
    assert ("behind" if seconds < 0 else "ahead of") in message("clock_skew")


@pytest.mark.usefixtures("healthy")
def test_that_a_snapshot_older_than_twice_its_cadence_is_told(engine: Engine) -> None:
    synced(engine, NOW - timedelta(minutes=30))
    assert examined() == results()
    synced(engine, NOW - timedelta(minutes=31))
    assert examined() == results(sync_age="fail")


@pytest.mark.usefixtures("healthy")
def test_that_a_snapshot_never_read_is_told(engine: Engine) -> None:
    with writing(engine) as connection:
        connection.execute(text("delete from sync_state"))
    assert examined() == results(sync_age="fail")


@pytest.mark.usefixtures("healthy")
def test_that_records_kept_from_the_sync_s_login_are_advice(engine: Engine) -> None:
    told = withheld.warning(3, "contracts", full=False)
    row = {"started_at": NOW, "full": False, "outcome": "done", "message": told, "operator": "tester"}
    with writing(engine) as connection:
        connection.execute(insert(sync_run).values(row))
    assert examined() == results(sync_age="advice")
    assert "ASPIRE kept 3 records from the sync's login" in message("sync_age")


@pytest.mark.usefixtures("healthy")
def test_that_a_restored_aspire_asks_for_a_full_sync(engine: Engine) -> None:
    with writing(engine) as connection:
        connection.execute(
            insert(sync_run).values(started_at=NOW, full=False, outcome="restored", operator="tester")
        )
    assert examined() == results(sync_age="fail")
    assert "sync --full" in message("sync_age")


@pytest.fixture
def read_from(healthy: Sandbox, engine: Engine) -> None:
    """Generation 1 was synced five minutes ago."""
    with writing(engine) as connection:
        connection.execute(update(sync_state).values(watermark=NOW - timedelta(minutes=6)))


@pytest.mark.usefixtures("read_from")
def test_that_another_generation_is_told_before_any_sync_met_it(healthy: Sandbox) -> None:
    assert examined() == results()
    healthy.instance(Generation=2)
    assert examined() == results(sync_age="fail")
    assert "ASPIRE was restored from a backup" in message("sync_age")
    assert "sync --full`, and tell the vendor" in message("sync_age")


@pytest.mark.usefixtures("read_from")
def test_that_a_clock_that_went_back_with_a_restore_sends_nobody_to_the_time_service(
    healthy: Sandbox,
) -> None:
    healthy.restore(3600)
    assert examined() == results(sync_age="fail", clock_skew="advice")
    assert "time service" not in message("clock_skew")
    assert "restored backup" in message("clock_skew")


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"SaveCustomerAmortizationSchedule": False}, {"amortization_schedule": "advice"}),
        ({"SaveCustomerAmortizationSchedule": None}, {"amortization_schedule": "unknown"}),
        ({"CalculateContractValuesJob": {"IsScheduled": False}}, {"contract_values_job": "fail"}),
        ({"CalculateContractValuesJob": None}, {"contract_values_job": "unknown"}),
        (
            {"CalculateContractValuesJob": {"IsScheduled": True, "LastRun": "2026-11-18T10:00:00Z"}},
            {"contract_values_job": "advice"},
        ),
        (
            {"CalculateContractValuesJob": {"IsScheduled": True, "LastRunSucceeded": False}},
            {"contract_values_job": "fail"},
        ),
    ],
)
def test_that_aspire_s_configuration_is_examined(
    change: dict[str, Any], expected: dict[str, str], healthy: Sandbox
) -> None:
    healthy.settings(PORTFOLIO["Settings"] | change)
    assert examined() == results(**expected)


@pytest.mark.usefixtures("healthy")
def test_that_no_keyring_matters_less_when_the_environment_gives_the_password(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    keyring.set_keyring(fail.Keyring())  # type: ignore[no-untyped-call]
    unknown = dict.fromkeys(ASPIRE_CHECKS | {"aspire"}, "unknown")
    assert examined() == results(keyring="fail", signed_in="fail", **unknown)
    assert "Set PORTAL_ADMIN_ASPIRE_PASSWORD" in message("signed_in")
    monkeypatch.setenv("PORTAL_ADMIN_ASPIRE_PASSWORD", "sandbox")
    assert examined() == results(keyring="advice")
    monkeypatch.setenv("PORTAL_ADMIN_ASPIRE_PASSWORD", "wrong")
    assert "Correct PORTAL_ADMIN_ASPIRE_PASSWORD." in message("signed_in")


@pytest.mark.usefixtures("healthy")
def test_that_without_a_password_nothing_is_said_of_an_aspire_that_was_not_asked() -> None:
    delete_passwords("uat")
    unknown = dict.fromkeys(ASPIRE_CHECKS | {"aspire"}, "unknown")
    assert examined() == results(signed_in="fail", **unknown)
    assert message("signed_in").endswith("Run `portal-admin signin`.")


@pytest.mark.usefixtures("healthy")
def test_that_a_typed_password_that_is_wrong_points_to_the_environment_where_nothing_keeps_it(
    engine: Engine,
) -> None:
    keyring.set_keyring(fail.Keyring())  # type: ignore[no-untyped-call]
    remember_for_session("uat", Secret.ASPIRE, "wrong")
    assert message("signed_in").endswith("Set PORTAL_ADMIN_ASPIRE_PASSWORD.")


@pytest.mark.usefixtures("healthy")
def test_that_a_database_that_refuses_changes_fails_the_write_alone(engine: Engine) -> None:
    with writing(engine) as connection:
        connection.execute(
            text("create trigger stop before insert on field_note begin select raise(abort, 'no'); end")
        )
    assert examined() == results(write_access="fail")


def test_that_an_aspire_that_cannot_be_reached_is_no_refusal_but_hides_none(
    healthy: Sandbox, database_url: str, engine: Engine, capsys: pytest.CaptureFixture[str]
) -> None:
    add_profile(Profile("uat", database_url, "http://127.0.0.1:9", "sandbox"), change=True)
    synced(engine, datetime.now(UTC))
    assert run(["doctor", "--json"]) == 3
    lines = {line["check"]: line for line in map(json.loads, capsys.readouterr().out.splitlines())}
    assert lines["aspire"]["result"] == "fail"
    assert set(lines["aspire"]) == {"check", "result", "message", "fix"}
    synced(engine, NOW - timedelta(days=400))
    assert run(["doctor"]) == 1
    add_profile(Profile("uat", database_url), change=True)
    synced(engine, datetime.now(UTC))
    assert run(["doctor"]) == 1


def test_that_the_command_prints_a_line_for_each_check(
    healthy: Sandbox, engine: Engine, capsys: pytest.CaptureFixture[str]
) -> None:
    now = datetime.now(UTC)
    healthy.instance(Now=now.isoformat().replace("+00:00", "Z"))
    synced(engine, now)
    job = {"IsScheduled": True, "LastRun": now.isoformat().replace("+00:00", "Z")}
    healthy.settings(PORTFOLIO["Settings"] | {"CalculateContractValuesJob": job})
    assert run(["doctor", "--json"]) == 0
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert {line["check"]: line["result"] for line in lines} == results()
    assert set(lines[0]) == {"check", "result", "message", "fix"}
    healthy.settings({})
    assert run(["doctor"]) == 3
    healthy.settings({"CalculateContractValuesJob": {"IsScheduled": False}})
    assert run(["doctor"]) == 1
    assert "schedule a daily job with the task Calculate Contract Values" in capsys.readouterr().out
    healthy.settings({"CalculateContractValuesJob": job, "SaveCustomerAmortizationSchedule": False})
    assert run(["doctor"]) == 0
    told = capsys.readouterr().out
    assert "set ASPIRE's Save Customer Amortization Schedule to Yes." in told
    assert f"The last complete reading was at {now:%Y-%m-%d %H:%M} UTC." in told


@pytest.mark.usefixtures("healthy")
def test_that_payments_that_wait_for_too_long_are_named(engine: Engine) -> None:
    with writing(engine) as connection:
        main = add_site(connection, "PAY", [], unlabelled=True)
        add_user(connection, main, RUTH, [(1, "A-001")])
    portal_payment(engine, "P-0001", requested_at=NOW - timedelta(minutes=5))
    assert examined()["payments"] == "pass"
    portal_payment(engine, "P-0002", requested_at=NOW - timedelta(hours=1))
    portal_payment(engine, "D-0003", requested_at=NOW, sending="unknown", origin="desk")
    assert examined()["payments"] == "fail"
    assert "payment P-0002, D-0003." in message("payments")


def test_that_a_policy_that_aspire_contradicts_is_advice(healthy: Sandbox, engine: Engine) -> None:
    with writing(engine) as connection:
        add_site(connection, "PAY", [], unlabelled=True)
    healthy.settings({"PaymentsEnabled": False, "BankAccountPolicy": "AllowOnlyExisting"})
    assert examined()["payments"] == "advice"
    told = message("payments")
    assert "switched off for the company, but they are on for" in told
    assert "allows any" in told
