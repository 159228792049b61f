"""A small portal with its copy of ASPIRE, written by Core inserts: what the screens' tests look at."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

from sqlalchemy import Engine, insert

from portal_admin.domain.sound import sound_keys
from portal_admin.domain.text import id_key, label_key, name_key, plain_id, short_id
from portal_admin.models import (
    account_link,
    aspire_account,
    aspire_contract,
    aspire_contract_role,
    end_user,
    site,
    site_private_label,
    sync_state,
)
from tests.fixtures.operators import filling

NOW = datetime(2026, 11, 21, 20, 0, tzinfo=UTC)
SITES = (
    (1, "NW", "Northwind Leasing", ("NORTHWIND", ""), True),
    (2, "harbor", "Harbor Finance", ("HARBOR",), False),
)
ACCOUNTS = (
    (1, "A-001", "Prairie Hauling LLC"),
    (2, "A-002", "Prairie Hauling Inc"),
    (3, "A-003", "Delta Crane Inc"),
    (4, "A-004", "Prairie Terminated Co-op"),
    (5, "A-005", "Harborside Dental PC"),
    (6, "A-006", "Empty Shelf Trading"),
)
# oid, id, label, booked, terminated, (account, role)…
CONTRACTS = (
    (1, "0012-0045", "NORTHWIND", True, False, ((1, "Customer"), (3, "Guarantor"))),
    (2, "0012-0046", None, True, False, ((1, "Customer"),)),
    (3, "0012-0047", "NORTHWIND", True, True, ((1, "Customer"),)),
    (4, "0012-0050", "EASTERN", True, False, ((1, "Customer"),)),
    (5, "0012-0051", "NORTHWIND", False, False, ((1, "Customer"),)),
    (6, "0014-0001", "NORTHWIND", True, False, ((2, "Customer"),)),
    (7, "0015-0001", "NORTHWIND", True, True, ((4, "Customer"),)),
    (8, "0016-0001", "HARBOR", True, False, ((5, "Customer"),)),
    (9, "0016-0002", "EASTERN", True, False, ((5, "Customer"),)),
)


def fill_sites(engine: Engine) -> None:
    """Two sites: NW takes NORTHWIND and contracts without a label, harbor takes HARBOR."""
    with filling(engine) as connection:
        for number, key, name, labels, _ in SITES:
            values = {"id": number, "key": key, "name": name, "version": 1, "created_at": NOW}
            connection.execute(insert(site).values(values))
            for label in labels:
                row = {"site_id": number, "label_key": label_key(label), "label": label}
                connection.execute(insert(site_private_label).values(row))


def fill_snapshot(engine: Engine, *, age: timedelta = timedelta(minutes=3)) -> None:
    """The accounts and contracts above, confirmed by a sync that long ago."""
    marks = {"fingerprint": 0, "seen": 1}
    with filling(engine) as connection:
        connection.execute(
            insert(aspire_account),
            [
                {
                    "oid": oid,
                    "account_id": account_id,
                    "account_id_key": id_key(account_id),
                    "name": name,
                    "name_key": name_key(name),
                    "sound_keys": sound_keys(name),
                    "email": f"office@{name.split()[0].lower()}.example",
                    "email_key": f"office@{name.split()[0].lower()}.example",
                    **marks,
                }
                for oid, account_id, name in ACCOUNTS
            ],
        )
        for oid, contract_id, label, booked, terminated, roles in CONTRACTS:
            contract = {
                "oid": oid,
                "contract_id": contract_id,
                "contract_id_key": id_key(contract_id),
                "contract_id_plain": plain_id(contract_id),
                "contract_id_short": short_id(contract_id),
                "is_booked": booked,
                "is_terminated": terminated,
                "private_label": label,
                "label_key": label_key(label),
                "currency": "USD",
                **marks,
            }
            connection.execute(insert(aspire_contract).values(contract))
            connection.execute(
                insert(aspire_contract_role),
                [{"contract_oid": oid, "account_oid": who, "role_type": role} for who, role in roles],
            )
        connection.execute(
            insert(sync_state).values(
                data_class="contracts", generation=1, confirmed_at=NOW - age, run_full=False
            )
        )


def add_user(
    engine: Engine,
    email: str,
    first: str,
    last: str,
    *,
    site_id: int = 1,
    status: str = "Active",
    accounts: Iterable[int] = (1,),
) -> None:
    """One end user linked to these accounts."""
    ids = {oid: account_id for oid, account_id, _ in ACCOUNTS}
    values = {
        "site_id": site_id,
        "email": email,
        "first_name": first,
        "last_name": last,
        "name_key": name_key(first, last),
        "sound_keys": sound_keys(first, last),
        "status": status,
        "version": 1,
        "created_at": NOW - timedelta(days=40),
        "created_by": "tester",
    }
    with filling(engine) as connection:
        user_id = connection.execute(insert(end_user).values(values).returning(end_user.c.id)).scalar_one()
        connection.execute(
            insert(account_link),
            [
                {
                    "user_id": user_id,
                    "account_oid": oid,
                    "account_id": ids[oid],
                    "created_at": NOW,
                    "created_by": "tester",
                }
                for oid in accounts
            ],
        )


def fill_people(engine: Engine) -> None:
    """A person in each status, one with a hostile name, and one on the other site."""
    add_user(engine, "ann@prairie.example", "Ann", "Active")
    add_user(engine, "pat@prairie.example", "Pat", "Pending", status="Pending")
    add_user(engine, "ian@prairie.example", "Ian", "Inactive", status="Inactive", accounts=(1, 3))
    add_user(engine, "old@prairie.example", "Olga", "Oldlink", accounts=(4,))
    add_user(engine, "hal@harbor.example", "Hal", "Harbor", site_id=2, accounts=(5,))
    add_user(
        engine,
        "mallory@prairie.example",
        "<b>Mallory</b><img src=file:///etc/passwd>",
        "O'Drop & Søn",
        accounts=(1, 2, 3),
    )


def fill_portal(engine: Engine) -> None:
    """Sites, snapshot and people."""
    fill_sites(engine)
    fill_snapshot(engine)
    fill_people(engine)
