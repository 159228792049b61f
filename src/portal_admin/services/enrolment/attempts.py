"""The log of enrolments: what visitors typed, and which rule refused them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, Select, or_, select

from portal_admin.domain.enrolment_attempts import Attempt, Outcome
from portal_admin.domain.text import canonical_email, id_key
from portal_admin.domain.verdict import Edition
from portal_admin.errors import NotFound
from portal_admin.models import end_user, enrollment_attempt
from portal_admin.models import site as site_table
from portal_admin.models.engine import reading
from portal_admin.services.desk import Desk
from portal_admin.services.sites import find_site
from portal_admin.services.text_search import ESCAPE, literally

SHOWN_AT_MOST = 200
attempt = enrollment_attempt


@dataclass(frozen=True, slots=True)
class AttemptList:
    """Attempts, newest first; `more` when there are others that fit."""

    attempts: tuple[Attempt, ...]
    more: bool


def list_attempts(
    desk: Desk,
    *,
    site: str | None = None,
    email: str | None = None,
    contract_id: str | None = None,
    user_id: int | None = None,
    outcome: Outcome | None = None,
    since: datetime | None = None,
    text: str = "",
    limit: int = SHOWN_AT_MOST,
) -> AttemptList:
    """The attempts that meet all that is given, newest first.

    `email` is a whole address, `text` a part of the address or of the contract id; `user_id` finds those that created
    this user and those of the user's address, on any site.
    """
    with reading(desk.engine) as connection:
        wanted = _conditions(connection, site=site, email=email, contract_id=contract_id, user_id=user_id)
        if outcome is not None:
            wanted.append(attempt.c.outcome == outcome.value)
        if text.strip():
            part = literally(canonical_email(text))
            keys = (attempt.c.email_key, attempt.c.contract_id_key)
            wanted.append(or_(*(key.like(part, escape=ESCAPE) for key in keys)))
        if since is not None:
            wanted.append(attempt.c.at >= since)
        query = _query().where(*wanted).order_by(attempt.c.at.desc(), attempt.c.id.desc()).limit(limit + 1)
        found = tuple(_attempt(row) for row in connection.execute(query))
    return AttemptList(found[:limit], len(found) > limit)


def find_attempt(desk: Desk, *, number: int) -> Attempt:
    """One attempt; NotFound for a number that the log does not hold."""
    with reading(desk.engine) as connection:
        row = connection.execute(_query().where(attempt.c.id == number)).first()
    if row is None:
        raise NotFound(f"The log of enrolments holds no attempt {number}.")
    return _attempt(row)


def _query() -> Select[Any]:
    return select(attempt, site_table.c.key.label("site_key")).join(
        site_table, site_table.c.id == attempt.c.site_id
    )


def _conditions(
    connection: Connection,
    *,
    site: str | None,
    email: str | None,
    contract_id: str | None,
    user_id: int | None,
) -> list[ColumnElement[bool]]:
    wanted: list[ColumnElement[bool]] = []
    if site is not None:
        wanted.append(attempt.c.site_id == find_site(connection, site).id)
    if email is not None:
        wanted.append(attempt.c.email_key == canonical_email(email))
    if contract_id is not None:
        wanted.append(attempt.c.contract_id_key == id_key(contract_id))
    if user_id is not None:
        address = connection.execute(select(end_user.c.email).where(end_user.c.id == user_id)).scalar()
        wanted.append(or_(attempt.c.user_id == user_id, attempt.c.email_key == address))
    return wanted


def _attempt(row: Row[Any]) -> Attempt:
    return Attempt(
        id=row.id,
        site=row.site_key,
        at=row.at,
        first_name=row.first_name,
        last_name=row.last_name,
        email=row.email,
        postal_code=row.postal_code,
        contract_id=row.contract_id,
        edition=Edition(row.edition),
        outcome=Outcome(row.outcome),
        refused_by=tuple(name for name in row.refused_by.split(",") if name),
        user_id=row.user_id,
    )
