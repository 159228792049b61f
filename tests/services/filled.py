"""Fills the portal database directly, as a sync and earlier desk work would have left it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Any

from msgspec import json
from sqlalchemy import Connection, Engine, delete, insert, select

from portal_admin.aspire.client import AspireClient
from portal_admin.domain.addresses import email_key
from portal_admin.domain.people import Status
from portal_admin.domain.records import Account, Contract, Removed
from portal_admin.domain.sound import sound_keys
from portal_admin.domain.text import canonical_email, id_key, label_key, name_key, plain_id, short_id
from portal_admin.models import (
    account_link,
    aspire_account,
    aspire_contract,
    aspire_contract_role,
    audit_event,
    end_user,
    mail_outbox,
    metadata,
    operator,
    setting,
    site,
    site_private_label,
    sync_state,
)
from portal_admin.models.engine import reading, writing
from portal_admin.services.desk import Desk
from tests.fixtures.desk import NOW
from tests.fixtures.operators import without_audit

FRESH = NOW - timedelta(minutes=5)
STALE = NOW - timedelta(minutes=31)


def empty(connection: Connection) -> None:
    """Delete every row of every table but the operators."""
    without_audit(connection)
    for table in reversed(metadata.sorted_tables):
        if table is not operator:
            connection.execute(delete(table))


def add_site(
    connection: Connection,
    key: str,
    labels: Iterable[str] = (),
    *,
    unlabelled: bool = False,
    name: str | None = None,
) -> int:
    without_audit(connection)
    values = {"key": key, "name": name or f"Site {key}", "version": 1, "created_at": NOW}
    site_id: int = connection.execute(insert(site).values(values).returning(site.c.id)).scalar_one()
    spelled = {label_key(label): label for label in labels} | ({"": ""} if unlabelled else {})
    for key_of_label, label in spelled.items():
        connection.execute(
            insert(site_private_label).values(site_id=site_id, label_key=key_of_label, label=label)
        )
    return site_id


def add_user(
    connection: Connection,
    site_id: int,
    email: str,
    accounts: Iterable[tuple[int, str]],
    *,
    first: str = "Ruth",
    last: str = "Olsen",
    status: Status = Status.ACTIVE,
) -> int:
    """A user linked to those accounts, each an oid and an account id."""
    without_audit(connection)
    values = {
        "site_id": site_id,
        "email": canonical_email(email),
        "first_name": first,
        "last_name": last,
        "name_key": name_key(first, last),
        "sound_keys": sound_keys(first, last),
        "status": status.value,
        "version": 1,
        "created_at": NOW,
        "created_by": "earlier",
    }
    user_id: int = connection.execute(insert(end_user).values(values).returning(end_user.c.id)).scalar_one()
    for oid, account_id in accounts:
        link = {"user_id": user_id, "account_oid": oid, "account_id": account_id}
        connection.execute(insert(account_link).values(**link, created_at=NOW, created_by="earlier"))
    return user_id


def add_account(connection: Connection, account: Account) -> None:
    connection.execute(
        insert(aspire_account).values(
            oid=account.oid,
            account_id=account.account_id,
            account_id_key=id_key(account.account_id),
            name=account.name,
            name_key=name_key(account.name),
            email=account.email,
            email_key=email_key(account.email),
            sound_keys=sound_keys(account.name),
            status=account.status,
            changed_at=account.changed_at,
            fingerprint=0,
            seen=0,
        )
    )


def add_contract(connection: Connection, found: Contract) -> None:
    connection.execute(
        insert(aspire_contract).values(
            oid=found.oid,
            contract_id=found.contract_id,
            contract_id_key=id_key(found.contract_id),
            contract_id_plain=plain_id(found.contract_id),
            contract_id_short=short_id(found.contract_id),
            is_booked=found.is_booked,
            booked_at=found.booked_at,
            is_terminated=found.is_terminated,
            termination_date=found.termination_date,
            private_label=found.private_label,
            label_key=label_key(found.private_label),
            contract_type=found.contract_type,
            currency=found.currency,
            bill_to=None if found.bill_to is None else json.encode(found.bill_to).decode(),
            changed_at=found.changed_at,
            fingerprint=0,
            seen=0,
        )
    )
    for account_oid, role_type in sorted({(role.account_oid, role.role_type) for role in found.roles}):
        connection.execute(
            insert(aspire_contract_role).values(
                contract_oid=found.oid, account_oid=account_oid, role_type=role_type
            )
        )


def set_confirmed(connection: Connection, at: datetime | None, *, generation: int = 1) -> None:
    """As if the last sync had ended then; None for never."""
    connection.execute(delete(sync_state))
    if at is not None:
        values = {"data_class": "contracts", "generation": generation, "confirmed_at": at}
        connection.execute(insert(sync_state).values(values))


def set_setting(connection: Connection, key: str, value: str) -> None:
    without_audit(connection)
    connection.execute(delete(setting).where(setting.c.key == key))
    connection.execute(insert(setting).values(key=key, value=value))


def receive(engine: Engine, aspire: AspireClient, *, at: datetime | None = FRESH) -> None:
    """Copy what ASPIRE holds into the snapshot, as a sync that ended at that time."""
    accounts = aspire.account_page(changed_since=None, cursor=None).items
    contracts = aspire.contract_page(changed_since=None, cursor=None).items
    with writing(engine) as connection:
        for account in accounts:
            if not isinstance(account, Removed):
                add_account(connection, account)
        for contract in contracts:
            if not isinstance(contract, Removed):
                add_contract(connection, contract)
        set_confirmed(connection, at)


KEPT = (site, site_private_label, end_user, account_link, mail_outbox, audit_event)


def everything(engine: Engine) -> dict[str, list[Any]]:
    """Every row that desk work can change, to prove that nothing did."""
    with reading(engine) as connection:
        return {table.name: [tuple(row) for row in connection.execute(select(table))] for table in KEPT}


def is_of_now(desk: Desk, at: datetime) -> bool:
    """Whether the database wrote that time just now: a server by its own clock, for a file it is the desk's."""
    if desk.engine.dialect.name == "sqlite":
        return at == desk.clock()
    return abs(datetime.now(UTC) - at) < timedelta(minutes=1)


def refuse_audit(engine: Engine) -> None:
    """From now on no audit line can be written."""
    statements = {
        "sqlite": "CREATE TRIGGER full BEFORE INSERT ON audit_event BEGIN SELECT RAISE(ABORT, 'no room'); END",
        "postgresql": "ALTER TABLE audit_event ADD CONSTRAINT no_room CHECK (false) NOT VALID",
    }
    with writing(engine) as connection:
        connection.exec_driver_sql(statements[engine.dialect.name])


def audit_rows(engine: Engine) -> list[Any]:
    with reading(engine) as connection:
        return list(connection.execute(select(audit_event).order_by(audit_event.c.id)))
