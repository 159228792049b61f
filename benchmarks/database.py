"""A portal database of a given size, filled without the application's own code paths."""

from __future__ import annotations

import itertools
import random
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from sqlalchemy import Engine, Table, insert

from portal_admin import models
from portal_admin.domain.sound import sound_keys
from portal_admin.domain.text import plain_id, short_id
from portal_admin.models.engine import open_engine, writing
from portal_admin.models.schema import upgrade_schema
from portal_admin.services.desk import Desk
from portal_admin.services.roles import appoint_first

NOW = datetime(2026, 11, 21, 20, 0, tzinfo=UTC)
FIRST = ("Ann", "Bob", "Carl", "Dora", "Eve", "Finn", "Gina", "Hugo", "Chris", "Kris")
LAST = (
    "Olsen",
    "Miller",
    "Tanner",
    "Novak",
    "Reyes",
    "Brandt",
    "Okafor",
    "Lindqvist",
    "Moreau",
    "Hartmann",
    "Sato",
)
LABELS = ("", "northwind", "eastern", "prairie", "legacy")
STATUSES = ("Active", "Active", "Active", "Pending", "Inactive")
BATCH = 20_000


@contextmanager
def filled(*, users: int, accounts: int, contracts: int) -> Iterator[Desk]:
    """A desk without ASPIRE on a new database of that size."""
    with TemporaryDirectory() as folder:
        engine = open_engine(f"sqlite:///{Path(folder) / 'portal.db'}", create=True)
        upgrade_schema(engine)
        with writing(engine) as connection:
            appoint_first(connection, name="benchmark", now=NOW)
        _fill(engine, users, accounts, contracts)
        yield Desk(engine=engine, aspire=None, clock=lambda: NOW, operator="benchmark")
        engine.dispose()


def _fill(engine: Engine, users: int, accounts: int, contracts: int) -> None:
    chance = random.Random(7)
    _insert(
        engine,
        models.site,
        ({"id": i, "key": f"S{i}", "name": f"Site {i}", "created_at": NOW} for i in range(1, 5)),
    )
    mapped = [(i, label) for i in range(1, 5) for label in LABELS[i - 1 : i + 1]]
    _insert(
        engine,
        models.site_private_label,
        ({"site_id": i, "label_key": label, "label": label.title()} for i, label in mapped),
    )
    _insert(engine, models.aspire_account, (_account(oid) for oid in range(1, accounts + 1)))
    _insert(engine, models.aspire_contact, (_contact(oid, accounts) for oid in range(1, accounts + 1)))
    _insert(engine, models.aspire_contract, (_contract(oid, chance) for oid in range(1, contracts + 1)))
    roles = (
        {"contract_oid": oid, "account_oid": chance.randint(1, accounts), "role_type": role}
        for oid in range(1, contracts + 1)
        for role in ("Customer", "Guarantor")[: chance.choice((1, 1, 1, 2))]
    )
    _insert(engine, models.aspire_contract_role, roles)
    _insert(engine, models.end_user, (_user(user, chance) for user in range(1, users + 1)))
    links = (
        {
            "user_id": user,
            "account_oid": oid,
            "account_id": f"A-{oid:06}",
            "created_at": NOW,
            "created_by": "b",
        }
        for user in range(1, users + 1)
        for oid in {chance.randint(1, accounts) for _ in range(chance.choice((1, 1, 2, 3)))}
    )
    _insert(engine, models.account_link, links)
    _insert(engine, models.payment, (_payment(number, users, contracts) for number in range(1, users + 1)))
    state = {
        "data_class": "contracts",
        "generation": 1,
        "watermark": NOW,
        "confirmed_at": NOW,
        "run_full": False,
    }
    _insert(engine, models.sync_state, [state])
    with writing(engine) as connection:
        connection.exec_driver_sql("analyze")


def add_users(engine: Engine, users: int, *, site_ids: tuple[int, ...]) -> None:
    """Add that many end users without links to sites that exist."""
    chance = random.Random(7)
    rows = (_user(number, chance) | {"site_id": chance.choice(site_ids)} for number in range(1, users + 1))
    _insert(engine, models.end_user, ({k: v for k, v in row.items() if k != "id"} for row in rows))


def _account(oid: int) -> dict[str, Any]:
    name = f"{FIRST[oid % 10]} Haulage {oid:06} LLC"
    return {
        "oid": oid,
        "account_id": f"A-{oid:06}",
        "account_id_key": f"a-{oid:06}",
        "name": name,
        "name_key": name.casefold(),
        "email": f"ap@company{oid}.example; office@company{oid}.example",
        "email_key": f"ap@company{oid}.example office@company{oid}.example",
        "sound_keys": sound_keys(name),
        "fingerprint": oid,
        "seen": 1,
    }


def _contact(oid: int, accounts: int) -> dict[str, Any]:
    first, last = FIRST[oid * 3 % 10], LAST[oid * 7 % len(LAST)]
    email = f"{first}.{last}.{oid}@company{oid}.example".lower()
    return {
        "oid": oid,
        "account_oid": oid % accounts + 1,
        "name": f"{first} {last}",
        "name_key": f"{first} {last}".casefold(),
        "email": email,
        "email_key": email,
        "sound_keys": sound_keys(first, last),
        "fingerprint": oid,
        "seen": 1,
    }


def _payment(number: int, users: int, contracts: int) -> dict[str, Any]:
    contract = number * 13 % contracts + 1
    return {
        "reference": f"P-{number:06}",
        "reference_key": f"p-{number:06}",
        "site_id": number % 4 + 1,
        "user_id": number % users + 1,
        "contract_oid": contract,
        "contract_id": f"{contract:07}-001",
        "currency": "USD",
        "amount_minor": number * 7919 % 500_000 + 100,
        "pay_on": NOW.date(),
        "status": "Paid",
        "origin": "portal",
        "sending": "sent",
        "idempotency_key": str(number),
        "requested_at": NOW,
        "requested_by": "benchmark",
        "version": 1,
    }


def _contract(oid: int, chance: random.Random) -> dict[str, Any]:
    label = chance.choice(LABELS)
    return {
        "oid": oid,
        "contract_id": f"{oid:07}-001",
        "contract_id_key": f"{oid:07}-001",
        "contract_id_plain": plain_id(f"{oid:07}-001"),
        "contract_id_short": short_id(f"{oid:07}-001"),
        "is_booked": chance.random() < 0.95,
        "is_terminated": chance.random() < 0.2,
        "private_label": label.title() or None,
        "label_key": label,
        "currency": "USD",
        "fingerprint": oid,
        "seen": 1,
    }


def _user(number: int, chance: random.Random) -> dict[str, Any]:
    first, last = chance.choice(FIRST), "".join(chance.choices("abcdefghijklmnop", k=7)).title()
    return {
        "id": number,
        "site_id": chance.randint(1, 4),
        "email": f"{first}.{last}.{number}@customer{number % 997}.example".lower(),
        "first_name": first,
        "last_name": last,
        "name_key": f"{first} {last}".casefold(),
        "sound_keys": sound_keys(first, last),
        "status": chance.choice(STATUSES),
        "version": 1,
        "created_at": NOW,
        "created_by": "benchmark",
    }


def _insert(engine: Engine, table: Table, rows: Any) -> None:
    source = iter(rows)
    while batch := list(itertools.islice(source, BATCH)):
        with writing(engine) as connection:
            connection.execute(insert(table), batch)
