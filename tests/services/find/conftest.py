"""A portal with people, contacts, accounts, contracts and payments to be found."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from sqlalchemy import Connection, insert
from sqlalchemy.engine import Engine

from portal_admin.domain.addresses import email_key
from portal_admin.domain.sound import sound_keys
from portal_admin.domain.text import id_key, label_key, name_key, plain_id, short_id
from portal_admin.models import (
    account_link,
    aspire_account,
    aspire_contact,
    aspire_contract,
    aspire_contract_role,
    end_user,
    payment,
    site,
    site_policy,
    site_private_label,
)
from tests.fixtures.database import Databases
from tests.fixtures.desk import NOW
from tests.fixtures.operators import filling

MARKS = {"fingerprint": 0, "seen": 0}
SITES = ((1, "NORTH", "Northwind Leasing", "NORTHWIND"), (2, "HARBOR", "Harbor Finance", "HARBOR"))
# Site, email, first and last name, status, account.
USERS = (
    (1, "x@prairie.example", "Ola", "Prairie", "Active", 1),
    (1, "prairie@x.example", "Prairie", "Ann", "Pending", 1),
    (1, "chris@x.example", "Chris", "Miller", "Active", 2),
    (1, "cm@x.example", "Cris", "Moreau", "Inactive", 2),
    (2, "kt@y.example", "Kris", "Tanner", "Active", 3),
)
ACCOUNTS = (
    (1, "A-1", "Prairie Hauling LLC", "ap@prairie.example; cfo@prairie.example"),
    (2, "A-2", "Delta Crane", None),
    (3, "A-3", "Harborside Dental PC", "office@harbor.example"),
)
CONTACTS = ((1, 1, "Rae O’Brien", "rae@prairie.example"), (2, 3, "Kit Moss", None), (3, 99, "Rae Lost", None))
# Oid, id, label, booked, terminated, customers.
CONTRACTS: tuple[tuple[int, str, str | None, bool, bool, tuple[int, ...]], ...] = (
    (1, "0012-0045", "NORTHWIND", True, False, (1,)),
    (2, "0012-0046", "NORTHWIND", True, True, (1, 2, 3)),
    (3, "0013-1", None, False, False, ()),
    (4, "1075-9", "HARBOR", True, False, (3,)),
)
# Reference, site, user, contract, currency, minor units, status.
PAYMENTS = (
    ("P-0001", 1, 1, 1, "USD", 107500, "Paid"),
    ("P-0002", 1, 3, 2, "USD", 107500, "Pending"),
    ("P-0003", 2, 5, 4, "JPY", 1075, "Pending Cancel"),
    ("1075-X", 1, 1, 1, "USD", 2000, "Scheduled"),
)


@pytest.fixture(scope="session")
def found_template(databases: Databases) -> str:
    """The portal above, filled once."""

    def fill(engine: Engine) -> None:
        with filling(engine) as connection:
            _sites_and_people(connection)
            _snapshot(connection)
            _payments(connection)

    return databases.template("found", fill)


@pytest.fixture(name="database_url")
def filled_database_url(found_template: str, databases: Databases) -> Any:
    """A database of one's own with all that."""
    url = databases.fresh(found_template)
    yield url
    databases.give_back(url)


def _sites_and_people(connection: Connection) -> None:
    connection.execute(
        insert(site), [{"id": i, "key": key, "name": name, "created_at": NOW} for i, key, name, _ in SITES]
    )
    labels = [{"site_id": i, "label_key": label_key(label), "label": label} for i, _, _, label in SITES]
    connection.execute(insert(site_private_label), labels)
    by = {"created_at": NOW, "created_by": "t"}
    for number, (on, email, first, last, status, account) in enumerate(USERS, 1):
        names = {"first_name": first, "last_name": last, "name_key": name_key(first, last)}
        values = {"id": number, "site_id": on, "email": email, "status": status, **names, **by}
        connection.execute(insert(end_user).values(sound_keys=sound_keys(first, last), **values))
        link = {"user_id": number, "account_oid": account, "account_id": f"A-{account}"}
        connection.execute(insert(account_link).values(**link, **by))


def _snapshot(connection: Connection) -> None:
    for oid, key, name, email in ACCOUNTS:
        ids = {"oid": oid, "account_id": key, "account_id_key": id_key(key), "name": name}
        keys = {"name_key": name_key(name), "email_key": email_key(email), "sound_keys": sound_keys(name)}
        connection.execute(insert(aspire_account).values(email=email, **ids, **keys, **MARKS))
    for oid, account, name, email in CONTACTS:
        ids = {"oid": oid, "account_oid": account, "name": name, "email": email}
        keys = {"name_key": name_key(name), "email_key": email_key(email), "sound_keys": sound_keys(name)}
        connection.execute(insert(aspire_contact).values(**ids, **keys, **MARKS))
    for oid, key, label, booked, ended, customers in CONTRACTS:
        ids = {"contract_id": key, "contract_id_key": id_key(key)}
        ids |= {"contract_id_plain": plain_id(key), "contract_id_short": short_id(key)}
        state = {"is_booked": booked, "is_terminated": ended, "private_label": label}
        state |= {"label_key": label_key(label), "currency": "USD"}
        connection.execute(insert(aspire_contract).values(oid=oid, **ids, **state, **MARKS))
        for account in customers:
            role = {"contract_oid": oid, "account_oid": account, "role_type": "Customer"}
            connection.execute(insert(aspire_contract_role).values(**role))


def _payments(connection: Connection) -> None:
    connection.execute(
        insert(payment),
        [
            {
                "reference": reference,
                "reference_key": id_key(reference),
                "site_id": on,
                "user_id": user,
                "contract_oid": contract,
                "contract_id": CONTRACTS[contract - 1][1],
                "currency": currency,
                "amount_minor": minor,
                "pay_on": date(2026, 11, 9),
                "status": status,
                "origin": "portal",
                "sending": "sent",
                "idempotency_key": reference,
                "requested_at": NOW,
                "requested_by": "t",
                "version": 1,
            }
            for reference, on, user, contract, currency, minor, status in PAYMENTS
        ],
    )


def switch_payments_off(engine: Engine, site_id: int) -> None:
    """As the vendor does it for a company."""
    with filling(engine) as connection:
        connection.execute(
            insert(site_policy).values(
                site_id=site_id, payments_enabled=False, bank_accounts="any", mfa_required=False, version=1
            )
        )
