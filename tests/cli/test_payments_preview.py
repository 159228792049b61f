"""`payments preview`: the charges as JSON for programs, a table for people, warnings never among the data."""

from __future__ import annotations

from typing import Any

import pytest

from tests.cli.spine import Cli

pytestmark = pytest.mark.databases("sqlite")
ON = ("--on", "2026-11-21")  # the portfolio's own day, whatever the day of the test


def preview(cli: Cli, *words: str) -> Any:
    return cli("payments", "preview", "--contract", "0012-0045", *words)


def test_that_programs_get_exactly_method_charges_and_rest(cli: Cli) -> None:
    ran = preview(cli, "--amount", "1100.00", *ON, "--json")
    assert ran.code == 0
    assert ran.row == {
        "method": "BalanceForward",
        "applied": [
            {
                "invoice": "INV-100",
                "due_date": "2026-11-01",
                "transaction_code": code,
                "open": open_,
                "applied": open_,
                "left": "0.00",
            }
            for code, open_ in (("RENT", "1000.00"), ("TAX", "50.00"), ("LATE", "25.00"))
        ]
        + [
            {
                "invoice": "INV-101",
                "due_date": "2026-12-01",
                "transaction_code": code,
                "open": open_,
                "applied": applied,
                "left": left,
            }
            for code, open_, applied, left in (
                ("RENT", "1000.00", "23.81", "976.19"),
                ("TAX", "50.00", "1.19", "48.81"),
            )
        ],
        "unapplied": "0.00",
    }


def test_that_warnings_go_beside_the_data(cli: Cli) -> None:
    ran = preview(cli, "--amount", "5000", "--on", "2026-10-01", "--json")
    assert ran.row == {"method": "BalanceForward", "applied": [], "unapplied": "5000.00"}
    assert "Due beyond the cash application window" in ran.stderr
    assert "That day is past" in ran.stderr


def test_that_people_read_a_table_with_the_method_in_words(cli: Cli) -> None:
    ran = preview(cli, "--amount", "2,500.00", *ON)
    out = ran.stdout.decode()
    assert "Balance Forward: The oldest invoice first" in out
    assert "INV-101" in out
    assert "2,500.00 USD would pay 6 charges, and 350.00 USD would stand as unapplied cash." in out


@pytest.mark.parametrize(
    ("words", "code", "kind"),
    [
        (["--amount", "1.005"], 1, "invalid_input"),
        (["--amount", "0"], 1, "invalid_input"),
        (["--amount", "1", "--on", "21.11.2026"], 2, "usage"),
    ],
)
def test_that_what_cannot_be_used_is_named(cli: Cli, words: list[str], code: int, kind: str) -> None:
    ran = preview(cli, *words, "--json")
    assert (ran.code, ran.error["kind"]) == (code, kind)
    assert words[-1] in ran.error["message"] or ran.error["field"] == "amount"


def test_that_none_and_could_not_look_are_different_answers(cli: Cli, sandbox: Any) -> None:
    none = cli("payments", "preview", "--contract", "12-45", "--amount", "1", "--json")
    assert (none.code, none.error["kind"]) == (1, "aspire_not_found")
    sandbox.fault(status=500)
    down = preview(cli, "--amount", "1", "--json")
    assert (down.code, down.error["kind"]) == (3, "could_not_look")
