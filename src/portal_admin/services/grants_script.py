"""The script by which a PostgreSQL server enforces the permission matrix, for psql and its owner."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator

from sqlalchemy import Connection, Engine, String, select, text
from sqlalchemy.dialects import postgresql

from portal_admin.domain.permissions import Role
from portal_admin.domain.text import is_showable
from portal_admin.errors import Refused
from portal_admin.models import metadata, operator
from portal_admin.models.engine import reading
from portal_admin.models.schema import check_schema
from portal_admin.services.grants import REVISION, SERVER_ROLES, Right, numbered, rights_of, sequences_of

LONGEST_NAME = 63  # bytes; a server cuts what is longer, and would let in somebody else
RESERVED = ("public", "none", *SERVER_ROLES.values())

INTRODUCTION = """\
-- Who may do what on this portal database, as Portal Admin's permission matrix has it.
-- Run it with psql as a superuser or as the tables' owner with the right to create roles, and again whenever an
-- operator was added, lost or changed a role, or the database was upgraded:
--     psql --no-psqlrc --file THIS_FILE DATABASE
-- It changes nothing unless all of it works. The three roles belong to the whole server: keep a second portal
-- database, such as one for tests, on another server.
\\set ON_ERROR_STOP on
SET client_encoding = 'UTF8';
SET standard_conforming_strings = on;
BEGIN;"""
# From version 16 on a role that several have granted is held until each of these grants is taken back.
NOBODY_KEEPS_A_ROLE = """\
SELECT format('REVOKE %I FROM %I', held.rolname, person.rolname)
        || CASE WHEN current_setting('server_version_num')::int < 160000 THEN ''
            ELSE format(' GRANTED BY %I CASCADE', giver.rolname) END
    FROM pg_catalog.pg_auth_members AS member
    JOIN pg_catalog.pg_roles AS held ON held.oid = member.roleid
    JOIN pg_catalog.pg_roles AS person ON person.oid = member.member
    LEFT JOIN pg_catalog.pg_roles AS giver ON giver.oid = member.grantor
    WHERE held.rolname IN ({roles})
\\gexec"""

MEMBERS = text(
    "select person.rolname, held.rolname from pg_catalog.pg_auth_members as member "
    "join pg_catalog.pg_roles as held on held.oid = member.roleid "
    "join pg_catalog.pg_roles as person on person.oid = member.member where held.rolname = any(:roles)"
)
# Nothing of ours is ever sent with this dialect; without a driver it doubles no percent signs.
_DIALECT = postgresql.dialect(paramstyle="named")  # type: ignore[no-untyped-call]
_literal: Callable[[str], str] = String().literal_processor(_DIALECT)  # type: ignore[no-untyped-call]


def script(engine: Engine) -> str:
    """The psql script for the operators that the database has now; ASCII only, so that no code page spoils a name."""
    if engine.dialect.name != "postgresql":
        raise Refused(
            "Only a PostgreSQL server enforces roles; this portal database is another kind, so there is nothing to "
            "grant. With --json the rights of each role are listed all the same.",
            rule="postgresql_only",
        )
    check_schema(engine)
    with reading(engine) as connection:
        return "\n".join(_script(connection)) + "\n"


def not_as_granted(connection: Connection) -> tuple[str, ...]:
    """Whom the server gives another role than the operators' table does, by name; nobody where it enforces none."""
    if connection.dialect.name != "postgresql":
        return ()
    given: dict[str, set[str]] = defaultdict(set)
    for name, role in connection.execute(MEMBERS, {"roles": list(SERVER_ROLES.values())}):
        given[name].add(role)
    wanted = {
        row.name: {SERVER_ROLES[Role(row.role)]}
        for row in connection.execute(select(operator).where(operator.c.role.is_not(None)))
        if not _why_no_login(row.name)
    }
    return tuple(sorted(name for name in wanted.keys() | given.keys() if wanted.get(name) != given.get(name)))


def _script(connection: Connection) -> Iterator[str]:
    database, schema = connection.execute(text("select current_database(), current_schema()")).one()
    place = identifier(schema)
    roles = ", ".join(map(identifier, SERVER_ROLES.values()))
    yield INTRODUCTION
    yield "\n-- The roles."
    for name in SERVER_ROLES.values():
        yield from _create_role(name, f"CREATE ROLE {identifier(name)} NOLOGIN")
    yield "\n-- Nothing is left of earlier grants."
    yield f"REVOKE ALL ON DATABASE {identifier(database)} FROM {roles};"
    yield f"REVOKE ALL ON SCHEMA {place} FROM {roles};"
    yield f"REVOKE CREATE ON SCHEMA {place} FROM PUBLIC;"
    tables = sorted([*metadata.tables, REVISION])
    yield f"REVOKE ALL ON TABLE {_listed(place, tables)} FROM PUBLIC, {roles};"
    sequences = [f"{table}_{column}_seq" for table, column in numbered()]
    yield f"REVOKE ALL ON SEQUENCE {_listed(place, sequences)} FROM PUBLIC, {roles};"
    for role, name in SERVER_ROLES.items():
        yield f"\n-- {role}."
        # Long lists in the window are ranked in a temporary table.
        yield f"GRANT CONNECT, TEMPORARY ON DATABASE {identifier(database)} TO {identifier(name)};"
        yield f"GRANT USAGE ON SCHEMA {place} TO {identifier(name)};"
        yield from _grants(place, rights_of(role), to=identifier(name))
    yield "\n-- The operators. Whoever is none any more, or was given another role, loses the old one."
    yield NOBODY_KEEPS_A_ROLE.format(roles=", ".join(map(literal, SERVER_ROLES.values())))
    for row in connection.execute(select(operator).order_by(operator.c.name_key)):
        yield from _person(row.name, Role(row.role) if row.role else None)
    yield "\nCOMMIT;"


def _grants(place: str, rights: Iterable[Right], *, to: str) -> Iterator[str]:
    rights = tuple(rights)
    for privilege in ("SELECT", "INSERT", "DELETE", "UPDATE"):
        tables = [right.table for right in rights if right.privilege == privilege and not right.columns]
        if tables:
            yield f"GRANT {privilege} ON TABLE {_listed(place, tables)} TO {to};"
    for right in rights:
        if right.columns:
            columns = ", ".join(map(identifier, right.columns))
            yield f"GRANT {right.privilege} ({columns}) ON TABLE {_listed(place, [right.table])} TO {to};"
    sequences = sequences_of(rights)
    if sequences:
        yield f"GRANT USAGE ON SEQUENCE {_listed(place, sequences)} TO {to};"


def _person(name: str, role: Role | None) -> Iterator[str]:
    if role is None:
        yield f"-- No role: {json.dumps(name)}"
        return
    why_not = _why_no_login(name)
    if why_not:
        yield f"-- No login, because {why_not}: {json.dumps(name)}"
        return
    yield from _create_role(name, f"CREATE ROLE {login(name)} LOGIN")
    yield f"GRANT {identifier(SERVER_ROLES[role])} TO {login(name)};"


def _why_no_login(name: str) -> str | None:
    if not name or not is_showable(name):
        return "a login's name can be shown"
    if len(name.encode()) > LONGEST_NAME:
        return f"a login's name has at most {LONGEST_NAME} bytes"
    if name in RESERVED or name.startswith("pg_"):
        return "the server reserves this name"
    return None


def _create_role(name: str, statement: str) -> Iterator[str]:
    """Only where there is none yet: psql runs what the query answers."""
    yield f"SELECT {literal(statement)}"
    yield f"    WHERE NOT EXISTS (SELECT FROM pg_catalog.pg_roles WHERE rolname = {literal(name)})"
    yield "\\gexec"


def identifier(name: str) -> str:
    """A name of the database's as SQL takes it, quoted where it must be."""
    return _DIALECT.identifier_preparer.quote(name)


def login(name: str) -> str:
    """A person's name as SQL takes it; always quoted, because anything may be in it."""
    return _in_ascii(_DIALECT.identifier_preparer.quote_identifier(name))


def literal(value: str) -> str:
    """The text as SQL takes it."""
    return _in_ascii(_literal(value))


def _in_ascii(quoted: str) -> str:
    if quoted.isascii():
        return quoted
    return "U&" + "".join(map(_escaped, quoted))


def _escaped(character: str) -> str:
    if character == "\\":
        return "\\\\"
    return character if character.isascii() else f"\\+{ord(character):06x}"


def _listed(place: str, names: Iterable[str]) -> str:
    return ", ".join(f"{place}.{identifier(name)}" for name in names)
