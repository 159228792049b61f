"""ASPIRE's records as rows of the snapshot, each with a fingerprint that tells a changed row from an unchanged one."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from hashlib import blake2b
from typing import Any, Generic, TypeVar

import msgspec
from sqlalchemy import Table

from portal_admin.domain.addresses import email_key
from portal_admin.domain.money import to_minor
from portal_admin.domain.records import Account, Contact, Contract
from portal_admin.domain.sound import sound_keys
from portal_admin.domain.text import id_key, label_key, name_key, plain_id, short_id
from portal_admin.errors import AspireReplyUnreadable
from portal_admin.models import aspire_account, aspire_contact, aspire_contract, aspire_contract_role

Record = TypeVar("Record", Account, Contact, Contract)
Values = dict[str, Any]

# What the columns hold; a longer name or email is of no use cut or whole.
KEY, NAME, EMAIL = 64, 200, 1000
_fingerprint_of = msgspec.msgpack.Encoder().encode


@dataclass(frozen=True, slots=True)
class Line:
    """One record as a row, with the rows of its roles when it is a contract."""

    oid: int
    values: Values
    roles: list[Values] = field(default_factory=list)


@dataclass(frozen=True)
class Kind(Generic[Record]):
    """How one list of ASPIRE is stored."""

    data_class: str
    table: Table
    line: Callable[[Record], Line]
    roles: Table | None = None


def _line(oid: int, values: Values, roles: list[tuple[int, str]]) -> Line:
    digest = blake2b(_fingerprint_of((list(values.values()), roles)), digest_size=8).digest()
    values["fingerprint"] = int.from_bytes(digest, "big", signed=True)
    rows = [{"contract_oid": oid, "account_oid": account, "role_type": role} for account, role in roles]
    return Line(oid, values, rows)


def _account(account: Account) -> Line:
    values = {
        "oid": account.oid,
        "account_id": account.account_id,
        "account_id_key": id_key(account.account_id)[:KEY],
        "name": account.name[:NAME],
        "name_key": name_key(account.name)[:NAME],
        "email": account.email and account.email[:EMAIL],
        "email_key": email_key(account.email)[:EMAIL],
        "sound_keys": sound_keys(account.name),
        "status": account.status and account.status[:KEY],
        "changed_at": account.changed_at,
    }
    return _line(account.oid, values, [])


def _contact(contact: Contact) -> Line:
    values = {
        "oid": contact.oid,
        "account_oid": contact.account_oid,
        "name": contact.name[:NAME],
        "name_key": name_key(contact.name)[:NAME],
        "email": contact.email and contact.email[:EMAIL],
        "email_key": email_key(contact.email)[:EMAIL],
        "sound_keys": sound_keys(contact.name),
        "changed_at": contact.changed_at,
    }
    return _line(contact.oid, values, [])


def _contract(contract: Contract) -> Line:
    try:
        payment = to_minor(contract.payment_amount, contract.currency)
        balance = to_minor(contract.remaining_balance, contract.currency)
    except ValueError as error:
        raise AspireReplyUnreadable(
            f"An amount of contract {contract.contract_id} has more decimals than its currency "
            f"{contract.currency} knows. Correct it in ASPIRE, or tell whoever runs ASPIRE's gateway."
        ) from error
    values = {
        "oid": contract.oid,
        "contract_id": contract.contract_id,
        "contract_id_key": id_key(contract.contract_id)[:KEY],
        "contract_id_plain": plain_id(contract.contract_id)[:KEY],
        "contract_id_short": short_id(contract.contract_id)[:KEY],
        "is_booked": contract.is_booked,
        "booked_at": contract.booked_at,
        "is_terminated": contract.is_terminated,
        "termination_date": contract.termination_date,
        "private_label": contract.private_label,
        "label_key": label_key(contract.private_label)[:NAME],
        "contract_type": contract.contract_type and contract.contract_type[:KEY],
        "currency": contract.currency,
        "payment_amount_minor": payment,
        "next_due_date": contract.next_due_date,
        "remaining_balance_minor": balance,
        "bill_to": None if contract.bill_to is None else msgspec.json.encode(contract.bill_to).decode(),
        "changed_at": contract.changed_at,
    }
    # ASPIRE may name the same role twice, and in any order.
    return _line(
        contract.oid, values, sorted({(role.account_oid, role.role_type) for role in contract.roles})
    )


ACCOUNTS: Kind[Account] = Kind("accounts", aspire_account, _account)
CONTACTS: Kind[Contact] = Kind("contacts", aspire_contact, _contact)
CONTRACTS: Kind[Contract] = Kind("contracts", aspire_contract, _contract, aspire_contract_role)
