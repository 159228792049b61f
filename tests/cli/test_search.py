"""`search`: what the one box finds, for scripts."""

from __future__ import annotations

import pytest
from sqlalchemy import Engine, text

from portal_admin.models.engine import writing
from tests.cli.people import RUTH
from tests.cli.spine import Cli
from tests.fixtures.operators import filling


def test_that_hits_are_json_lines_with_what_matched_and_the_place_to_open(cli: Cli) -> None:
    ran = cli("search", "12-45", "--json")
    assert ran.code == 0
    assert ran.rows[0] == {
        "kind": "contract",
        "title": "0012-0045",
        "detail": ran.rows[0]["detail"],
        "matched": "contract id without zeros and dashes",
        "target": "contract:0012-0045",
    }
    assert "Prairie Hauling LLC" in ran.rows[0]["detail"]
    assert ran.stderr == ""


def test_that_what_sounds_alike_is_found_on_every_site(cli: Cli) -> None:
    rows = cli("search", "Rooth", "--json").rows
    assert next((row["target"], row["matched"]) for row in rows if row["kind"] == "user") == (
        f"user:MAIN/{RUTH}",
        "sounds alike: Ruth",
    )


def test_that_several_words_need_no_quotes_and_filters_narrow(cli: Cli) -> None:
    rows = cli("search", "ruth", "olsen", "site:main", "--json").rows
    assert [row["target"] for row in rows] == [f"user:MAIN/{RUTH}"]


def test_that_none_found_is_an_answer_in_words_on_stderr(cli: Cli) -> None:
    for form in ([], ["--json"]):
        ran = cli("search", "nobody%", *form)
        assert (ran.code, ran.stdout, ran.stderr) == (0, b"", "None found.\n")


def test_that_people_read_a_table_and_are_told_of_more(cli: Cli) -> None:
    ran = cli("search", "ruth", "--limit", "1")
    assert ran.code == 0
    assert ran.stdout.decode().splitlines()[0].split() == ["Kind", "Found", "Details", "Matched", "Open"]
    assert "There are more of the kind user." in ran.stderr


@pytest.mark.parametrize(
    "words", [["search"], ["search", "x", "--limit", "0"], ["search", "x", "--limit", "y"]]
)
def test_that_a_mistyped_search_is_refused(cli: Cli, words: list[str]) -> None:
    ran = cli(*words, "--json")
    assert (ran.code, ran.error["kind"]) == (2, "usage")
    assert "--limit" not in words or ran.error["message"] == "--limit needs a number from 1 to 100."


def test_that_a_kind_that_could_not_be_looked_up_is_the_error_at_the_end(portal: Engine, cli: Cli) -> None:
    with writing(portal) as connection:
        connection.execute(text("drop table aspire_contact_search"))
    ran = cli("search", "0012-0045", "--json")
    assert ran.code == 3
    assert ran.rows[0]["target"] == "contract:0012-0045"
    assert ran.error["kind"] == "could_not_look"
    assert ran.error["message"].startswith("Could not look for contacts. ")
    nothing = cli("search", "nobody at all")
    assert (nothing.code, nothing.stdout) == (3, b"")
    assert "None found" not in nothing.stderr


def test_that_somebody_without_a_role_is_not_told_that_nothing_was_found(portal: Engine, cli: Cli) -> None:
    with filling(portal) as connection:
        connection.execute(text("update operator set role = null"))
    ran = cli("search", "ruth", "--json")
    assert ran.code == 1
    assert ran.error["kind"] == "not_allowed"
