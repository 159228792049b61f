"""What each permission needs in the database, and the smallest set of grants of each role that follows from it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from sqlalchemy import Table

from portal_admin.domain.permissions import MATRIX, Permission, Role
from portal_admin.models import (
    account_link,
    aspire_account,
    aspire_contact,
    aspire_contract,
    aspire_contract_detail,
    aspire_contract_role,
    audit_event,
    call_note,
    caller_verification,
    end_user,
    enrollment_attempt,
    field_note,
    import_batch,
    import_row,
    lease,
    mail_outbox,
    metadata,
    operator,
    payment,
    payment_event,
    service_request,
    service_request_note,
    setting,
    site,
    site_brand,
    site_policy,
    site_private_label,
    sync_run,
    sync_state,
)

# What the schema's own version is kept in; every desk looks there first.
REVISION = "alembic_version"
# The role of a server that holds the rights of ours.
SERVER_ROLES = {
    Role.READ_ONLY: "portal_read_only",
    Role.CSR: "portal_csr",
    Role.ADMINISTRATOR: "portal_administrator",
}


@dataclass(frozen=True, slots=True)
class Right:
    """One privilege on one table; only on those columns where it names any."""

    table: str
    privilege: str
    columns: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Grant:
    """A right that a server's role has; on every column where `columns` is None."""

    role: str
    table: str
    privilege: str
    columns: tuple[str, ...] | None


Rights = tuple[Right, ...]


def look(*tables: Table) -> Rights:
    """Read rows."""
    return tuple(Right(table.name, "SELECT") for table in tables)


def add(*tables: Table) -> Rights:
    """Insert rows."""
    return tuple(Right(table.name, "INSERT") for table in tables)


def remove(*tables: Table) -> Rights:
    """Delete rows."""
    return tuple(Right(table.name, "DELETE") for table in tables)


def change(table: Table, *columns: str) -> Rights:
    """Update those columns; all but the key where none are named."""
    every = tuple(column.name for column in table.columns if not column.primary_key)
    names = tuple(table.c[name].name for name in columns) or every
    return (Right(table.name, "UPDATE", names),)


LINE = add(audit_event)
NAMES = change(end_user, "first_name", "last_name", "name_key", "sound_keys", "version")
STATUS = change(end_user, "status", "version")
MAIL = add(mail_outbox) + change(mail_outbox, "status")
RECORDS = (
    add(aspire_account, aspire_contact, aspire_contract, aspire_contract_role, aspire_contract_detail)
    + change(aspire_account)
    + change(aspire_contact)
    + change(aspire_contract)
    + remove(aspire_contract_role, aspire_contract_detail)
)
# Whoever reads an account at once keeps a full pass waiting by a lock on its row, for which PostgreSQL asks the
# right to change one column. This is the one that does least harm: a wrong value brings a full pass sooner or later.
WAIT_FOR_SYNC = change(sync_state, "full_at")
PAYMENT_STATE = change(payment, "status", "sending", "alternate_eft_oid", "followed_at", "version")
CREATION = LINE + add(end_user, account_link) + MAIL + RECORDS + WAIT_FOR_SYNC

# Extend it when an action writes to a table: a test runs every action under the rights that follow from it.
NEEDS: dict[Permission, Rights] = {
    Permission.VIEW: (*look(*metadata.sorted_tables), Right(REVISION, "SELECT")),
    Permission.VERIFY_AUDIT: look(audit_event),
    Permission.CREATE_USER: CREATION,
    Permission.EDIT_USER: LINE + NAMES,
    Permission.RESEND_REGISTRATION: LINE + MAIL,
    Permission.RESET_PASSWORD: LINE + MAIL,
    Permission.DEACTIVATE_USER: LINE + STATUS + change(mail_outbox, "status"),
    Permission.REACTIVATE_USER: LINE + STATUS,
    Permission.CHANGE_EMAIL: LINE + STATUS + add(end_user, account_link) + MAIL,
    Permission.VERIFY_CALLER: LINE + add(caller_verification),
    Permission.LINK_ACCOUNT: LINE + add(account_link) + change(end_user, "version") + RECORDS + WAIT_FOR_SYNC,
    # The last removal can be undone, which links again.
    Permission.UNLINK_ACCOUNT: LINE + remove(account_link) + add(account_link) + change(end_user, "version"),
    Permission.WRITE_CALL_NOTE: LINE + add(call_note),
    Permission.SUBMIT_PAYMENT: LINE + add(payment, payment_event) + PAYMENT_STATE,
    Permission.CANCEL_PAYMENT: LINE + add(payment_event) + PAYMENT_STATE + change(payment, "cancel_key"),
    Permission.WORK_ON_REQUEST: LINE
    + add(service_request_note)
    + change(service_request, "status", "assigned_to", "closed_at", "version"),
    Permission.HAND_OVER_REQUEST: LINE
    + change(service_request, "hand_over", "hand_over_key", "handed_over_at", "comment_oid", "version"),
    Permission.WRITE_FIELD_NOTE: LINE + add(field_note),
    Permission.REVEAL: LINE,
    Permission.EXPORT: LINE,
    Permission.IMPORT_USERS: (
        CREATION
        + NAMES
        + STATUS
        # To take an import back; the server lets nobody else be removed (migration 0004).
        + remove(end_user, account_link, mail_outbox)
        + add(import_batch, import_row)
        + change(import_batch, "status", "read", "created", "changed", "unchanged", "refused")
        + change(import_batch, "runner", "runner_until")
        + change(import_row, "result", "reason", "effect")
    ),
    Permission.CREATE_SITE: LINE + add(site, site_private_label),
    Permission.MAP_LABELS: LINE
    + add(site_private_label)
    + remove(site_private_label)
    + change(site, "version"),
    Permission.BRAND_SITE: LINE + add(site_brand) + change(site_brand),
    Permission.SET_SITE_POLICY: LINE + add(site_policy) + change(site_policy),
    Permission.ENROLL_USER: CREATION + add(enrollment_attempt),
    Permission.CHANGE_SETTINGS: LINE + add(setting) + change(setting) + remove(setting),
    Permission.MANAGE_OPERATORS: LINE + add(operator) + change(operator, "role", "version"),
    Permission.SEND_MAIL: LINE
    + change(
        mail_outbox, "status", "attempts", "due_at", "claimed_until", "sent_at", "expires_at", "failure"
    ),
    Permission.SYNC: (
        RECORDS
        + remove(aspire_account, aspire_contact, aspire_contract)
        + add(sync_state, sync_run, lease)
        + change(sync_state)
        + change(sync_run)
        + change(lease)
        + remove(lease)
        # What became of the portal's payments is learned by the way.
        + add(payment_event)
        + PAYMENT_STATE
    ),
    # A server is copied by its own tools and owner.
    Permission.BACK_UP_DATABASE: (),
    # A server is restored by its own tools and owner; that its audit ends earlier since then is accepted by a line.
    Permission.RESTORE_DATABASE: LINE,
}


def rights_of(role: Role) -> tuple[Right, ...]:
    """Everything that the role's permissions need, each table and privilege once, by table and privilege."""
    whole: set[tuple[str, str]] = set()
    columns: dict[tuple[str, str], set[str]] = defaultdict(set)
    for right in _needed(role):
        key = right.table, right.privilege
        whole |= set() if right.columns else {key}
        columns[key] |= set(right.columns)
    return tuple(Right(*key, () if key in whole else tuple(sorted(columns[key]))) for key in sorted(columns))


def all_grants() -> tuple[Grant, ...]:
    """The grants of every role."""
    return tuple(
        # SQLAlchemy's names are more than text.
        Grant(name, str(right.table), right.privilege, tuple(map(str, right.columns)) or None)
        for role, name in SERVER_ROLES.items()
        for right in rights_of(role)
    )


def sequences_of(rights: Iterable[Right]) -> tuple[str, ...]:
    """The sequences from which inserted rows take their numbers; the audit numbers its lines itself."""
    inserted = {right.table for right in rights if right.privilege == "INSERT"} - {audit_event.name}
    return tuple(sorted(f"{table}_{column}_seq" for table, column in numbered() if table in inserted))


def numbered() -> Iterator[tuple[str, str]]:
    """Every table with a column that the database counts up, and that column."""
    for table in sorted(metadata.tables.values(), key=lambda one: one.name):
        column = table.autoincrement_column
        if column is not None:
            yield table.name, column.name


def _needed(role: Role) -> Iterator[Right]:
    for permission, rights in NEEDS.items():
        if role in MATRIX[permission]:
            yield from rights
