"""The audit that a server keeps cannot be forged, forked, skipped or changed, and no trick commits without it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Connection, insert, text

from portal_admin.domain.audit_chain import link_hash
from portal_admin.domain.permissions import Role
from portal_admin.errors import DatabaseProblem, DeskError, NotAllowed, Refused
from portal_admin.models import audit_event
from portal_admin.models.engine import reading, writing
from portal_admin.services import audit, audit_trail, users
from portal_admin.services.audit import Head
from portal_admin.services.desk import Desk
from tests.services.conftest import PAUL, RUTH
from tests.services.enforcement.conftest import EnforcedPortal, sqlstate
from tests.services.enforcement.test_matrix import append_line, lines

pytestmark = pytest.mark.databases("postgresql")

RENAMED = text(
    "update end_user set first_name = 'R', version = version + 1 where id = (select min(id) from end_user)"
)


def line(last: Head, **changes: Any) -> dict[str, Any]:
    """A true next line, or one with a lie in it; its own hash is always right."""
    true = {
        "id": last.id + 1,
        "at": datetime.now(UTC),
        "operator": "adele",
        "action": "raw.sql",
        "site_key": None,
        "subject": "by hand",
        "operation_id": "o",
        "before": None,
        "after": None,
        "reason": None,
        "previous_hash": last.hash,
    } | changes
    return {"hash": link_hash(str(true["previous_hash"]), true), **true}


LIES: dict[str, tuple[Callable[[Head], dict[str, Any]], type[DeskError], str]] = {
    "another operator": (lambda _: {"operator": "casey"}, NotAllowed, "PA002"),
    "a name in other letters": (lambda _: {"operator": "Adele"}, NotAllowed, "PA002"),
    "yesterday": (lambda _: {"at": datetime.now(UTC) - timedelta(days=1)}, Refused, "PA003"),
    "in two minutes": (lambda _: {"at": datetime.now(UTC) + timedelta(minutes=2)}, Refused, "PA003"),
    "a fork": (lambda last: {"id": last.id}, Refused, "PA004"),
    "a gap": (lambda last: {"id": last.id + 2}, Refused, "PA004"),
    "another hash before": (lambda _: {"previous_hash": "f" * 64}, Refused, "PA004"),
    "the start again": (lambda _: {"id": 1, "previous_hash": "0" * 64}, Refused, "PA004"),
}


@pytest.mark.parametrize("lie", LIES)
def test_that_a_line_with_a_lie_in_it_is_not_taken(portal: EnforcedPortal, lie: str) -> None:
    desk = portal.desk(Role.ADMINISTRATOR)
    with writing(desk.engine) as connection:
        append_line(connection, desk)
    changes, kind, state = LIES[lie]
    with reading(desk.engine) as connection:
        last = audit.head(connection)
    with pytest.raises(kind) as refused, writing(desk.engine) as connection:
        connection.execute(insert(audit_event).values(line(last, **changes(last))))
    assert sqlstate(refused) == state
    with writing(desk.engine) as connection:
        connection.execute(insert(audit_event).values(line(last)))


def test_that_a_caller_is_verified_in_nobody_else_s_name(portal: EnforcedPortal) -> None:
    desk = portal.desk(Role.CSR)
    forged = text(
        "insert into caller_verification (user_id, method, note, at, operator) "
        "values ((select min(id) from end_user), 'approval', '', clock_timestamp(), 'adele')"
    )
    with pytest.raises(NotAllowed, match="your login") as refused, writing(desk.engine) as connection:
        connection.execute(forged)
    assert sqlstate(refused) == "PA002"


@pytest.mark.parametrize(
    "statement",
    ["update audit_event set reason = 'x'", "delete from audit_event", "truncate audit_event"],
)
def test_that_not_even_the_owner_changes_the_audit(portal: EnforcedPortal, statement: str) -> None:
    with pytest.raises(Refused, match="nobody") as refused, writing(portal.owner) as connection:
        connection.execute(text(statement))
    assert sqlstate(refused) == "PA005"


def test_that_the_owner_too_changes_nothing_without_a_line(portal: EnforcedPortal) -> None:
    with pytest.raises(Refused, match="line in the audit"), writing(portal.owner) as connection:
        connection.execute(RENAMED)


def _append(desk: Desk, values: dict[str, Any]) -> None:
    with writing(desk.engine) as connection:
        connection.execute(text("set local lock_timeout = '50ms'"))
        connection.execute(insert(audit_event).values(values))


def test_that_people_and_mails_that_left_are_removed_by_nobody(portal: EnforcedPortal) -> None:
    desk = portal.desk(Role.ADMINISTRATOR)
    users.resend_registration(desk, site="MAIN", email=PAUL)
    users.create_user(
        desk, site="MAIN", email="n@n.example", first_name="N", last_name="N", account_ids=["A-001"]
    )
    with writing(desk.engine) as connection:
        connection.execute(text("update mail_outbox set status = 'sent'"))
    for statement in (
        "delete from mail_outbox",
        # Nobody knows of the first where they come from, and the second was created by hand.
        f"delete from account_link where user_id in (select id from end_user where email = '{RUTH}'); "
        f"delete from end_user where email = '{RUTH}'",
        "delete from end_user where email = 'n@n.example'",
    ):
        with pytest.raises(Refused, match="import") as refused, writing(desk.engine) as connection:
            connection.exec_driver_sql(statement)
        assert sqlstate(refused) == "PA006"
    for role in (Role.CSR, Role.READ_ONLY):
        with pytest.raises(NotAllowed), writing(portal.desk(role).engine) as connection:
            connection.execute(text("delete from end_user"))


def test_that_two_transactions_cannot_both_append_the_same_line(portal: EnforcedPortal) -> None:
    desk = portal.desk(Role.ADMINISTRATOR)
    with desk.engine.begin() as first:
        append_line(first, desk)
        with reading(desk.engine) as connection:
            last = audit.head(connection)
        # The second waits for what becomes of the first, and takes no lock of the program's.
        with pytest.raises(DatabaseProblem):
            _append(desk, line(last))
    with pytest.raises(Refused):
        _append(desk, line(last))
    assert lines(portal) == 1


def test_that_a_line_within_a_savepoint_counts(portal: EnforcedPortal) -> None:
    desk = portal.desk(Role.CSR)
    with writing(desk.engine) as connection:
        connection.execute(RENAMED)
        with connection.begin_nested():
            append_line(connection, desk)
    with writing(desk.engine) as connection, connection.begin_nested(), connection.begin_nested():
        append_line(connection, desk)
        connection.execute(RENAMED)
    assert lines(portal) == 2


def _rolled_back(connection: Connection, portal: EnforcedPortal) -> None:
    savepoint = connection.begin_nested()
    append_line(connection, portal.desk(Role.CSR))
    savepoint.rollback()


def _checked_early(connection: Connection, portal: EnforcedPortal) -> None:
    savepoint = connection.begin_nested()
    append_line(connection, portal.desk(Role.CSR))
    savepoint.rollback()


def _of_another_transaction(_connection: Connection, portal: EnforcedPortal) -> None:
    other = portal.desk(Role.ADMINISTRATOR)
    with writing(other.engine) as connection:
        append_line(connection, other)


def _in_a_table_of_one_s_own(connection: Connection, _portal: EnforcedPortal) -> None:
    connection.execute(text("create temporary table audit_event (id bigint, hash text)"))
    connection.execute(text("insert into pg_temp.audit_event values (1, 'x')"))
    connection.execute(text("set search_path = pg_temp, public, pg_catalog"))


TRICKS = (_rolled_back, _checked_early, _of_another_transaction, _in_a_table_of_one_s_own)


@pytest.mark.parametrize("trick", TRICKS, ids=lambda trick: trick.__name__)
def test_that_no_trick_stands_in_for_a_line_of_the_same_transaction(
    portal: EnforcedPortal, trick: Callable[[Connection, EnforcedPortal], None]
) -> None:
    def attempt() -> None:
        with writing(portal.desk(Role.CSR).engine) as connection:
            connection.execute(RENAMED)
            trick(connection, portal)

    with pytest.raises(Refused) as refused:
        attempt()
    assert sqlstate(refused) == "PA001"


def test_that_what_a_server_took_is_a_sound_chain(portal: EnforcedPortal) -> None:
    for role in (Role.CSR, Role.ADMINISTRATOR):
        desk = portal.desk(role)
        with writing(desk.engine) as connection:
            for _ in range(3):
                append_line(connection, desk)
    found = audit_trail.verify(portal.desk(Role.READ_ONLY))
    assert found is not None
    assert (found.sound, found.lines) == (True, 6)


@pytest.mark.parametrize("dead", ["superseded", "canceled", "failed", "sent"])
def test_that_the_link_of_a_mail_changes_its_fate_by_no_bare_hand(portal: EnforcedPortal, dead: str) -> None:
    desk = portal.desk(Role.CSR)
    users.resend_registration(desk, site="MAIN", email=PAUL)
    with portal.desk(Role.ADMINISTRATOR).engine.begin() as connection:
        connection.execute(text("update mail_outbox set status = :dead"), {"dead": dead})
    with pytest.raises(Refused) as refused, writing(desk.engine) as connection:
        connection.execute(text("update mail_outbox set status = 'queued'"))
    assert sqlstate(refused) == "PA001"
    with writing(desk.engine) as connection:
        connection.execute(text("update mail_outbox set status = 'queued'"))
        append_line(connection, desk)
