"""What an import left on each person, put together from the effects of its rows."""

from __future__ import annotations

from dataclasses import dataclass, field

from sqlalchemy import Connection, select

from portal_admin.models import import_row


@dataclass
class Trace:
    """One person whom an import touched: the versions before and after, links added, and the names before.

    `broken` when somebody else changed the person between two rows of the import.
    """

    user: int
    version_before: int
    version: int
    links: list[int] = field(default_factory=list)
    names_before: tuple[str, str] | None = None
    broken: bool = False

    @property
    def created(self) -> bool:
        return self.version_before == 0


def traces(connection: Connection, batch: int) -> dict[str, Trace]:
    """The people whom an import created or changed, by address."""
    row = import_row.c
    query = (
        select(row.email, row.effect)
        .where(row.batch_id == batch, row.result.in_(("created", "changed")))
        .order_by(row.row)
    )
    found: dict[str, Trace] = {}
    for email, effect in connection.execute(query):
        if effect is None:  # other rows took it back
            continue
        before, after = effect["from"], effect["to"]
        trace = found.setdefault(email, Trace(effect["user"], before, before))
        trace.broken |= trace.version != before
        trace.version = after
        trace.links += effect.get("links", ())
        if "names" in effect and trace.names_before is None:
            first, last = effect["names"][0]
            trace.names_before = first, last
    return found
