"""Users whom a change of email left behind: who held the old mailbox must not get back in by a call."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, select

from portal_admin.domain.dates import day_words
from portal_admin.domain.people import EndUser
from portal_admin.models import audit_event


@dataclass(frozen=True, slots=True)
class Replaced:
    """The address that took a user's place, and when."""

    by: str
    at: datetime

    def sentence(self, email: str) -> str:
        """What happened to that address, for a person."""
        return f"{email} was replaced by {self.by} on {day_words(self.at)}."


def replaced(connection: Connection, user: EndUser) -> Replaced | None:
    """The newest change of email that left this user behind; None when there was none."""
    line = audit_event.c
    changed = (
        select(line.operation_id)
        .where(line.subject == user.email, line.site_key == user.site, line.action == "user.change_email")
        .order_by(line.id.desc())
        .limit(1)
    )
    made = select(line.subject, line.at).where(
        line.operation_id == changed.scalar_subquery(), line.action == "user.create"
    )
    row = connection.execute(made.order_by(line.id.desc()).limit(1)).first()
    return None if row is None else Replaced(row.subject, row.at)
