"""What the portal holds of one contract, per data class, in the form in which ASPIRE sends it."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import Connection, select

from portal_admin.domain.policy import PortalSettings
from portal_admin.domain.records import Account, Contact, Contract, Location, Role
from portal_admin.models import (
    account_link,
    aspire_account,
    aspire_contact,
    aspire_contract_detail,
    aspire_contract_role,
    end_user,
    site,
    sync_state,
)
from portal_admin.services.snapshot import account_of, stored_contract
from portal_admin.services.sync.state import stored_generation

CUSTOMER = "customer"
USERS_SHOWN = 50


@dataclass(frozen=True, slots=True)
class Held:
    """The record of one data class and when it was read; of a live one, `problem` says why it could not be."""

    record: Any
    as_of: datetime | None
    found: bool = True
    problem: str | None = None


@dataclass(frozen=True, slots=True)
class StoredSide:
    """The portal's copy of one contract, None when it holds none, and everything kept beside it."""

    contract: Contract | None
    held: Mapping[str, Held]
    generation: int | None = None


def stored_side(connection: Connection, settings: PortalSettings, contract_id: str) -> StoredSide:
    """Everything the portal holds of the contract with that visible id, compared ignoring case."""
    stored = stored_contract(connection, contract_id)
    contract = stored.fact
    if contract is None:
        return StoredSide(None, {})
    confirmed = {
        row.data_class: row.confirmed_at
        for row in connection.execute(select(sync_state.c.data_class, sync_state.c.confirmed_at))
    }
    customers = customer_oids(contract.roles)
    held = {
        "contracts": Held(contract_record(contract), stored.as_of),
        "accounts": Held(_accounts(connection, customers), confirmed.get("accounts")),
        "contacts": Held(_contacts(connection, customers), confirmed.get("contacts")),
        "end_users": Held(_end_users(connection, settings, contract.oid), None),
    }
    detail = aspire_contract_detail
    for row in connection.execute(select(detail).where(detail.c.contract_oid == contract.oid)):
        held[row.data_class] = Held(json.loads(row.record), row.as_of)
    return StoredSide(contract, held, stored_generation(connection))


def customer_oids(roles: Iterable[Role]) -> tuple[int, ...]:
    """The accounts that are Customer, in a fixed order."""
    return tuple(sorted({role.account_oid for role in roles if role.role_type.casefold() == CUSTOMER}))


def account_record(account: Account) -> dict[str, Any]:
    """An account under ASPIRE's own names."""
    return {
        "AccountOid": account.oid,
        "AccountId": account.account_id,
        "Name": account.name,
        "Email": account.email,
        "Status": account.status,
    }


def contact_record(contact: Contact) -> dict[str, Any]:
    """A contact under ASPIRE's own names."""
    return {
        "ContactOid": contact.oid,
        "AccountOid": contact.account_oid,
        "Name": contact.name,
        "Email": contact.email,
    }


def contract_record(contract: Contract) -> dict[str, Any]:
    """What the contract list keeps of a contract, under ASPIRE's own names."""
    return {
        "ContractOid": contract.oid,
        "ContractId": contract.contract_id,
        "IsBooked": contract.is_booked,
        "BookedDateTime": _instant(contract.booked_at),
        "IsTerminated": contract.is_terminated,
        "TerminationDate": _day(contract.termination_date),
        "PrivateLabel": contract.private_label,
        "ContractType": contract.contract_type,
        "Roles": [{"AccountOid": role.account_oid, "RoleType": role.role_type} for role in contract.roles],
        "BillToLocation": _location(contract.bill_to),
        "Currency": contract.currency,
        "PaymentAmount": None if contract.payment_amount is None else str(contract.payment_amount),
        "NextDueDate": _day(contract.next_due_date),
        "RemainingBalance": None if contract.remaining_balance is None else str(contract.remaining_balance),
    }


def _location(location: Location | None) -> dict[str, Any] | None:
    if location is None:
        return None
    return {
        "Name": location.name,
        "Line1": location.line1,
        "Line2": location.line2,
        "City": location.city,
        "State": location.state,
        "PostalCode": location.postal_code,
        "Country": location.country,
        "Email": location.email,
    }


def _day(value: date | None) -> str | None:
    return None if value is None else value.isoformat()


def _instant(value: datetime | None) -> str | None:
    return None if value is None else value.astimezone(UTC).isoformat()


def _accounts(connection: Connection, oids: tuple[int, ...]) -> list[dict[str, Any]]:
    query = select(aspire_account).where(aspire_account.c.oid.in_(oids)).order_by(aspire_account.c.oid)
    return [account_record(account_of(row)) for row in connection.execute(query)]


def _contacts(connection: Connection, oids: tuple[int, ...]) -> list[dict[str, Any]]:
    contact = aspire_contact
    query = select(contact).where(contact.c.account_oid.in_(oids)).order_by(contact.c.oid)
    return [
        contact_record(Contact(row.oid, row.account_oid, row.name, row.email))
        for row in connection.execute(query)
    ]


def _end_users(connection: Connection, settings: PortalSettings, contract_oid: int) -> list[dict[str, Any]]:
    """The end users linked to an account with an admitted role on the contract, whatever their site and status."""
    role = aspire_contract_role
    query = (
        select(
            end_user.c.email,
            end_user.c.first_name,
            end_user.c.last_name,
            end_user.c.status,
            end_user.c.created_at,
            site.c.name,
            account_link.c.account_id,
        )
        .join(account_link, account_link.c.user_id == end_user.c.id)
        .join(site, site.c.id == end_user.c.site_id)
        .join(role, role.c.account_oid == account_link.c.account_oid)
        .where(role.c.contract_oid == contract_oid, role.c.role_type.in_(settings.admitted_roles))
        .distinct()
        .order_by(end_user.c.email, site.c.name, account_link.c.account_id)
        .limit(USERS_SHOWN)
    )
    return [{**row._mapping, "created_at": row.created_at.isoformat()} for row in connection.execute(query)]
