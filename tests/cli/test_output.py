from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from portal_admin.cli.output import Output, text_of
from portal_admin.domain.people import Status
from portal_admin.errors import Refused

NAME = {"Name": lambda row: row}


@dataclass(frozen=True, slots=True)
class Fact:
    amount: Decimal
    at: datetime
    on: date
    status: Status
    absent: str | None = None


def test_that_json_has_amounts_as_text_and_instants_in_utc(capsys: pytest.CaptureFixture[str]) -> None:
    fact = Fact(Decimal("10.50"), datetime(2026, 11, 21, 20, tzinfo=UTC), date(2026, 11, 1), Status.ACTIVE)
    Output(json=True).document(fact)
    assert capsys.readouterr().out == (
        '{"amount":"10.50","at":"2026-11-21T20:00:00Z","on":"2026-11-01","status":"Active","absent":null}\n'
    )


def test_that_columns_are_aligned_whatever_the_script(capsys: pytest.CaptureFixture[str]) -> None:
    Output(json=False).rows(["a", "漢字", "é"], columns={"Name": lambda row: row, "End": lambda _row: "|"})
    assert capsys.readouterr().out.splitlines() == ["Name  End", "a     |", "漢字  |", "é     |"]


def test_that_hostile_names_cannot_drive_the_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    hostile = "Robin\x1b[2J\x07\u202etxt.exe\x9b31m\nline two"
    Output(json=False).rows([hostile], columns=NAME)
    printed = capsys.readouterr().out
    assert printed.count("\n") == 2
    assert not {"\x1b", "\x07", "\u202e", "\x9b"} & set(printed)


def test_that_rows_stream(capsys: pytest.CaptureFixture[str]) -> None:
    def rows() -> Iterator[str]:
        for number in range(300):
            yield str(number)
        raise Refused("enough", rule="test")

    with pytest.raises(Refused):
        Output(json=True).rows(rows(), columns=NAME)
    assert [json.loads(line) for line in capsys.readouterr().out.splitlines()] == [str(n) for n in range(300)]


def test_that_the_number_of_rows_is_known(capsys: pytest.CaptureFixture[str]) -> None:
    assert Output(json=True).rows(["a", "b"], columns=NAME) == 2
    assert Output(json=False).rows((str(n) for n in range(500)), columns=NAME) == 500
    assert Output(json=True).rows([], columns=NAME) == 0


def test_that_no_rows_is_a_message_and_no_data(capsys: pytest.CaptureFixture[str]) -> None:
    Output(json=False).rows([], columns=NAME, empty="None found.")
    captured = capsys.readouterr()
    assert (captured.out, captured.err) == ("", "None found.\n")


def test_that_an_error_is_one_line_of_json_and_names_its_rule(capsys: pytest.CaptureFixture[str]) -> None:
    Output(json=True).error(Refused("Two\nlines.", rule="last_link", source="managing-portal-users"))
    captured = capsys.readouterr()
    assert json.loads(captured.out) == {
        "error": {
            "kind": "refused",
            "title": "Refused",
            "message": "Two\nlines.",
            "rule": "last_link",
            "source": "managing-portal-users",
        }
    }
    assert captured.err == "Refused\nTwo\nlines.\n"


def test_that_values_read_as_people_write_them() -> None:
    assert [text_of(value) for value in (None, True, False, ("a", 1), Decimal("1.50"))] == [
        "",
        "yes",
        "no",
        "a, 1",
        "1.50",
    ]
