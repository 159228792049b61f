"""What reps write about a field, and who verified it when."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from sqlalchemy import select

from portal_admin.errors import DatabaseProblem, InvalidInput, NotFound
from portal_admin.models import audit_event, field_note
from portal_admin.models.engine import reading, writing
from portal_admin.services.desk import Desk
from portal_admin.services.fields import notes as field_notes
from tests.fixtures.desk import NOW

KEY = "contract.next_due"


def test_that_notes_and_verifications_are_kept_newest_first(
    offline_desk: Desk, desk_of: Callable[[Desk, str], Desk]
) -> None:
    field_notes.add_note(offline_desk, field_key=KEY, note="  Shown a day late for ACH customers.  ")
    colleague = desk_of(offline_desk, "jdoe")
    field_notes.verify(colleague, field_key=KEY)
    first, second = field_notes.history(offline_desk)[KEY]
    assert (first.note, first.verified_on, first.created_by) == ("", date(2026, 11, 21), "jdoe")
    assert (second.note, second.verified_on) == ("Shown a day late for ACH customers.", None)
    assert second.created_at == NOW


def test_that_a_verification_is_dated_in_the_companys_time_zone(offline_desk: Desk) -> None:
    early = replace(offline_desk, clock=lambda: datetime(2026, 11, 22, 3, 0, tzinfo=UTC))
    assert field_notes.verify(early, field_key=KEY).verified_on == date(2026, 11, 21)


def test_that_each_note_leaves_its_audit_line(offline_desk: Desk) -> None:
    field_notes.add_note(offline_desk, field_key=KEY, note="Seen in UAT.")
    field_notes.verify(offline_desk, field_key=KEY, note="Compared with ASPIRE.")
    with reading(offline_desk.engine) as connection:
        lines = connection.execute(select(audit_event).order_by(audit_event.c.id)).all()
    assert [(line.action, line.subject, line.operator) for line in lines] == [
        ("field.note", KEY, "tester"),
        ("field.verify", KEY, "tester"),
    ]
    assert lines[1].after == {"note": "Compared with ASPIRE.", "verified_on": "2026-11-21"}


def test_that_without_an_audit_line_there_is_no_note(offline_desk: Desk) -> None:
    with writing(offline_desk.engine) as connection:
        connection.exec_driver_sql("DROP TABLE audit_event")
    with pytest.raises(DatabaseProblem):
        field_notes.add_note(offline_desk, field_key=KEY, note="Lost?")
    with reading(offline_desk.engine) as connection:
        assert connection.execute(select(field_note)).all() == []


@pytest.mark.parametrize("note", ["", "   ", "x" * (field_notes.NOTE_LENGTH + 1)])
def test_that_an_empty_or_endless_note_is_refused(offline_desk: Desk, note: str) -> None:
    with pytest.raises(InvalidInput):
        field_notes.add_note(offline_desk, field_key=KEY, note=note)


def test_that_a_field_must_exist_to_be_noted(offline_desk: Desk) -> None:
    with pytest.raises(NotFound):
        field_notes.verify(offline_desk, field_key="contract.no_such_field")
