"""Giving and taking roles."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest
from sqlalchemy import delete, update

from portal_admin.domain.permissions import Role
from portal_admin.errors import Conflict, InvalidInput, NotAllowed, NotFound, Refused
from portal_admin.models import operator
from portal_admin.models.engine import reading, writing
from portal_admin.services import operators
from portal_admin.services.desk import Desk
from portal_admin.services.roles import appoint_first, my_role, require_role
from tests.fixtures.operators import without_audit
from tests.services.filled import audit_rows


def named(desk: Desk, name: str) -> operators.Operator:
    return next(one for one in operators.list_operators(desk) if one.name == name)


def leave_alone(desk: Desk, name: str) -> None:
    """Take the role of everybody but one."""
    with writing(desk.engine) as connection:
        without_audit(connection)
        connection.execute(update(operator).where(operator.c.name != name).values(role=None))


def test_that_a_role_is_given_changed_and_taken_with_an_audit_line_each(offline_desk: Desk) -> None:
    added = operators.add(offline_desk, name=" Casey ", role=Role.CSR)
    assert (added.name, added.role, added.version) == ("Casey", Role.CSR, 1)
    assert (added.created_at, added.created_by) == (offline_desk.clock(), "tester")
    assert operators.set_role(offline_desk, name="CASEY", role=Role.READ_ONLY).version == 2
    gone = operators.set_role(offline_desk, name="casey", role=None, version=2)
    assert (gone.name, gone.role, gone.version) == ("Casey", None, 3)
    lines = [(row.action, row.subject, row.before, row.after) for row in audit_rows(offline_desk.engine)]
    assert lines == [
        ("operator.add", "Casey", None, {"role": "CSR"}),
        ("operator.set_role", "Casey", {"role": "CSR"}, {"role": "Read-only"}),
        ("operator.set_role", "Casey", {"role": "Read-only"}, {"role": None}),
    ]


def test_that_who_left_may_do_nothing_and_is_told_what_to_ask_for(offline_desk: Desk) -> None:
    operators.add(offline_desk, name="casey", role=Role.ADMINISTRATOR)
    casey = replace(offline_desk, operator="Casey")
    assert my_role(casey) is Role.ADMINISTRATOR
    operators.set_role(offline_desk, name="casey", role=None)
    with pytest.raises(NotAllowed):
        operators.add(casey, name="friend", role=Role.CSR)
    with reading(offline_desk.engine) as connection:
        with pytest.raises(NotAllowed, match="portal-admin operators set-role Casey --role csr"):
            require_role(connection, "Casey")
        with pytest.raises(NotAllowed, match='portal-admin operators add "Ann Lee" --role csr'):
            require_role(connection, "Ann Lee")


def test_that_a_known_name_is_not_added_again_in_whatever_case(offline_desk: Desk) -> None:
    operators.add(offline_desk, name="Jürgen", role=Role.CSR)
    for spelling in ("Jürgen", "JÜRGEN", "Ju\u0308rgen"):
        with pytest.raises(Refused) as refusal:
            operators.add(offline_desk, name=spelling, role=Role.CSR)
        assert refusal.value.rule == "unique_operator"
    assert len(audit_rows(offline_desk.engine)) == 1


@pytest.mark.parametrize("role", [Role.CSR, Role.READ_ONLY, None])
def test_that_the_last_administrator_keeps_the_role(offline_desk: Desk, role: Role | None) -> None:
    leave_alone(offline_desk, "tester")
    with pytest.raises(Refused) as refusal:
        operators.set_role(offline_desk, name="tester", role=role)
    assert refusal.value.rule == "last_administrator"
    assert "last Administrator" in refusal.value.message
    assert (my_role(offline_desk), audit_rows(offline_desk.engine)) == (Role.ADMINISTRATOR, [])
    operators.add(offline_desk, name="casey", role=Role.ADMINISTRATOR)
    assert operators.set_role(offline_desk, name="tester", role=role).role is role


def test_that_the_same_role_again_is_no_change(offline_desk: Desk) -> None:
    before = named(offline_desk, "jdoe")
    assert operators.set_role(offline_desk, name="jdoe", role=Role.ADMINISTRATOR) == before
    assert audit_rows(offline_desk.engine) == []


def test_that_a_role_that_somebody_else_changed_is_a_conflict(offline_desk: Desk) -> None:
    operators.set_role(offline_desk, name="jdoe", role=Role.CSR)
    with pytest.raises(Conflict):
        operators.set_role(offline_desk, name="jdoe", role=None, version=1)
    assert named(offline_desk, "jdoe").role is Role.CSR


@pytest.mark.parametrize("name", ["", "  ", "a\x00b", "x" * 201, "\u202ex", "casey\u200b", "ca\u00a0sey"])
def test_that_a_name_that_cannot_be_shown_is_refused(offline_desk: Desk, name: str) -> None:
    with pytest.raises(InvalidInput):
        operators.add(offline_desk, name=name, role=Role.CSR)


def test_that_an_unknown_operator_is_not_found(offline_desk: Desk) -> None:
    with pytest.raises(NotFound, match="nobody"):
        operators.set_role(offline_desk, name="nobody", role=Role.CSR)


def test_that_everybody_with_a_role_may_look_and_only_administrators_may_change(offline_desk: Desk) -> None:
    operators.add(offline_desk, name="casey", role=Role.CSR)
    casey = replace(offline_desk, operator="casey")
    assert named(casey, "casey").role is Role.CSR
    with pytest.raises(NotAllowed, match="Administrators"):
        operators.set_role(casey, name="casey", role=Role.ADMINISTRATOR)
    assert my_role(casey) is Role.CSR


def test_that_of_two_who_set_the_portal_up_at_once_one_is_its_administrator(offline_desk: Desk) -> None:
    with writing(offline_desk.engine) as connection:
        without_audit(connection)
        connection.execute(delete(operator))

    def appoint(name: str) -> None:
        with writing(offline_desk.engine) as connection:
            appoint_first(connection, name=name, now=offline_desk.clock())

    with ThreadPoolExecutor(1) as pool:
        with writing(offline_desk.engine) as connection:
            appoint_first(connection, name="tester", now=offline_desk.clock())
            second = pool.submit(appoint, "jdoe")
        second.result()
    assert [one.name for one in operators.list_operators(offline_desk)] == ["tester"]
