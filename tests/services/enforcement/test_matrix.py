"""The permission matrix replayed as raw SQL under a login of each role: every "no" is the server's."""

from __future__ import annotations

import pytest
from sqlalchemy import Connection, func, select, text

from portal_admin.domain.permissions import MATRIX, Permission, Role, is_allowed
from portal_admin.errors import NotAllowed, Refused
from portal_admin.models import audit_event
from portal_admin.models.engine import reading, writing
from portal_admin.models.failures import translated
from portal_admin.services import audit
from portal_admin.services.desk import Desk
from tests.services.conftest import INA, PAUL, RUTH
from tests.services.enforcement.conftest import EnforcedPortal, sqlstate

pytestmark = pytest.mark.databases("postgresql")

NO_PRIVILEGE = "42501"
USER = "(select id from end_user where email = '{}' order by id limit 1)"
MAIL = (
    "insert into mail_outbox (message_key, user_id, kind, recipient, status, created_at, created_by, attempts, due_at) "
    f"values ('k', {USER.format(PAUL)}, '{{}}', '{PAUL}', 'queued', now(), 'x', 0, now())"
)
NEW_USER = (
    "insert into end_user (site_id, email, first_name, last_name, name_key, status, version, created_at, created_by) "
    "values ((select id from site where key = 'MAIN'), 'new@raw.example', 'N', 'N', 'n n', 'Pending', 1, now(), 'x')"
)
IMPORT = (
    "insert into import_batch (site_id, file_name, file_hash, options, status, read, created, changed, unchanged, "
    "refused, operation_id, created_at, created_by) values "
    "((select id from site where key = 'MAIN'), 'f', 'h', '{}', 'running', 0, 0, 0, 0, 0, 'o', now(), 'x')"
)
PAYMENT = (
    "insert into payment (reference, reference_key, site_id, user_id, contract_oid, contract_id, currency, amount_minor, "
    "pay_on, status, origin, sending, idempotency_key, requested_at, requested_by, version) select 'P-9', 'p-9', site_id, "
    "id, 10, '0012-0045', 'USD', 100, current_date, 'Pending', 'desk', 'sending', 'k', now(), 'x', 1 "
    f"from end_user where id = {USER.format(RUTH)}"
)
ENROLLMENT = (
    f"with enrolled as ({NEW_USER} returning id, site_id) insert into enrollment_attempt (site_id, at, first_name, "
    "last_name, email, email_key, postal_code, contract_id, contract_id_key, edition, outcome, refused_by, user_id) "
    "select site_id, now(), 'N', 'N', 'e', 'e', 'p', 'c', 'c', '2026', 'accepted', '', id from enrolled"
)
# One statement that only those who may can have done; none for what is done by writing its audit line.
STATEMENTS: dict[Permission, str | None] = {
    Permission.VIEW: "select count(*) from end_user",
    Permission.VERIFY_AUDIT: "select count(hash) from audit_event",
    Permission.CREATE_USER: NEW_USER,
    Permission.EDIT_USER: f"update end_user set first_name = 'R', version = version + 1 where email = '{RUTH}'",
    Permission.RESEND_REGISTRATION: MAIL.format("registration"),
    Permission.RESET_PASSWORD: MAIL.format("reset"),
    Permission.DEACTIVATE_USER: f"update end_user set status = 'Inactive' where email = '{RUTH}'",
    Permission.REACTIVATE_USER: f"update end_user set status = 'Active' where email = '{INA}'",
    Permission.CHANGE_EMAIL: NEW_USER,
    Permission.VERIFY_CALLER: "insert into caller_verification (user_id, method, note, at, operator) "
    f"values ({USER.format(RUTH)}, 'call_back', '', clock_timestamp(), session_user)",
    Permission.LINK_ACCOUNT: "insert into account_link (user_id, account_oid, account_id, created_at, created_by) "
    f"values ({USER.format(RUTH)}, 99, 'A-099', now(), 'x')",
    Permission.UNLINK_ACCOUNT: f"delete from account_link where user_id = {USER.format(RUTH)}",
    Permission.WRITE_CALL_NOTE: "insert into call_note (user_id, at, operator, note) "
    f"values ({USER.format(RUTH)}, clock_timestamp(), session_user, 'n')",
    Permission.SUBMIT_PAYMENT: PAYMENT,
    Permission.CANCEL_PAYMENT: "update payment set cancel_key = 'k', status = 'Pending Cancel'",
    Permission.WORK_ON_REQUEST: "insert into service_request_note (request_id, at, operator, for_caller, note) "
    "select id, clock_timestamp(), session_user, true, 'n' from service_request",
    Permission.HAND_OVER_REQUEST: "update service_request set hand_over = 'sending', hand_over_key = 'k'",
    Permission.WRITE_FIELD_NOTE: "insert into field_note (field_key, note, created_at, created_by) "
    "values ('f', 'n', now(), 'x')",
    Permission.REVEAL: None,
    Permission.EXPORT: None,
    Permission.IMPORT_USERS: IMPORT,
    Permission.CREATE_SITE: "insert into site (key, name, version, created_at) values ('NEW', 'New', 1, now())",
    Permission.MAP_LABELS: "delete from site_private_label where label_key = ''",
    Permission.BRAND_SITE: "insert into site_brand (site_id, sender_name, sender_address, support_email, link_base, "
    "version) values ((select id from site where key = 'MAIN'), 's', 'a', 'e', 'l', 1)",
    Permission.SET_SITE_POLICY: "insert into site_policy (site_id, payments_enabled, bank_accounts, mfa_required, "
    "version) select id, false, 'any', false, 1 from site where key = 'MAIN'",
    Permission.ENROLL_USER: ENROLLMENT,
    Permission.CHANGE_SETTINGS: "insert into setting (key, value) values ('edition', '2025')",
    Permission.MANAGE_OPERATORS: "update operator set role = 'Administrator' where name = 'casey'",
    Permission.SEND_MAIL: "update mail_outbox set attempts = attempts + 1",
    Permission.SYNC: 'insert into sync_run (started_at, "full", read, changed, removed, outcome, operator) '
    "values (now(), false, 0, 0, 0, 'running', 'x')",
}
# A server is copied and restored with its own tools, by its owner.
LEFT_TO_THE_OWNER = {Permission.BACK_UP_DATABASE, Permission.RESTORE_DATABASE}
# What the machinery does by itself, or what changes nothing.
WITHOUT_A_LINE = {Permission.VIEW, Permission.VERIFY_AUDIT, Permission.SEND_MAIL, Permission.SYNC}
CHANGES = [one for one, statement in STATEMENTS.items() if statement and one not in WITHOUT_A_LINE]

FOR_NOBODY = (
    f"update end_user set email = 'x@y.example' where email = '{RUTH}'",
    "update end_user set site_id = 1",
    "update end_user set created_by = 'x'",
    "update audit_event set reason = 'x'",
    "delete from audit_event",
    "truncate audit_event",
    "truncate end_user cascade",
    "update caller_verification set method = 'approval'",
    "delete from operator",
    "update operator set name = 'x'",
    "delete from import_batch",
    "update mail_outbox set recipient = 'x@y.example'",
    "update payment set amount_minor = 1",
    "update payment set origin = 'desk'",
    "update payment set idempotency_key = 'x'",
    "delete from payment",
    "delete from payment_event",
    "update payment_event set evidence = '{}'",
    "update service_request set message = 'x'",
    "delete from service_request",
    "update service_request_note set note = 'x'",
    "update call_note set note = 'x'",
    "delete from call_note",
    "update enrollment_attempt set outcome = 'accepted'",
    "delete from enrollment_attempt",
    "delete from site_policy",
    "alter table audit_event disable trigger all",
    "drop trigger end_user_needs_audit on end_user",
    "drop table end_user cascade",
    "create table public.audit_event_2 (id int)",
    "create schema mine",
    "create function public.portal_is_ours() returns int language sql as 'select 1'",
    "set session_replication_role = replica",
    "set role tester",
    "set session authorization postgres",
    "alter table end_user disable trigger all",
    "grant portal_administrator to casey",
    "create role mallory login",
)


def append_line(connection: Connection, desk: Desk) -> None:
    audit.record(connection, desk, action="raw.sql", subject="by hand")


def lines(portal: EnforcedPortal) -> int:
    with reading(portal.owner) as connection:
        return connection.execute(select(func.count()).select_from(audit_event)).scalar_one()


def test_that_every_permission_has_its_statement() -> None:
    assert set(STATEMENTS) | LEFT_TO_THE_OWNER == set(Permission) == set(MATRIX)


@pytest.mark.parametrize("permission", STATEMENTS, ids=lambda permission: permission.name)
def test_that_the_server_does_what_the_matrix_allows_and_refuses_all_else(
    portal: EnforcedPortal, permission: Permission
) -> None:
    statement, needs_line = STATEMENTS[permission], permission not in WITHOUT_A_LINE
    for role in Role:
        desk = portal.desk(role)
        before = lines(portal)
        if is_allowed(role, permission):
            _do(desk, statement, line=needs_line, keep=role is Role.ADMINISTRATOR)
            assert lines(portal) == before + (needs_line and role is Role.ADMINISTRATOR)
        else:
            with pytest.raises(NotAllowed, match="db grants") as refused:
                _do(desk, statement, line=statement is None, keep=True)
            assert sqlstate(refused) == NO_PRIVILEGE


def _do(desk: Desk, statement: str | None, *, line: bool, keep: bool) -> None:
    """Run it, and commit it or stop after the checks of a commit: the next role is to find the same."""
    with translated(), desk.engine.connect() as connection:
        if statement:
            connection.execute(text(statement))
        if line:
            append_line(connection, desk)
        connection.execute(text("set constraints all immediate"))
        if keep:
            connection.commit()


def test_that_no_change_is_committed_without_its_audit_line(portal: EnforcedPortal) -> None:
    engine = portal.desk(Role.ADMINISTRATOR).engine
    for permission in CHANGES:
        with pytest.raises(Refused, match="line in the audit") as refused, writing(engine) as connection:
            connection.execute(text(str(STATEMENTS[permission])))
        assert sqlstate(refused) == "PA001", permission


@pytest.mark.parametrize("role", Role, ids=lambda role: role.value)
def test_that_nobody_is_let_do_what_no_permission_covers(portal: EnforcedPortal, role: Role) -> None:
    engine = portal.desk(role).engine
    for statement in FOR_NOBODY:
        with pytest.raises(NotAllowed) as refused, writing(engine) as connection:
            connection.execute(text(statement))
        assert sqlstate(refused) == NO_PRIVILEGE, statement


def test_that_a_login_without_a_role_sees_nothing(portal: EnforcedPortal) -> None:
    with portal.server.administering() as connection:
        if connection.execute("select from pg_roles where rolname = 'nobody'").fetchone() is None:
            connection.execute("create role nobody login")
    with pytest.raises(NotAllowed), reading(portal.engine("nobody")) as connection:
        connection.execute(text("select count(*) from end_user"))


def test_that_lists_are_ranked_in_a_temporary_table_by_everybody(portal: EnforcedPortal) -> None:
    for role in Role:
        with writing(portal.desk(role).engine) as connection:
            connection.execute(text("create temporary table ranked as select id from end_user"))
