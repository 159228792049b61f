"""The operators of the desks and their roles."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, func, insert, select, text

from portal_admin.domain.permissions import Role
from portal_admin.models import operator
from portal_admin.models.engine import reading
from portal_admin.services.desk import Desk


@dataclass(frozen=True, slots=True)
class Operator:
    """A person who works at a desk; without a role the person may do nothing."""

    name: str
    role: Role | None
    version: int
    created_at: datetime
    created_by: str


def operator_key(name: str) -> str:
    """What names are compared by: operating systems take no notice of case."""
    return unicodedata.normalize("NFC", name.strip()).casefold()


def role_of(connection: Connection, name: str) -> Role | None:
    """The role of an operator, None for somebody who has none."""
    query = select(operator.c.role).where(operator.c.name_key == operator_key(name))
    found = connection.execute(query).scalar()
    return Role(found) if found else None


def signed_in_as(connection: Connection, system_user: str) -> str:
    """The operator's name: the login of a database server, which it has checked; for a file the operating system's."""
    if connection.dialect.name == "sqlite":
        return system_user
    found: str = connection.execute(text("select session_user")).scalar_one()
    return found


def my_role(desk: Desk) -> Role | None:
    """The role of the operator at this desk."""
    with reading(desk.engine) as connection:
        return role_of(connection, desk.operator)


def appoint_first(connection: Connection, *, name: str, now: datetime) -> None:
    """Make whoever creates or upgrades the database its Administrator, while it has no operator yet."""
    if connection.execute(select(func.count()).select_from(operator)).scalar_one():
        return
    values = {"name_key": operator_key(name), "name": name, "role": Role.ADMINISTRATOR.value, "version": 1}
    connection.execute(insert(operator).values(**values, created_at=now, created_by=name))
