"""Working on service requests: who has one, its status, its notes, and what the audit keeps of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from portal_admin.domain.permissions import Role
from portal_admin.domain.service_requests import RequestStatus
from portal_admin.errors import Conflict, InvalidInput, NotFound, Refused
from portal_admin.services.desk import Desk
from portal_admin.services.requests import show, work
from tests.fixtures.operators import appoint
from tests.services.filled import audit_rows
from tests.services.requests.asked import ask, notes

WORK, WAIT, DONE, DECLINED = (
    RequestStatus.IN_PROGRESS,
    RequestStatus.WAITING,
    RequestStatus.DONE,
    RequestStatus.DECLINED,
)


def lines(desk: Desk) -> list[tuple[Any, ...]]:
    return [(row.action, row.subject, row.site_key, row.before, row.after) for row in audit_rows(desk.engine)]


def test_that_a_request_is_given_to_an_operator_to_me_and_to_nobody(office: Desk) -> None:
    appoint(office.engine, "Casey", Role.CSR)
    number = ask(office.engine)
    assert work.assign(office, number="1", to=" CASEY ", version=1).assigned_to == "Casey"
    again = work.assign(office, number=number, to="casey")
    assert (again.assigned_to, again.version) == ("Casey", 2)
    assert work.assign(office, number=number, to=office.operator).assigned_to == "tester"
    assert work.assign(office, number=number, to=None).assigned_to is None
    assert lines(office) == [
        ("request.assign", number, "MAIN", {"assigned_to": None}, {"assigned_to": "Casey"}),
        ("request.assign", number, "MAIN", {"assigned_to": "Casey"}, {"assigned_to": "tester"}),
        ("request.assign", number, "MAIN", {"assigned_to": "tester"}, {"assigned_to": None}),
    ]


@pytest.mark.databases("sqlite")
def test_that_nobody_has_a_request_who_is_unknown_or_may_not_work_on_it(office: Desk) -> None:
    appoint(office.engine, "rhea", Role.READ_ONLY)
    number = ask(office.engine)
    with pytest.raises(NotFound, match="There is no operator zoe"):
        work.assign(office, number=number, to="zoe")
    with pytest.raises(Refused, match="rhea may not work on service requests") as refused:
        work.assign(office, number=number, to="rhea")
    assert refused.value.rule == "assignable"
    assert "tester" in show.workers(office)
    assert "rhea" not in show.workers(office)
    assert lines(office) == []


def test_that_a_request_goes_its_way_to_done_and_can_be_reopened(office: Desk) -> None:
    number = ask(office.engine)
    started = work.set_status(office, number=number, to=WORK, version=1)
    assert (started.status, started.assigned_to, started.closed_at) == (WORK, "tester", None)
    work.set_status(office, number=number, to=WAIT, reply="Please send the policy.\r\nThank you.")
    done = work.set_status(office, number=number, to=DONE, reply="  It is recorded. ", version=3)
    assert (done.status, done.version, done.closed_at is None) == (DONE, 4, False)
    reopened = work.set_status(office, number=number, to=WORK)
    assert (reopened.status, reopened.closed_at, reopened.assigned_to) == (WORK, None, "tester")
    assert notes(office.engine) == [
        ("tester", True, "Please send the policy.\nThank you."),
        ("tester", True, "It is recorded."),
    ]
    status, told = "status", "reply"
    assert [line[3:] for line in lines(office)] == [
        ({status: "New", "assigned_to": None}, {status: "In Progress", "assigned_to": "tester"}),
        ({status: "In Progress"}, {status: "Waiting", told: "Please send the policy.\nThank you."}),
        ({status: "Waiting"}, {status: "Done", told: "It is recorded."}),
        ({status: "Done"}, {status: "In Progress"}),
    ]


@pytest.mark.databases("sqlite")
@pytest.mark.parametrize("to", [DONE, DECLINED])
def test_that_nobody_is_turned_away_without_a_word(office: Desk, to: RequestStatus) -> None:
    number = ask(office.engine, status="In Progress")
    for reply in ("", " \n\t "):
        with pytest.raises(InvalidInput, match="needs a reply to the caller") as refused:
            work.set_status(office, number=number, to=to, reply=reply)
        assert refused.value.field == "reply"
    with pytest.raises(Refused, match="cannot be made Done"):
        work.set_status(office, number=ask(office.engine), to=DONE, reply="Done.")
    assert (lines(office), notes(office.engine)) == ([], [])


@pytest.mark.databases("sqlite")
@pytest.mark.parametrize(
    ("typed", "says"),
    [
        (" \n", "Type the reply first"),
        ("x" * 2001, "2,001 characters; at most 2,000"),
        ("a\x1b[31mb", "cannot be shown"),
        ("a\u202eb", "cannot be shown"),
        ("a\0b", "cannot be shown"),
        ("a\ud800b", "cannot be shown"),
    ],
)
def test_that_a_note_that_cannot_be_kept_says_why(office: Desk, typed: str, says: str) -> None:
    number = ask(office.engine, status="In Progress")
    with pytest.raises(InvalidInput, match=says) as refused:
        work.add_note(office, number=number, note=typed, for_caller=True)
    assert refused.value.field == "reply"
    with pytest.raises(InvalidInput) as refused:
        work.add_note(office, number=number, note=typed, for_caller=False)
    assert refused.value.field == "note"
    if typed.strip():
        with pytest.raises(InvalidInput, match=says):
            work.set_status(office, number=number, to=DONE, reply=typed)
    assert (lines(office), notes(office.engine)) == ([], [])


def test_that_markup_tabs_and_lines_of_a_note_stay_as_they_were_typed(office: Desk) -> None:
    number, text = ask(office.engine), "<b>Rate\t4 %</b>\n\n‘quoted’ 東京 🙂"
    work.add_note(office, number=number, note=text, for_caller=False)
    assert notes(office.engine) == [("tester", False, text)]
    assert show.show(office, number=number).notes[0].note == text


def test_that_of_two_desks_one_meets_the_other_and_its_reply_is_not_sent_twice(office: Desk) -> None:
    number = ask(office.engine, status="In Progress")
    work.add_note(office, number=number, note="We look at it.", for_caller=True, version=1)
    too_late: tuple[Callable[[], object], ...] = (
        lambda: work.add_note(office, number=number, note="Sent.", for_caller=True, version=1),
        lambda: work.set_status(office, number=number, to=DONE, reply="Sent.", version=1),
        lambda: work.assign(office, number=number, to="tester", version=1),
    )
    for late in too_late:
        with pytest.raises(Conflict, match="Somebody else changed SR-000001"):
            late()
    # A note of the desk overwrites nothing.
    work.add_note(office, number=number, note="Called her.", for_caller=False, version=1)
    assert [note for _, _, note in notes(office.engine)] == ["We look at it.", "Called her."]


def test_that_a_request_is_shown_with_its_notes_and_what_was_done(office: Desk) -> None:
    number = ask(office.engine, subject="Payoff", message="How much?")
    other = ask(office.engine)
    work.set_status(office, number=number, to=WORK)
    work.add_note(office, number=number, note="First.", for_caller=True)
    work.add_note(office, number=other, note="Elsewhere.", for_caller=False)
    found = show.show(office, number=" sr-1 ")
    request = found.request
    assert (request.number, request.site, request.email) == (number, "MAIN", "ruth@prairie.example")
    assert (request.user_name, request.contract_id, request.contract_oid) == ("Ruth Olsen", "0012-0045", 10)
    assert (request.subject, request.message) == ("Payoff", "How much?")
    assert [(note.note, note.for_caller) for note in found.notes] == [("First.", True)]
    assert [event.headline for event in found.history] == [
        "Wrote on service request SR-000001",
        "Changed service request SR-000001: New → In Progress",
    ]
    with pytest.raises(NotFound, match="There is no service request SR-000099"):
        show.show(office, number="99")
    with pytest.raises(InvalidInput):
        show.show(office, number="abc")


@pytest.mark.databases("sqlite")
def test_that_who_starts_work_is_named_as_the_operators_are(office: Desk) -> None:
    appoint(office.engine, "Casey", Role.CSR)
    number = ask(office.engine)
    assert work.set_status(replace(office, operator="CASEY"), number=number, to=WORK).assigned_to == "Casey"
    kept = ask(office.engine, assigned_to="Casey")
    assert work.set_status(office, number=kept, to=WORK).assigned_to == "Casey"
