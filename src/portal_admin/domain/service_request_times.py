"""When a service request is due, how old it is, and whether it is late (docs/decisions/0014)."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from portal_admin.domain.service_requests import KINDS, RUNNING, RequestKind, RequestStatus, ServiceRequest

# The company's day, in its own time zone: what comes later counts as of the next morning.
CLOSES_AT = time(17, 0)
WEEKEND = (5, 6)
SOON = timedelta(hours=4)


class Urgency(StrEnum):
    """What deserves a look first."""

    OVERDUE = "overdue"
    SOON = "soon"
    ON_TIME = "on_time"
    WAITING = "waiting"
    CLOSED = "closed"


def due_at(kind: RequestKind, requested_at: datetime, zone: ZoneInfo) -> datetime:
    """The end of the business day by which a request of this kind is answered (UTC)."""
    local = requested_at.astimezone(zone)
    day = local.date()
    if local.time() >= CLOSES_AT or day.weekday() in WEEKEND:
        day = _next_business_day(day)
    for _ in range(KINDS[kind].business_days):
        day = _next_business_day(day)
    return datetime.combine(day, CLOSES_AT, zone).astimezone(UTC)


def urgency(request: ServiceRequest, now: datetime) -> Urgency:
    """Where a request stands against its due time; while it waits for somebody else it is never late."""
    if not request.is_open:
        return Urgency.CLOSED
    if request.status is RequestStatus.WAITING:
        return Urgency.WAITING
    if is_overdue(request.status, request.due_at, now):
        return Urgency.OVERDUE
    return Urgency.SOON if request.due_at - now <= SOON else Urgency.ON_TIME


def is_overdue(status: RequestStatus, due: datetime, now: datetime) -> bool:
    """Whether somebody at the desk should have answered by now."""
    return status in RUNNING and due < now


def age(request: ServiceRequest, now: datetime) -> timedelta:
    """How long the caller has waited, or did until it was closed; never less than nothing."""
    return max(timedelta(), (request.closed_at or now) - request.requested_at)


def urgency_words(request: ServiceRequest, now: datetime) -> str:
    """Where it stands, for people."""
    left = request.due_at - now
    match urgency(request, now):
        case Urgency.OVERDUE:
            return f"overdue by {span_words(-left)}"
        case Urgency.WAITING:
            # It is not late, but whoever waits too long forgets.
            return "waiting, past due" if left < timedelta() else "waiting"
        case Urgency.CLOSED:
            return f"after {span_words(age(request, now))}"
    return f"due in {span_words(left)}"


def span_words(span: timedelta) -> str:
    """A length of time in its largest unit, rounded down, for people."""
    minutes = max(0, int(span.total_seconds() // 60))
    if minutes < 60:
        return f"{minutes} min"
    hours = minutes // 60
    if hours < 24:
        return f"{hours} h"
    days = hours // 24
    return "1 day" if days == 1 else f"{days} days"


def _next_business_day(day: date) -> date:
    day += timedelta(days=1)
    while day.weekday() in WEEKEND:
        day += timedelta(days=1)
    return day
