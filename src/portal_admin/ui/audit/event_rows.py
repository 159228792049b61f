"""The rows of the audit table, ranked and fetched off the UI thread."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Hashable, Sequence
from datetime import datetime
from typing import Any

from PySide6.QtCore import QCoreApplication

from portal_admin.domain.audit_words import Event
from portal_admin.services import audit_list
from portal_admin.services.audit_list import AuditFilter
from portal_admin.services.desk import Desk
from portal_admin.ui.tables.rows import Cell, Column, Kind, Query, Row, Snapshot
from portal_admin.ui.theme import Meaning
from portal_admin.ui.widgets.ages import clock_text, zone_text


def columns() -> tuple[Column, ...]:
    """The columns, the ones a narrow window leaves out last."""

    def tr(text: str) -> str:
        return QCoreApplication.translate("EventRows", text)

    return (
        Column("when", tr("When"), 144, sortable=True),
        Column("operator", tr("Operator"), 92),
        Column("what", tr("What"), 220, stretch=True),
        Column("about", tr("Person or thing"), 190),
        Column("site", tr("Site"), 90, Kind.SECONDARY),
    )


def row_of(event: Event, now: datetime) -> Row:
    """An event as a line of the table; its key is the id of its line."""
    line = event.line
    if event.attention:
        what = Cell(
            event.headline, Meaning.ATTENTION, "warning", tooltip=f"{event.headline}\n{event.attention}"
        )
    else:
        what = Cell(event.headline, tooltip=event.headline)
    return Row(
        line.id,
        (
            Cell(clock_text(line.at, now, seconds=True), tooltip=zone_text(line.at)),
            Cell(line.operator, tooltip=line.operator),
            what,
            Cell(line.subject, tooltip=line.subject),
            line.site or "",
        ),
    )


class EventSource:
    """Ranks and reads events; lines never change, so a ranking is a list of ids and holds no connection."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def snapshot(self, query: Query) -> Snapshot:
        """Rank the events of a query."""
        wanted: AuditFilter = query.filters or AuditFilter()
        ids = audit_list.rank(self._desk, wanted, oldest_first=not query.descending)
        return Snapshot(len(ids), ids)

    def page(self, token: Any, start: int, count: int) -> Sequence[Row]:
        """The rows of those ranks."""
        now = self._desk.clock()
        return [row_of(event, now) for event in audit_list.page(self._desk, token[start : start + count])]

    def rank(self, token: Any, key: Hashable) -> int | None:
        """Where a line stands."""
        if not isinstance(key, int) or not token:
            return None
        sign = 1 if token[0] <= token[-1] else -1
        place = bisect_left(token, sign * key, key=lambda identity: sign * identity)
        return place if place < len(token) and token[place] == key else None
