"""Checks of who works at this desk, and of what the desk remembers of the audit."""

from __future__ import annotations

from sqlalchemy import Connection, inspect

from portal_admin.domain.verdict import Result
from portal_admin.models import audit_event
from portal_admin.models import operator as operator_table
from portal_admin.models.engine import reading
from portal_admin.services import audit_heads
from portal_admin.services.desk import Desk
from portal_admin.services.doctor.visit import Finding, NotLookedAt, Visit
from portal_admin.services.grants_script import not_as_granted
from portal_admin.services.roles import require_role, signed_in_as

NAMES_SHOWN = 5
GRANT_AGAIN = (
    "Let the server's administrator run what `portal-admin db grants` prints with psql, again after each change of "
    "operators."
)


def role(visit: Visit) -> Finding:
    """Who the operator is, and whether a server lets everybody do what the role says."""
    with reading(visit.engine) as connection:
        _require_table(connection, operator_table.name)
        name = signed_in_as(connection, visit.patient.operator)
        you = f"You are {name}, {require_role(connection, name)}."
        apart = not_as_granted(connection)
    if not apart:
        return Finding("role", Result.PASS, you)
    more = f" and {len(apart) - NAMES_SHOWN:,} more" if len(apart) > NAMES_SHOWN else ""
    names = f"{', '.join(apart[:NAMES_SHOWN])}{more}"
    return Finding("role", Result.ADVICE, f"{you} The roles of the server do not fit: {names}.", GRANT_AGAIN)


def audit_head(visit: Visit) -> Finding:
    """Whether the last line that this desk saw is still there; `audit verify` reads them all."""
    engine, patient = visit.engine, visit.patient
    seen = audit_heads.last_seen(Desk(engine, None, patient.clock, patient.operator, patient.heads))
    if seen is None:
        return Finding("audit_head", Result.PASS, "This desk has seen no line of the audit yet.")
    with reading(engine) as connection:
        _require_table(connection, audit_event.name)
        if audit_heads.holds(connection, seen):
            return Finding("audit_head", Result.PASS, f"Line {seen.id} of the audit is as this desk saw it.")
    message = f"Line {seen.id} of the audit, which this desk saw, is missing or different."
    fix = "Run `portal-admin audit verify`, which tells what happened and what to do."
    return Finding("audit_head", Result.FAIL, message, fix)


def _require_table(connection: Connection, name: str) -> None:
    if not inspect(connection).has_table(name):
        raise NotLookedAt("Not looked at: the portal database has no table for it. See schema.")
