"""The case for the vendor on the command line."""

from __future__ import annotations

import pytest

from tests.cli.people import ON_RUTH
from tests.cli.spine import Cli

pytestmark = pytest.mark.databases("sqlite")


def test_that_a_case_is_printed_for_people_and_for_programs(cli: Cli) -> None:
    shown = cli("access", "case-pack", *ON_RUTH, "--contract", "0012-0045")
    assert shown.code == 0
    text = shown.stdout.decode()
    assert "Verdict: " in text
    packed = cli("access", "case-pack", *ON_RUTH, "--contract", "0012-0045", "--json").row["text"]
    assert [line.rstrip() for line in packed.splitlines()][3:] == text.splitlines()[3:]


def test_that_nobody_has_no_case(cli: Cli) -> None:
    ran = cli("access", "case-pack", "--site", "MAIN", "--email", "nobody@x.example", "--json")
    assert (ran.code, ran.error["kind"]) == (1, "not_found")
