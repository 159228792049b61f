"""`requests list | show | update` from end to end."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import Engine

from portal_admin.domain.permissions import Role
from portal_admin.sandbox.server import Sandbox
from portal_admin.services import operators
from portal_admin.services.desk import Desk
from portal_admin.wiring import operator_name
from tests.cli.people import INA, PAUL, RUTH
from tests.cli.spine import Cli
from tests.fixtures.operators import appoint
from tests.services.requests.asked import NO_CONTRACT, ask, change

pytestmark = pytest.mark.databases("sqlite")
FIELDS = {
    "number",
    "site",
    "email",
    "name",
    "contract_id",
    "kind",
    "subject",
    "message",
    "status",
    "assigned_to",
    "requested_at",
    "due_at",
    "overdue",
    "closed_at",
    "hand_over",
    "handed_over_at",
    "comment_oid",
    "version",
}


@pytest.fixture
def queue(portal: Engine) -> dict[str, str]:
    """A late request of Ruth's, one of Paul's that is due later, one of Ina's that waits, and a closed one."""
    now = datetime.now(UTC)
    hour = timedelta(hours=1)
    return {
        "late": ask(portal, RUTH, kind="payoff_quote", due_at=now - 2 * hour, requested_at=now - 30 * hour),
        "later": ask(portal, PAUL, due_at=now + 9 * hour, **NO_CONTRACT),
        "waiting": ask(portal, INA, status="Waiting", due_at=now - hour, assigned_to=operator_name()),
        "done": ask(portal, RUTH, status="Done", closed_at=now - hour, due_at=now - hour),
    }


def numbers(cli: Cli, *words: str) -> list[str]:
    return [row["number"] for row in cli("requests", "list", *words, "--json").rows]


def test_that_the_queue_is_listed_for_people_by_urgency_and_for_programs_in_order(
    cli: Cli, queue: dict[str, str]
) -> None:
    ran = cli("requests", "list")
    lines = ran.stdout.decode().splitlines()
    assert [line.split()[0] for line in lines] == [
        "Request",
        queue["late"],
        queue["later"],
        queue["waiting"],
        queue["done"],
    ]
    assert "overdue by 2 h" in lines[1]
    assert "waiting, past due" in lines[3]
    listed = cli("requests", "list", "--json")
    assert [row["email"] for row in listed.rows] == sorted(row["email"] for row in listed.rows)
    assert all(set(row) == FIELDS for row in listed.rows)
    (row,) = cli("requests", "list", "--email", RUTH, "--open", "--json").rows
    assert (row["kind"], row["status"], row["overdue"], row["version"]) == ("payoff_quote", "New", True, 1)
    assert (row["contract_id"], row["comment_oid"]) == ("0012-0045", None)
    assert row["due_at"].endswith("Z")


def test_that_every_filter_of_the_list_narrows_it(cli: Cli, queue: dict[str, str]) -> None:
    late, later, waiting, done = (queue[name] for name in ("late", "later", "waiting", "done"))
    for words, wanted in (
        (("--open",), {late, later, waiting}),
        (("--status", "done", "--status", "waiting"), {done, waiting}),
        (("--kind", "payoff-quote"), {late}),
        (("--mine",), {waiting}),
        (("--assigned-to", operator_name().upper()), {waiting}),
        (("--unassigned", "--open"), {late, later}),
        (("--overdue",), {late}),
        (("--site", "main", "--email", PAUL), {later}),
        (("--limit", "1"), {late}),
        (("--site", "PRAIRIE"), set()),
    ):
        assert set(numbers(cli, *words)) == wanted, words
    assert cli("requests", "list", "--limit", "0").code == 2
    assert cli("requests", "list", "--status", "lost").code == 2
    nowhere = cli("requests", "list", "--site", "WEST", "--json")
    assert (nowhere.code, nowhere.error["kind"]) == (1, "not_found")


def test_that_a_request_is_worked_on_from_assigning_to_done(cli: Cli, portal: Engine) -> None:
    appoint(portal, "casey", Role.CSR)
    number = ask(portal, message="Line one\nline \x1b[31mtwo")
    ran = cli("requests", "update", number, "--assign", "CASEY", "--status", "in-progress", "--json")
    assert (ran.code, ran.row["assigned_to"], ran.row["status"], ran.row["version"]) == (
        0,
        "casey",
        "In Progress",
        3,
    )
    done = cli(
        "requests", "update", "1", "--note", "Called her.", "--status", "done", "--reply", "Sent.", "--json"
    )
    assert (done.code, done.row["status"], done.row["closed_at"] is None) == (0, "Done", False)
    assert [(note["for_caller"], note["note"]) for note in done.row["notes"]] == [
        (False, "Called her."),
        (True, "Sent."),
    ]
    assert done.row["history"][0]["what"] == (f"Changed service request {number}: In Progress → Done")
    shown = cli("requests", "show", "sr1")
    assert shown.code == 0
    assert "Line one line \ufffd[31mtwo" in shown.stdout.decode()
    assert "not handed over" in shown.stdout.decode()
    assert cli("requests", "update", number, "--unassign", "--json").row["assigned_to"] is None


def test_that_what_is_wrong_is_told_and_nothing_is_changed(cli: Cli, portal: Engine) -> None:
    number = ask(portal)
    for words, kind, says in (
        (("--status", "done", "--reply", "x"), "refused", "Start work first"),
        (("--assign", "zoe"), "not_found", "There is no operator zoe"),
        (("--reply", "x" * 2001), "invalid_input", "at most 2,000"),
        (("--unassign", "--version", "7"), "conflict", "Somebody else changed"),
    ):
        ran = cli("requests", "update", number, *words, "--json")
        assert (ran.code, ran.error["kind"]) == (1, kind), words
        assert says in ran.error["message"]
    assert cli("requests", "update", number).code == 2
    assert cli("requests", "update", number, "--status", "new").code == 2
    missing = cli("requests", "show", "99", "--json")
    assert (missing.code, missing.error["kind"]) == (1, "not_found")
    assert cli("requests", "show", "abc", "--json").error["field"] == "number"
    assert cli("requests", "show", number, "--json").row["version"] == 1


def test_that_who_may_only_look_may_list_and_show_and_nothing_else(
    cli: Cli, desk: Desk, portal: Engine
) -> None:
    number = ask(portal)
    operators.set_role(replace(desk, engine=portal), name=operator_name(), role=Role.READ_ONLY)
    assert numbers(cli) == [number]
    ran = cli("requests", "update", number, "--status", "in-progress", "--json")
    assert (ran.code, ran.error["kind"]) == (1, "not_allowed")
    ran = cli("requests", "update", number, "--hand-over", "--json")
    assert "CSRs and Administrators" in ran.error["message"]


def test_that_a_request_is_handed_over_once(cli: Cli, portal: Engine, sandbox: Sandbox) -> None:
    number = ask(portal)
    ran = cli("requests", "update", number, "--hand-over", "--json")
    assert (ran.code, ran.row["hand_over"]) == (0, "sent")
    record = sandbox.record("Comments", ran.row["comment_oid"])
    assert record is not None
    assert (record["ReferenceNumber"], record["RequestedBy"]) == (number, RUTH)
    again = cli("requests", "update", number, "--hand-over", "--json")
    assert (again.code, again.error["rule"]) == (1, "hand_over")
    alone = cli("requests", "update", ask(portal, **NO_CONTRACT), "--hand-over", "--json")
    assert (alone.code, "names no contract" in alone.error["message"]) == (1, True)


def test_that_an_unknown_outcome_is_exit_3_until_show_has_read_it_back(
    cli: Cli, portal: Engine, sandbox: Sandbox
) -> None:
    number = ask(portal)
    sandbox.fault(operation="createComment", status=500, times=1)
    ran = cli("requests", "update", number, "--hand-over", "--json")
    assert (ran.code, ran.error["kind"]) == (3, "aspire_unknown")
    absent = cli("requests", "show", number, "--json")
    assert (absent.code, absent.row["hand_over"]) == (3, "unknown")
    assert f"portal-admin requests update {number} --hand-over" in absent.stderr
    sandbox.fault(operation="getComments", status=500)
    blind = cli("requests", "show", number, "--json")
    assert (blind.code, blind.row["hand_over"]) == (3, "unknown")
    assert "could not be looked up" in blind.stderr
    sandbox.clear_faults()
    assert cli("requests", "update", number, "--hand-over", "--json").row["hand_over"] == "sent"
    # A desk that died while it was sending: whoever shows the request learns what became of it.
    change(
        portal, number, hand_over="sending", comment_oid=None, handed_over_at=datetime(2026, 1, 1, tzinfo=UTC)
    )
    found = cli("requests", "show", number, "--json")
    assert (found.code, found.row["hand_over"], found.row["comment_oid"] is None) == (0, "sent", False)
