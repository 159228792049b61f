"""The queue: what is late first, then what is due, what waits, and what is closed."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, and_, case, func, not_, or_, select

from portal_admin.domain.service_requests import (
    CLOSED,
    OPEN,
    RUNNING,
    RequestKind,
    RequestStatus,
    ServiceRequest,
)
from portal_admin.domain.text import canonical_email, operator_key
from portal_admin.models import end_user, operator, service_request
from portal_admin.models.engine import reading
from portal_admin.services import audit
from portal_admin.services.desk import Desk
from portal_admin.services.requests.rows import request_of, request_query
from portal_admin.services.sites import find_site

LIMIT = 200
NOBODY = ""
Statuses = RequestStatus | Collection[RequestStatus] | None
_table = service_request.c


@dataclass(frozen=True, slots=True)
class RequestList:
    """The first requests of the queue as of then; `more` when there are others behind them."""

    requests: tuple[ServiceRequest, ...]
    more: bool
    as_of: datetime


@dataclass(frozen=True, slots=True)
class Counts:
    """How many open requests there are, and of them how many are late, have nobody, or are the operator's."""

    open: int
    overdue: int
    unassigned: int
    mine: int


def list_requests(
    desk: Desk,
    *,
    site: str | None = None,
    user_id: int | None = None,
    email: str | None = None,
    status: Statuses = None,
    kind: RequestKind | None = None,
    assigned_to: str | None = None,
    overdue: bool | None = None,
    limit: int = LIMIT,
    offset: int = 0,
) -> RequestList:
    """Requests that pass the filters, in the order in which they need somebody; `assigned_to` NOBODY for unassigned."""
    with reading(desk.engine) as connection:
        now = audit.now(connection, desk)
        conditions = _conditions(
            connection,
            now,
            site=site,
            user_id=user_id,
            email=email,
            kind=kind,
            assigned_to=assigned_to,
            overdue=overdue,
        )
        wanted = _statuses(status)
        found: list[ServiceRequest] = []
        for group, order in _GROUPS:
            statuses = [one.value for one in RequestStatus if one in wanted & group]
            missing = limit + 1 - len(found)
            if not statuses or missing <= 0:
                continue
            # Most of all are closed: walking the key backwards beats sorting what the index of statuses names.
            column = _table.status + "" if group is CLOSED else _table.status
            mine = [*conditions, column.in_(statuses)]
            query = request_query().where(*mine).order_by(*order).limit(missing)
            if offset:
                query = query.offset(offset)
            rows = connection.execute(query).all()
            if not rows and offset:
                offset -= _count(connection, mine)
            elif rows:
                offset = 0
            found += map(request_of, rows)
    return RequestList(tuple(found[:limit]), len(found) > limit, now)


def count_requests(desk: Desk, *, site: str | None = None) -> Counts:
    """How full the queue is."""
    with reading(desk.engine) as connection:
        now = audit.now(connection, desk)
        wanted: list[ColumnElement[bool]] = [_table.status.in_([one.value for one in OPEN])]
        if site is not None:
            wanted.append(_table.site_id == find_site(connection, site).id)
        # Once over what is open, which is little; each of them by its own index would read what is closed, too.
        conditions = (_late(now), _table.assigned_to.is_(None), _has(connection, desk.operator))
        sums = [func.coalesce(func.sum(case((one, 1), else_=0)), 0) for one in conditions]
        row = connection.execute(select(func.count(), *sums).where(*wanted)).one()
        return Counts(*map(int, row))


def _conditions(
    connection: Connection,
    now: datetime,
    *,
    site: str | None,
    user_id: int | None,
    email: str | None,
    kind: RequestKind | None,
    assigned_to: str | None,
    overdue: bool | None,
) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    if site is not None:
        found.append(_table.site_id == find_site(connection, site).id)
    if user_id is not None:
        found.append(_table.user_id == user_id)
    if email is not None:
        people = select(end_user.c.id).where(end_user.c.email == canonical_email(email))
        found.append(_table.user_id.in_(people))
    if kind is not None:
        found.append(_table.kind == kind.value)
    if assigned_to is not None:
        found.append(_table.assigned_to.is_(None) if assigned_to == NOBODY else _has(connection, assigned_to))
    if overdue is not None:
        found.append(_late(now) if overdue else not_(_late(now)))
    return found


def _late(now: datetime) -> ColumnElement[bool]:
    return and_(
        _table.status.in_([one.value for one in RequestStatus if one in RUNNING]), _table.due_at < now
    )


def _has(connection: Connection, name: str) -> ColumnElement[bool]:
    """Names are stored as the operators are called, whatever case is typed."""
    query = select(operator.c.name).where(operator.c.name_key == operator_key(name))
    known = connection.execute(query).scalar()
    return or_(_table.assigned_to == (known or name.strip()))


def _statuses(status: Statuses) -> frozenset[RequestStatus]:
    if status is None:
        return frozenset(RequestStatus)
    return frozenset({status} if isinstance(status, RequestStatus) else status)


def _count(connection: Connection, conditions: list[ColumnElement[bool]]) -> int:
    query = select(func.count()).select_from(service_request).where(*conditions)
    return int(connection.execute(query).scalar_one())


# What runs is by its due time, so that what is late comes first; of what is closed the newest, as the key has them.
_GROUPS: tuple[tuple[frozenset[RequestStatus], tuple[Any, ...]], ...] = (
    (RUNNING, (_table.due_at, _table.id)),
    (frozenset({RequestStatus.WAITING}), (_table.due_at, _table.id)),
    (CLOSED, (_table.id.desc(),)),
)
