"""What `db grants` prints is what the server then knows: no right more, no right less, nobody else's name."""

from __future__ import annotations

import json
from collections import defaultdict
from typing import Any

import pytest
from sqlalchemy import text, update

from portal_admin.cli import run
from portal_admin.domain.permissions import Permission, Role
from portal_admin.errors import NotAllowed
from portal_admin.models import operator
from portal_admin.models.engine import reading, writing
from portal_admin.services.grants import NEEDS, SERVER_ROLES, all_grants, rights_of, sequences_of
from portal_admin.services.grants_script import script
from tests.fixtures.operators import appoint, filling
from tests.services.enforcement.conftest import NAMES, EnforcedPortal

pytestmark = pytest.mark.databases("postgresql")

OURS = text(
    "select grantee, table_name, privilege_type, null as column_name from information_schema.role_table_grants "
    "where grantee like 'portal\\_%' union all "
    "select grantee, table_name, privilege_type, column_name from information_schema.role_column_grants "
    "where grantee like 'portal\\_%'"
)
HOSTILE = (
    'x"; DROP TABLE end_user; --',
    "o'brien",
    "a\\b'c",
    "\\! echo owned",
    "50%",
    "Jürg Ünï\\x",
    "$$ :name :'v' :\"w\"",
    "GROUP",
)
NO_LOGIN = ("A" * 64, "ü" * 32, "portal_csr", "pg_monitor", "public", "none", "new\nline", "\x1b[2J", "‮drow")


def in_the_catalog(portal: EnforcedPortal) -> set[tuple[str, str, str, tuple[str, ...] | None]]:
    """Role, table, privilege, and the columns where it is not on the whole table."""
    whole: set[tuple[str, str, str]] = set()
    columns: dict[tuple[str, str, str], set[str]] = defaultdict(set)
    with portal.owner.connect() as connection:
        for *key, column in connection.execute(OURS):
            where: Any = tuple(key)
            if column is None:
                whole.add(where)
            else:
                columns[where].add(column)
    part = {(*key, tuple(sorted(names))) for key, names in columns.items() if key not in whole}
    return {(*key, None) for key in whole} | part


def members(portal: EnforcedPortal) -> dict[str, set[str]]:
    """The roles of ours that each login has."""
    found: dict[str, set[str]] = defaultdict(set)
    query = text(
        "select person.rolname, held.rolname from pg_auth_members m join pg_roles held on held.oid = m.roleid "
        "join pg_roles person on person.oid = m.member where held.rolname like 'portal\\_%'"
    )
    with reading(portal.owner) as connection:
        for person, held in connection.execute(query):
            found[person].add(held)
    return found


def set_role(portal: EnforcedPortal, name: str, role: Role | None) -> None:
    with filling(portal.owner) as connection:
        values = {"role": role.value if role else None}
        connection.execute(update(operator).where(operator.c.name == name).values(values))


def test_that_the_catalog_shows_exactly_the_grants_that_were_printed(portal: EnforcedPortal) -> None:
    printed = {(one.role, one.table, one.privilege, one.columns) for one in all_grants()}
    assert in_the_catalog(portal) == printed
    extra = "grant delete, truncate on end_user to portal_csr; grant update on end_user to portal_read_only"
    with writing(portal.owner) as connection:
        connection.exec_driver_sql(extra)
    assert in_the_catalog(portal) != printed
    portal.enforce()
    assert in_the_catalog(portal) == printed


def test_that_roles_have_sequences_schema_and_database_as_printed_and_no_more(portal: EnforcedPortal) -> None:
    with reading(portal.owner) as connection:
        for role, name in SERVER_ROLES.items():
            usable = connection.execute(
                text(
                    "select c.relname from pg_class c, aclexplode(c.relacl) a where c.relkind = 'S' "
                    "and a.grantee = cast(:role as regrole) and a.privilege_type = 'USAGE' order by 1"
                ),
                {"role": name},
            ).scalars()
            assert tuple(usable) == sequences_of(rights_of(role))
            can = "select has_schema_privilege(:role, 'public', 'usage'), has_schema_privilege(:role, 'public', 'create')"
            assert connection.execute(text(can), {"role": name}).one() == (True, False)


def test_that_nobody_may_touch_the_past_or_move_people() -> None:
    rights = {(grant.table, grant.privilege): set(grant.columns or ()) for grant in all_grants()}
    assert not {("audit_event", "UPDATE"), ("audit_event", "DELETE")} & set(rights)
    assert not {"email", "site_id", "id"} & rights["end_user", "UPDATE"]
    assert rights["end_user", "UPDATE"]
    assert {privilege for _, privilege in rights} == {"SELECT", "INSERT", "UPDATE", "DELETE"}


def test_that_every_permission_says_what_it_needs() -> None:
    assert set(NEEDS) == set(Permission)


def test_that_each_role_has_what_the_one_before_it_has() -> None:
    every = [
        {
            (right.table, right.privilege, column)
            for right in rights_of(role)
            for column in right.columns or (None,)
        }
        for role in Role
    ]
    assert every[0] < every[1] < every[2]


def test_that_whoever_is_demoted_or_leaves_loses_the_old_role(portal: EnforcedPortal) -> None:
    appoint(portal.owner, "dora", Role.ADMINISTRATOR)
    portal.enforce()
    portal.enforce()
    assert members(portal)["dora"] == {"portal_administrator"}
    set_role(portal, "dora", Role.READ_ONLY)
    portal.enforce()
    assert members(portal)["dora"] == {"portal_read_only"}
    set_role(portal, "dora", None)
    portal.enforce()
    assert members(portal)["dora"] == set()
    with pytest.raises(NotAllowed), reading(portal.engine("dora")) as connection:
        connection.execute(text("select count(*) from end_user"))


def test_that_a_role_that_somebody_else_handed_on_is_taken_back_too(portal: EnforcedPortal) -> None:
    with portal.server.administering() as connection:
        connection.execute("grant portal_administrator to adele with admin option")
        connection.execute("set role adele")
        connection.execute("grant portal_administrator to casey")
    assert members(portal)["casey"] == {"portal_csr", "portal_administrator"}
    portal.enforce()
    assert members(portal)["casey"] == {"portal_csr"}
    assert members(portal)["adele"] == {"portal_administrator"}


def test_that_hostile_names_become_logins_of_that_name_or_none(portal: EnforcedPortal) -> None:
    for name in (*HOSTILE, *NO_LOGIN):
        appoint(portal.owner, name, Role.CSR)
    printed = script(portal.owner)
    assert printed.isascii()
    assert "\x1b" not in printed
    portal.enforce()
    found = members(portal)
    assert all(found[name] == {"portal_csr"} for name in HOSTILE)
    assert set(found) & set(NO_LOGIN) == set()
    assert set(NAMES.values()) <= set(found)
    with reading(portal.engine(HOSTILE[0])) as connection:
        assert connection.execute(text("select session_user")).scalar_one() == HOSTILE[0]
        assert connection.execute(text("select count(*) from end_user")).scalar_one()


def test_that_the_command_prints_the_script_or_lines_of_json(
    portal: EnforcedPortal, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("PORTAL_ADMIN_DATABASE_URL", portal.url)
    monkeypatch.setenv("PORTAL_ADMIN_DATABASE_PASSWORD", "not asked for")
    assert run(["db", "grants"]) == 0
    assert capsys.readouterr().out == script(portal.owner)
    assert run(["db", "grants", "--json"]) == 0
    printed = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert len(printed) == len(all_grants())
    assert {"role": "portal_read_only", "table": "site", "privilege": "SELECT", "columns": None} in printed


def test_that_a_file_has_nothing_to_grant(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], migrated_file: Any
) -> None:
    monkeypatch.setenv("PORTAL_ADMIN_DATABASE_URL", f"sqlite:///{migrated_file}")
    assert run(["db", "grants"]) == 1
    assert "PostgreSQL" in capsys.readouterr().err
    assert run(["db", "grants", "--json"]) == 0
