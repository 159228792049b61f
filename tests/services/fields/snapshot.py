"""Puts one contract of the sandbox into the portal database, as a sync at a given time would have."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

from sqlalchemy import delete, insert

from portal_admin.aspire.client import ACCOUNT_DETAILS, CONTRACT_DETAILS, AspireClient
from portal_admin.domain.money import to_minor
from portal_admin.domain.text import id_key, label_key, name_key
from portal_admin.models import (
    account_link,
    aspire_account,
    aspire_contact,
    aspire_contract,
    aspire_contract_detail,
    aspire_contract_role,
    end_user,
    site,
    site_private_label,
    sync_state,
)
from portal_admin.models.engine import writing
from portal_admin.services.desk import Desk
from tests.fixtures.operators import filling

# A busy test machine must not spoil what a test only builds on.
PATIENCE = 10.0
KEPT = {"fingerprint": 0, "seen": 1}


def keep(desk: Desk, contract_id: str, *, at: datetime, details: bool = True) -> None:
    """Read everything about a contract from the desk's ASPIRE and store it with that time."""
    assert desk.aspire is not None
    with desk.aspire.within(PATIENCE):
        _keep(desk, desk.aspire, contract_id, at, details)


def _keep(desk: Desk, aspire: AspireClient, contract_id: str, at: datetime, details: bool) -> None:
    (contract,) = aspire.contracts(contract_id=contract_id)
    customer = next(role.account_oid for role in contract.roles if role.role_type == "Customer")
    (account,) = aspire.accounts(account_oid=customer)
    rows: list[tuple[Any, dict[str, Any]]] = [
        (
            aspire_contract,
            {
                "oid": contract.oid,
                "contract_id": contract.contract_id,
                "contract_id_key": id_key(contract.contract_id),
                "is_booked": contract.is_booked,
                "booked_at": contract.booked_at,
                "is_terminated": contract.is_terminated,
                "termination_date": contract.termination_date,
                "private_label": contract.private_label,
                "label_key": label_key(contract.private_label),
                "contract_type": contract.contract_type,
                "currency": contract.currency,
                "payment_amount_minor": to_minor(contract.payment_amount, contract.currency),
                "next_due_date": contract.next_due_date,
                "remaining_balance_minor": to_minor(contract.remaining_balance, contract.currency),
                "bill_to": None,
                **KEPT,
            },
        ),
        (
            aspire_account,
            {
                "oid": account.oid,
                "account_id": account.account_id,
                "account_id_key": id_key(account.account_id),
                "name": account.name,
                "name_key": name_key(account.name),
                "email": account.email,
                "status": account.status,
                **KEPT,
            },
        ),
        *(
            (
                aspire_contract_role,
                {"contract_oid": contract.oid, "account_oid": r.account_oid, "role_type": r.role_type},
            )
            for r in contract.roles
        ),
        *(
            (
                aspire_contact,
                {"oid": c.oid, "account_oid": customer, "name": c.name, "email": c.email, **KEPT},
            )
            for c in aspire.contacts_of(account_oid=customer)
        ),
        *(
            (sync_state, {"data_class": name, "confirmed_at": at})
            for name in ("accounts", "contacts", "contracts")
        ),
    ]
    if details:
        kept = {n: aspire.detail(contract_oid=contract.oid, data_class=n) for n in CONTRACT_DETAILS}
        kept |= {n: aspire.account_detail(account_oid=customer, data_class=n) for n in ACCOUNT_DETAILS}
        rows += [
            (
                aspire_contract_detail,
                {"contract_oid": contract.oid, "data_class": n, "as_of": at, "record": json.dumps(record)},
            )
            for n, record in kept.items()
        ]
    with writing(desk.engine) as connection:
        connection.execute(delete(sync_state))
        for table, values in rows:
            connection.execute(insert(table).values(values))


def register(desk: Desk, email: str, *, account_oid: int, account_id: str) -> None:
    """An active end user of the site Northwind, which takes contracts without a label, linked to one account."""
    with filling(desk.engine) as connection:
        connection.execute(
            insert(site).values(id=1, key="NORTHWIND", name="Northwind Leasing", created_at=desk.clock())
        )
        connection.execute(insert(site_private_label).values(site_id=1, label_key="", label=""))
        connection.execute(
            insert(end_user).values(
                id=1,
                site_id=1,
                email=email,
                first_name="Rae",
                last_name="Olsen",
                name_key=name_key("Rae", "Olsen"),
                status="Active",
                created_at=desk.clock(),
                created_by="tester",
            )
        )
        connection.execute(
            insert(account_link).values(
                user_id=1,
                account_oid=account_oid,
                account_id=account_id,
                created_at=desk.clock(),
                created_by="tester",
            )
        )
