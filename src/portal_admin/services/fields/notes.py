"""What this company itself knows about a field: notes and dated verifications, never overwritten."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Row, insert, select

from portal_admin.domain.fields import FieldNote
from portal_admin.domain.permissions import Permission
from portal_admin.errors import InvalidInput, NotFound
from portal_admin.models import field_note
from portal_admin.models.engine import reading
from portal_admin.services import audit
from portal_admin.services.change import action, changing
from portal_admin.services.desk import Desk
from portal_admin.services.fields.entries import catalogue
from portal_admin.services.settings import read_settings

NOTE_LENGTH = 2000


@action(Permission.WRITE_FIELD_NOTE)
def add_note(desk: Desk, *, field_key: str, note: str) -> FieldNote:
    """Add a note to a field; InvalidInput when there is nothing in it."""
    if not note.strip():
        raise InvalidInput("Type a note first.", field="note")
    return _write(desk, field_key, note, verified=False)


@action(Permission.WRITE_FIELD_NOTE)
def verify(desk: Desk, *, field_key: str, note: str = "") -> FieldNote:
    """Record that this operator checked the entry against portal and ASPIRE today, in the company's time zone."""
    return _write(desk, field_key, note, verified=True)


def history(desk: Desk) -> Mapping[str, tuple[FieldNote, ...]]:
    """All notes and verifications by field key, newest first."""
    found: dict[str, list[FieldNote]] = defaultdict(list)
    with reading(desk.engine) as connection:
        for row in connection.execute(select(field_note).order_by(field_note.c.id.desc())):
            found[row.field_key].append(_note(row))
    return {key: tuple(notes) for key, notes in found.items()}


def _write(desk: Desk, field_key: str, note: str, *, verified: bool) -> FieldNote:
    if field_key not in catalogue().by_key:
        raise NotFound(f"The field reference has no field {field_key}.")
    text = note.strip()
    if len(text) > NOTE_LENGTH:
        raise InvalidInput(f"A note holds at most {NOTE_LENGTH} characters.", field="note")
    now = desk.clock()
    with changing(desk) as connection:
        today = now.astimezone(ZoneInfo(read_settings(connection).time_zone)).date()
        written = FieldNote(field_key, text, today if verified else None, now, desk.operator)
        connection.execute(
            insert(field_note).values(
                field_key=field_key,
                note=text,
                verified_on=written.verified_on,
                created_at=now,
                created_by=desk.operator,
            )
        )
        audit.record(
            connection,
            desk,
            action="field.verify" if verified else "field.note",
            subject=field_key,
            after={"note": text, "verified_on": today.isoformat() if verified else None},
        )
    return written


def _note(row: Row[Any]) -> FieldNote:
    return FieldNote(row.field_key, row.note, row.verified_on, row.created_at, row.created_by)
