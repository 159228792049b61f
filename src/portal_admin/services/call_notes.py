"""Notes on calls: written once, never changed, kept with the end user who called."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Row, insert, select

from portal_admin.domain.call_notes import LONGEST, CallNote
from portal_admin.domain.permissions import Permission
from portal_admin.domain.text import is_showable, whole
from portal_admin.errors import InvalidInput
from portal_admin.models import call_note
from portal_admin.models.engine import reading
from portal_admin.services import audit, people
from portal_admin.services.change import action, changing
from portal_admin.services.desk import Desk
from portal_admin.services.sites import find_site
from portal_admin.services.typed_ids import typed_contract_id

AT_MOST = 200


def list_notes(desk: Desk, *, user_id: int, limit: int = AT_MOST) -> tuple[CallNote, ...]:
    """The newest notes on the calls of an end user, newest first."""
    query = select(call_note).where(call_note.c.user_id == user_id).order_by(call_note.c.id.desc())
    with reading(desk.engine) as connection:
        return tuple(map(_note, connection.execute(query.limit(limit))))


@action(Permission.WRITE_CALL_NOTE)
def write_note(desk: Desk, *, site: str, email: str, note: str, contract_id: str | None = None) -> CallNote:
    """Keep a note on a call with an end user; InvalidInput when there is nothing in it, or too much."""
    text = _checked(note)
    about = typed_contract_id(contract_id) if contract_id and contract_id.strip() else None
    with changing(desk) as connection:
        user = people.find_user(connection, find_site(connection, site), email)
        values = {
            "user_id": user.id,
            "contract_id": about,
            "at": audit.now(connection, desk),
            "operator": desk.operator,
            "note": text,
        }
        row = connection.execute(insert(call_note).values(values).returning(call_note)).one()
        audit.record(
            connection,
            desk,
            action="call.note",
            subject=user.email,
            site=user.site,
            after={"note": text, "contract_id": about},
        )
        return _note(row)


def _checked(note: str) -> str:
    text = whole(note)
    if not text:
        raise InvalidInput("Type a note first.", field="note")
    if len(text) > LONGEST or not is_showable(" ".join(text.split())):
        raise InvalidInput(f"A note can be shown and has at most {LONGEST:,} characters.", field="note")
    return text


def _note(row: Row[Any]) -> CallNote:
    return CallNote(row.id, row.note, row.at, row.operator, row.contract_id)
