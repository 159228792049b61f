"""Reads what the portal last received from ASPIRE."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, Select, select

from portal_admin.domain.access import booked_first
from portal_admin.domain.freshness import is_stale
from portal_admin.domain.money import from_minor
from portal_admin.domain.offering import Holding
from portal_admin.domain.policy import PortalSettings
from portal_admin.domain.reading import Stored
from portal_admin.domain.records import Account, Contract, Location, Role
from portal_admin.domain.text import id_key
from portal_admin.models import aspire_account, aspire_contract, aspire_contract_role, sync_state
from portal_admin.services.chunks import chunks
from portal_admin.services.sync.state import restored_alarm


@dataclass(frozen=True, slots=True)
class Freshness:
    """When sync last confirmed the snapshot's contracts, and whether that is too long ago to rely on.

    `restored` is the alarm of a sync that found ASPIRE restored from a backup: the snapshot may be wrong.
    """

    as_of: datetime | None
    stale: bool
    restored: bool = False


def freshness(connection: Connection, settings: PortalSettings, now: datetime) -> Freshness:
    """The age of the contracts in the snapshot, and whether ASPIRE was restored since."""
    as_of = confirmed_at(connection)
    stale = is_stale(as_of, now, settings.cadences["contracts"])
    return Freshness(as_of, stale, restored_alarm(connection))


def confirmed_at(connection: Connection) -> datetime | None:
    """When a sync last completed the contracts, None for never."""
    query = select(sync_state.c.confirmed_at).where(sync_state.c.data_class == "contracts")
    found: datetime | None = connection.execute(query).scalar()
    return found


def stored_contract(
    connection: Connection, contract_id: str, *, rank: Callable[[Contract], Any] = booked_first
) -> Stored[Contract]:
    """The contract of that visible id; of several, the first by `rank`."""
    query = select(aspire_contract).where(aspire_contract.c.contract_id_key == id_key(contract_id))
    return Stored(min(_contracts(connection, query), key=rank, default=None), confirmed_at(connection))


def stored_account(connection: Connection, account_id: str) -> Account | None:
    """The account of that visible id."""
    query = select(aspire_account).where(aspire_account.c.account_id_key == id_key(account_id))
    row = connection.execute(query.order_by(aspire_account.c.oid).limit(1)).first()
    return account_of(row) if row else None


def accounts_by_oid(connection: Connection, oids: Iterable[int]) -> dict[int, Account]:
    """The accounts the snapshot holds of those asked for, by oid."""
    found: dict[int, Account] = {}
    for some in chunks(sorted(set(oids))):
        for row in connection.execute(select(aspire_account).where(aspire_account.c.oid.in_(some))):
            found[row.oid] = account_of(row)
    return found


def holdings(connection: Connection, accounts: Iterable[Account]) -> dict[int, Holding]:
    """Each account with every contract on which it has any role, by account oid."""
    wanted = {account.oid: account for account in accounts}
    held = contracts_held(connection, wanted)
    return {oid: Holding(account, held[oid]) for oid, account in wanted.items()}


def contracts_held(connection: Connection, account_oids: Iterable[int]) -> dict[int, tuple[Contract, ...]]:
    """Every contract on which an account of that oid has any role, whether or not the snapshot holds the account."""
    wanted = sorted(set(account_oids))
    held: dict[int, list[Contract]] = defaultdict(list)
    role = aspire_contract_role
    for some in chunks(wanted):
        oids = select(role.c.contract_oid).where(role.c.account_oid.in_(some))
        query = (
            select(aspire_contract)
            .where(aspire_contract.c.oid.in_(oids))
            .order_by(aspire_contract.c.contract_id)
        )
        for contract in _contracts(connection, query):
            for oid in {r.account_oid for r in contract.roles} & set(some):
                held[oid].append(contract)
    return {oid: tuple(held[oid]) for oid in wanted}


def _contracts(connection: Connection, query: Select[Any]) -> list[Contract]:
    rows = connection.execute(query).all()
    roles: dict[int, list[Role]] = defaultdict(list)
    for some in chunks([row.oid for row in rows]):
        found = select(aspire_contract_role).where(aspire_contract_role.c.contract_oid.in_(some))
        for row in connection.execute(found.order_by(aspire_contract_role.c.account_oid)):
            roles[row.contract_oid].append(Role(row.account_oid, row.role_type))
    return [contract_of(row, roles[row.oid]) for row in rows]


def account_of(row: Row[Any]) -> Account:
    """A row of aspire_account as a record."""
    return Account(row.oid, row.account_id, row.name, row.email, row.status, row.changed_at)


def contract_of(row: Row[Any], roles: Iterable[Role]) -> Contract:
    """A row of aspire_contract with its roles as a record."""
    return Contract(
        oid=row.oid,
        contract_id=row.contract_id,
        is_booked=row.is_booked,
        is_terminated=row.is_terminated,
        roles=tuple(roles),
        private_label=row.private_label,
        booked_at=row.booked_at,
        termination_date=row.termination_date,
        contract_type=row.contract_type,
        bill_to=Location(**json.loads(row.bill_to)) if row.bill_to else None,
        currency=row.currency,
        payment_amount=from_minor(row.payment_amount_minor, row.currency),
        next_due_date=row.next_due_date,
        remaining_balance=from_minor(row.remaining_balance_minor, row.currency),
        changed_at=row.changed_at,
    )
