"""Verifying callers on the command line."""

from __future__ import annotations

from dataclasses import replace

import pytest
from sqlalchemy import Engine, update

from portal_admin.domain.permissions import Role
from portal_admin.domain.verification import Method
from portal_admin.models import end_user
from portal_admin.models.engine import writing
from portal_admin.services import verification
from portal_admin.services.desk import Desk
from portal_admin.wiring import operator_name, utc_now
from tests.cli.people import CALLED, ON_RUTH, RUTH
from tests.cli.spine import Cli
from tests.fixtures.operators import appoint
from tests.services.filled import audit_rows, everything

ACTIONS = [("users", "reset", *ON_RUTH), ("users", "change-email", *ON_RUTH, "--to", "r@new.example")]


@pytest.mark.parametrize("words", ACTIONS)
def test_that_a_caller_is_verified_first_and_the_refusal_can_be_typed(
    cli: Cli, portal: Engine, words: tuple[str, ...]
) -> None:
    before = everything(portal)
    ran = cli(*words, "--json")
    assert (ran.code, ran.error["rule"]) == (1, "caller_verification")
    assert f"portal-admin users verify --site MAIN --email {RUTH} --method" in ran.error["message"]
    assert everything(portal) == before
    done = cli("users", "verify", *ON_RUTH, "--method", "code", "--note", "text to the old mobile", "--json")
    assert done.code == 0
    assert done.row | {"method": "code", "note": "text to the old mobile", "by": operator_name()} == done.row
    assert set(done.row) == {"method", "note", "by", "at", "until"}
    assert cli(*words).code == 0
    assert audit_rows(portal)[0].action == "caller.verify"


@pytest.mark.parametrize("words", ACTIONS)
def test_that_verifying_and_acting_in_one_go_is_one_operation_with_two_lines(
    cli: Cli, portal: Engine, words: tuple[str, ...]
) -> None:
    assert cli(*words, *CALLED).code == 0
    recorded, done, *_ = audit_rows(portal)
    assert (recorded.action, recorded.after["note"]) == ("caller.verify", "402-555-0142")
    assert recorded.operation_id == done.operation_id
    assert done.after["verification"]["by"] == operator_name()


def test_that_an_old_address_is_reactivated_in_one_go_with_verifying(cli: Cli) -> None:
    cli("users", "change-email", *ON_RUTH, "--to", "r@new.example", *CALLED)
    assert cli("users", "reactivate", *ON_RUTH, *CALLED, "--json").row["status"] == "Active"


def test_that_an_approval_is_a_colleagues(cli: Cli, desk: Desk, portal: Engine) -> None:
    own = cli("users", "verify", *ON_RUTH, "--method", "approval")
    assert own.code == 0
    assert "any operator but you" in own.stderr
    assert cli("users", "reset", *ON_RUTH).code == 1
    assert cli("users", "reset", *ON_RUTH, "--verified", "approval").code == 2
    appoint(portal, "casey", Role.CSR)
    colleague = replace(desk, engine=portal, operator="casey", clock=utc_now)
    verification.verify(colleague, site="MAIN", email=RUTH, method=Method.APPROVAL)
    assert cli("users", "reset", *ON_RUTH).code == 0
    assert audit_rows(portal)[-1].after["verification"]["by"] == "casey"


@pytest.mark.parametrize("words", ACTIONS)
def test_that_a_note_without_a_method_is_a_slip(cli: Cli, words: tuple[str, ...]) -> None:
    assert cli(*words, "--note", "x").code == 2


def test_that_a_reset_soon_after_an_email_change_is_listed(cli: Cli, portal: Engine) -> None:
    assert cli("users", "change-email", *ON_RUTH, "--to", "r@new.example", *CALLED).code == 0
    on_new = ("--site", "MAIN", "--email", "r@new.example")
    assert cli("users", "show", *on_new, "--json").row["flags"] == []
    with writing(portal) as connection:
        connection.execute(
            update(end_user).where(end_user.c.email == "r@new.example").values(status="Active")
        )
    assert cli("users", "reset", *on_new, *CALLED).code == 0
    flag = "reset within 24 hours of an email change"
    assert cli("users", "show", *on_new, "--json").row["flags"] == [flag]
    assert cli("users", "show", *ON_RUTH, "--json").row["flags"] == [flag]
    assert flag in cli("users", "show", *on_new).stdout.decode()
    assert audit_rows(portal)[-1].after["flag"] == flag
