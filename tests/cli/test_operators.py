"""Operators on the command line."""

from __future__ import annotations

from dataclasses import replace

from sqlalchemy import Engine

from portal_admin.domain.permissions import Role
from portal_admin.services import operators
from portal_admin.services.desk import Desk
from portal_admin.wiring import operator_name
from tests.cli.spine import Cli


def test_that_a_role_is_given_listed_and_taken(cli: Cli) -> None:
    added = cli("operators", "add", "casey", "--role", "csr", "--json")
    assert (added.code, added.row["name"], added.row["role"]) == (0, "casey", "CSR")
    assert set(added.row) == {"name", "role", "created_at", "created_by"}
    assert added.row["created_by"] == operator_name()
    assert added.row["created_at"].endswith("Z")
    gone = cli("operators", "set-role", "casey", "--role", "none", "--json")
    assert (gone.code, gone.row["role"]) == (0, None)
    listed = {row["name"]: row["role"] for row in cli("operators", "list", "--json").rows}
    assert (listed["casey"], listed["jdoe"]) == (None, "Administrator")


def test_that_who_is_an_operator_already_is_told_the_command_that_changes_the_role(cli: Cli) -> None:
    ran = cli("operators", "add", "JDOE", "--role", "csr", "--json")
    assert (ran.code, ran.error["rule"]) == (1, "unique_operator")
    assert "portal-admin operators set-role jdoe --role" in ran.error["message"]


def test_that_the_list_for_people_says_that_a_file_enforces_nothing(cli: Cli) -> None:
    ran = cli("operators", "list")
    assert b"jdoe" in ran.stdout
    assert "enforces nothing" in ran.stderr


def test_that_a_role_must_be_one_of_three(cli: Cli) -> None:
    assert cli("operators", "add", "casey", "--role", "root").code == 2
    assert cli("operators", "add", "casey", "--role", "none").code == 2


def test_that_who_has_no_role_is_told_what_an_administrator_runs(
    cli: Cli, desk: Desk, portal: Engine
) -> None:
    operators.set_role(replace(desk, engine=portal), name=operator_name(), role=None)
    ran = cli("users", "list", "--json")
    assert (ran.code, ran.error["kind"]) == (1, "not_allowed")
    assert f"portal-admin operators set-role {operator_name()} --role csr" in ran.error["message"]


def test_that_who_may_only_look_is_refused_and_nothing_changes(cli: Cli, desk: Desk, portal: Engine) -> None:
    operators.set_role(replace(desk, engine=portal), name=operator_name(), role=Role.READ_ONLY)
    ran = cli("operators", "set-role", "jdoe", "--role", "none", "--json")
    assert (ran.code, ran.error["kind"]) == (1, "not_allowed")
    assert "Administrators" in ran.error["message"]
    listed = {row["name"]: row["role"] for row in cli("operators", "list", "--json").rows}
    assert listed["jdoe"] == "Administrator"
