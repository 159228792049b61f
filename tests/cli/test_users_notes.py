"""Notes on calls on the command line."""

from __future__ import annotations

import pytest

from portal_admin.wiring import operator_name
from tests.cli.people import ON_RUTH
from tests.cli.spine import Cli

pytestmark = pytest.mark.databases("sqlite")


def test_that_a_note_is_written_and_listed(cli: Cli) -> None:
    done = cli("users", "note", *ON_RUTH, "--contract", "0012-0045", "--note", "Asks where it is.", "--json")
    assert done.code == 0
    assert done.row["note"] == "Asks where it is."
    assert done.row["contract_id"] == "0012-0045"
    assert done.row["operator"] == operator_name()
    listed = cli("users", "notes", *ON_RUTH, "--json")
    assert listed.rows == [done.row]
    assert "Asks where it is." in cli("users", "notes", *ON_RUTH).stdout.decode()


def test_that_an_empty_note_is_refused_by_its_field(cli: Cli) -> None:
    ran = cli("users", "note", *ON_RUTH, "--note", " ", "--json")
    assert (ran.code, ran.error["field"]) == (1, "note")
    assert "No notes" in cli("users", "notes", *ON_RUTH).stderr
