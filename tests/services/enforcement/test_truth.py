"""The audit that a server keeps cannot be forged, forked, skipped or changed, and no trick commits without it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Connection, Engine, insert, text

from portal_admin.domain.audit_chain import link_hash
from portal_admin.domain.permissions import Role
from portal_admin.errors import DatabaseProblem, DeskError, NotAllowed, Refused
from portal_admin.models import audit_event
from portal_admin.models.engine import reading, writing
from portal_admin.services import audit, audit_trail, users
from portal_admin.services.audit import Head
from portal_admin.services.desk import Desk
from tests.fixtures.operators import filling
from tests.fixtures.postgres import OWNER
from tests.services.conftest import PAUL, RUTH
from tests.services.enforcement.conftest import EnforcedPortal, sqlstate
from tests.services.enforcement.test_matrix import PAYMENT, append_line, lines

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


# What an operator vouches for: a statement with room for the name and the time.
VOUCHED = {
    "a verification": "insert into caller_verification (user_id, method, note, operator, at) "
    "select min(id), 'approval', '', {name}, {at} from end_user",
    "a call note": "insert into call_note (user_id, note, operator, at) "
    "select min(id), 'n', {name}, {at} from end_user",
    "a note on a request": "insert into service_request_note (request_id, for_caller, note, operator, at) "
    "select min(id), true, 'n', {name}, {at} from service_request",
}


@pytest.mark.parametrize("what", VOUCHED)
def test_that_nothing_is_vouched_for_in_somebody_else_s_name_or_at_another_time(
    portal: EnforcedPortal, what: str
) -> None:
    desk = portal.desk(Role.CSR)

    def write(name: str, at: str) -> None:
        with writing(desk.engine) as connection:
            connection.execute(text(VOUCHED[what].format(name=name, at=at)))
            append_line(connection, desk)

    with pytest.raises(NotAllowed, match="your login") as refused:
        write("'adele'", "clock_timestamp()")
    assert sqlstate(refused) == "PA002"
    with pytest.raises(Refused, match="its own clock") as early:
        write("session_user", "clock_timestamp() - interval '1 hour'")
    assert sqlstate(early) == "PA003"
    write("session_user", "clock_timestamp()")


# What the portal and the following of payments do by themselves, and the same by the desk's hand.
BY_ITSELF = {
    "a request": "insert into service_request (site_id, user_id, kind, subject, message, status, requested_at, due_at, "
    "version) select site_id, id, 'question', 's', 'm', 'New', now(), now(), 1 from end_user limit 1",
    "an attempt": "insert into enrollment_attempt (site_id, at, first_name, last_name, email, email_key, postal_code, "
    "contract_id, contract_id_key, edition, outcome, refused_by) "
    "select id, now(), 'N', 'N', 'e', 'e', 'p', 'c', 'c', '2026', 'refused', 'email' from site limit 1",
    "a payment": PAYMENT.replace("'desk'", "'portal'"),
    "what became of a payment": "update payment set status = 'Scheduled', sending = 'sent', alternate_eft_oid = 7, "
    "followed_at = now(), version = version + 1",
    "an event": "insert into payment_event (payment_id, kind, at, learned_at, operator, evidence) "
    "select id, 'scheduled', now(), now(), 'x', '{}' from payment",
}
BY_HAND = {
    "a payment for the caller": PAYMENT,
    "a cancel": "update payment set cancel_key = 'k', status = 'Pending Cancel'",
    "a cancel taken back": "update payment set cancel_key = null",
    "a payment removed": "delete from payment_event; delete from payment",
    "a request in work": "update service_request set status = 'In Progress', assigned_to = 'casey'",
    "a request removed": "delete from service_request",
    "a policy": "insert into site_policy (site_id, payments_enabled, bank_accounts, mfa_required, version) "
    "select id, false, 'any', false, 1 from site limit 1",
    "a note": VOUCHED["a call note"].format(name="session_user", at="clock_timestamp()"),
}


@pytest.fixture
def web_tier(portal: EnforcedPortal) -> Engine:
    """The portal's own login, which is no operator's."""
    with portal.server.administering() as connection:
        if connection.execute("select from pg_roles where rolname = 'web_tier'").fetchone() is None:
            connection.execute("create role web_tier login")
    with portal.owner.begin() as connection:
        connection.exec_driver_sql(
            "grant usage on schema public to web_tier; grant select, insert, update on all tables in schema public "
            "to web_tier; grant usage on all sequences in schema public to web_tier"
        )
    return portal.engine("web_tier")


@pytest.mark.parametrize("what", BY_ITSELF)
def test_that_the_portal_writes_its_own_rows_without_a_line(
    portal: EnforcedPortal, web_tier: Engine, what: str
) -> None:
    with writing(web_tier) as connection:
        assert connection.execute(text(BY_ITSELF[what])).rowcount == 1
    assert lines(portal) == 0


@pytest.mark.parametrize("role", [Role.CSR, Role.ADMINISTRATOR], ids=str)
def test_that_no_operator_s_login_passes_for_the_portal(portal: EnforcedPortal, role: Role) -> None:
    desk = portal.desk(role)
    with pytest.raises(Refused, match="line in the audit"), writing(desk.engine) as connection:
        connection.execute(text(BY_ITSELF["a payment"]))
    with writing(desk.engine) as connection:
        connection.execute(text(BY_ITSELF["a payment"]))
        append_line(connection, desk)


@pytest.mark.parametrize("what", BY_HAND)
def test_that_what_the_desk_does_in_the_portal_s_tables_needs_a_line(
    portal: EnforcedPortal, what: str
) -> None:
    owner = Desk(portal.owner, None, lambda: datetime.now(UTC), OWNER)
    with filling(portal.owner) as connection:
        connection.execute(text("update payment set cancel_key = 'earlier'"))
    with pytest.raises(Refused, match="line in the audit") as refused, writing(portal.owner) as connection:
        connection.exec_driver_sql(BY_HAND[what])
    assert sqlstate(refused) == "PA001"
    with writing(portal.owner) as connection:
        connection.exec_driver_sql(BY_HAND[what])
        append_line(connection, owner)
    assert lines(portal) == 1


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
