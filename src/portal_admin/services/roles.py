"""Who the operator at a desk is, and which role the operator has."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, func, insert, select, text

from portal_admin.domain.permissions import Role
from portal_admin.domain.text import operator_key
from portal_admin.errors import NotAllowed
from portal_admin.models import operator
from portal_admin.models.engine import reading
from portal_admin.services import audit
from portal_admin.services.desk import Desk

# SQL Server calls every owner of a database `dbo`, whoever signed in.
LOGINS = {"postgresql": text("select session_user"), "mssql": text("select original_login()")}
FIRST = "whoever sets the portal database up is its first Administrator"


def role_of(connection: Connection, name: str) -> Role | None:
    """The role of an operator, None for somebody who has none."""
    query = select(operator.c.role).where(operator.c.name_key == operator_key(name))
    found = connection.execute(query).scalar()
    return Role(found) if found else None


def signed_in_as(connection: Connection, system_user: str) -> str:
    """The operator's name: the login of a database server, which it has checked; for a file the operating system's."""
    asked = LOGINS.get(connection.dialect.name)
    if asked is None:
        return system_user
    found: str = connection.execute(asked).scalar_one()
    return found


def my_role(desk: Desk) -> Role | None:
    """The role of the operator at this desk."""
    with reading(desk.engine) as connection:
        return role_of(connection, desk.operator)


def require_role(connection: Connection, name: str) -> Role:
    """The role of an operator; NotAllowed says what an Administrator runs to give somebody one."""
    role = role_of(connection, name)
    if role is not None:
        return role
    known = select(operator.c.name).where(operator.c.name_key == operator_key(name))
    verb = "set-role" if connection.execute(known).scalar() else "add"
    raise NotAllowed(
        f"{name} has no role on this portal database, so nothing of it may be shown. Ask an Administrator to run: "
        f"portal-admin operators {verb} {quoted(name)} --role csr",
        title="You have no role here yet",
    )


def quoted(name: str) -> str:
    """A name as a command line takes it."""
    return f'"{name}"' if any(character in name for character in " &'()") else name


def appoint_first(connection: Connection, *, name: str, now: datetime) -> None:
    """Make whoever creates or upgrades the database its Administrator, while it has no operator yet; audited."""
    # Of two who set it up at once, the second finds the first.
    audit.lock(connection)
    if connection.execute(select(func.count()).select_from(operator)).scalar_one():
        return
    role = {"role": Role.ADMINISTRATOR.value}
    values = {
        "name_key": operator_key(name),
        "name": name,
        "version": 1,
        "created_at": now,
        "created_by": name,
    }
    connection.execute(insert(operator).values(**role, **values))
    founder = Desk(engine=connection.engine, aspire=None, clock=lambda: now, operator=name)
    audit.record(connection, founder, action="operator.add", subject=name, after=role, reason=FIRST)
