"""Service requests as rows of a table."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from portal_admin.domain.service_request_times import age, span_words, urgency
from portal_admin.domain.service_requests import ServiceRequest
from portal_admin.ui.navigation import Target
from portal_admin.ui.panels.requests import words
from portal_admin.ui.panels.requests.words import tr
from portal_admin.ui.tables.rows import Cell, Column, Kind, Row
from portal_admin.ui.widgets.ages import zone_text


def columns(*, with_person: bool) -> tuple[Column, ...]:
    """The columns, the ones that a narrow place leaves out last."""
    person = (Column("person", tr("From"), 120, sortable=True),) if with_person else ()
    return (
        Column("number", tr("Request"), 100, Kind.ID, sortable=True),
        Column("due", tr("Due"), 164, sortable=True),
        Column("subject", tr("What"), 170, stretch=True),
        Column("status", tr("Status"), 116, Kind.CHIP, sortable=True),
        Column("assigned", tr("Has it"), 84, sortable=True),
        *person,
        Column("age", tr("Age"), 66, Kind.SECONDARY, sortable=True),
        Column("contract", tr("Contract"), 100, Kind.ID, sortable=True),
    )


def rows(requests: Iterable[ServiceRequest], now: datetime, *, with_person: bool) -> list[Row]:
    """The rows, their keys the numbers of the requests."""
    return [_row(request, now, with_person=with_person) for request in requests]


def target(number: str) -> Target:
    """The request on the Requests screen."""
    return Target("requests", request=number)


def _row(request: ServiceRequest, now: datetime, *, with_person: bool) -> Row:
    meaning, icon = words.URGENCY_MARKS.get(urgency(request, now), (None, None))
    due = Cell(
        words.due_words(request, now),
        meaning,
        icon,
        tooltip=tr("due {time}").format(time=zone_text(request.due_at)),
        sort=request.due_at,
    )
    what = f"{words.kind_words(request.kind)}: {request.subject}"
    person = (Cell(request.user_name, tooltip=f"{request.email} · {request.site}"),) if with_person else ()
    asked = Cell(
        span_words(age(request, now)), tooltip=zone_text(request.requested_at), sort=age(request, now)
    )
    return Row(
        request.number,
        (
            request.number,
            due,
            Cell(what, tooltip=what),
            Cell(words.status_words(request.status), words.STATUS_MEANINGS[request.status]),
            Cell(words.assignee_words(request), tooltip=request.assigned_to or ""),
            *person,
            asked,
            request.contract_id or "",
        ),
    )
