"""The operators of the desks: who they are, and which role each of them has."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, func, insert, select

from portal_admin.domain.permissions import Permission, Role
from portal_admin.domain.text import is_showable, operator_key, whole
from portal_admin.errors import Conflict, InvalidInput, NotFound, Refused
from portal_admin.models import operator
from portal_admin.models.engine import reading
from portal_admin.services import audit
from portal_admin.services.change import action, advance, changing
from portal_admin.services.desk import Desk

LONGEST = 200


@dataclass(frozen=True, slots=True)
class Operator:
    """A person who works at a desk; without a role the person may do nothing."""

    name: str
    role: Role | None
    version: int
    created_at: datetime
    created_by: str


def list_operators(desk: Desk) -> tuple[Operator, ...]:
    """Everybody who has or had a role, by name."""
    with reading(desk.engine) as connection:
        rows = connection.execute(select(operator).order_by(operator.c.name_key))
        return tuple(map(_operator, rows))


@action(Permission.MANAGE_OPERATORS)
def add(desk: Desk, *, name: str, role: Role) -> Operator:
    """Let somebody work at the desks; Refused when the name is known already."""
    name = _checked(name)
    with changing(desk) as connection:
        known = _find(connection, name)
        if known is not None:
            raise Refused(
                f"{known.name} is an operator already ({role_words(known.role)}). Change the role instead: "
                f"portal-admin operators set-role {known.name} --role ROLE",
                rule="unique_operator",
            )
        values = {"name_key": operator_key(name), "name": name, "role": role.value, "version": 1}
        made = {"created_at": desk.clock(), "created_by": desk.operator}
        connection.execute(insert(operator).values(**values, **made))
        audit.record(connection, desk, action="operator.add", subject=name, after=_audited(role))
        return _known(connection, name)


@action(Permission.MANAGE_OPERATORS)
def set_role(desk: Desk, *, name: str, role: Role | None, version: int | None = None) -> Operator:
    """Change a role; None takes it away, and the row stays so that the audit's names stay explained."""
    with changing(desk) as connection:
        before = _known(connection, name)
        if version is not None and version != before.version:
            raise Conflict(f"Somebody else changed {before.name}. Look at the role again, then change it.")
        if role is before.role:
            return before
        if before.role is Role.ADMINISTRATOR:
            _require_another(connection, before)
        mine = operator.c.name_key == operator_key(before.name)
        values = {"role": role.value if role else None}
        advance(connection, operator, mine, version=before.version, values=values)
        audit.record(
            connection,
            desk,
            action="operator.set_role",
            subject=before.name,
            before=_audited(before.role),
            after=_audited(role),
        )
        return _known(connection, before.name)


def role_words(role: Role | None) -> str:
    """A role, or words for its absence."""
    return role.value if role else "no role"


def _require_another(connection: Connection, leaving: Operator) -> None:
    is_administrator = operator.c.role == Role.ADMINISTRATOR.value
    if connection.execute(select(func.count()).where(is_administrator)).scalar_one() < 2:
        raise Refused(
            f"{leaving.name} is the last Administrator. Make somebody else Administrator first, or nobody could "
            "change roles any more.",
            rule="last_administrator",
        )


def _checked(typed: str) -> str:
    name = typed.strip()
    if not name:
        raise InvalidInput("Type the name that the person signs in with.", field="name")
    # What cannot be seen comes along when a name is pasted, and nobody signs in with it.
    is_seen = is_showable(name) and name.isprintable()
    if not is_seen or max(len(name), len(operator_key(name))) > LONGEST:
        raise InvalidInput(
            f"An operator's name can be shown and has at most {LONGEST} characters. Type it again.",
            field="name",
        )
    return name


def _known(connection: Connection, name: str) -> Operator:
    found = _find(connection, name)
    if found is None:
        raise NotFound(f"There is no operator {whole(name)}. Add the operator first.")
    return found


def _find(connection: Connection, name: str) -> Operator | None:
    row = connection.execute(select(operator).where(operator.c.name_key == operator_key(name))).first()
    return _operator(row) if row is not None else None


def _operator(row: Row[Any]) -> Operator:
    role = Role(row.role) if row.role else None
    return Operator(row.name, role, row.version, row.created_at, row.created_by)


def _audited(role: Role | None) -> dict[str, Any]:
    return {"role": role.value if role else None}
