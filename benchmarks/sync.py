"""A first sync beside fetching, decoding and plainly inserting the same pages into the same tables and indexes."""

from __future__ import annotations

import json
import re
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import httpx
import msgspec
from sqlalchemy import Connection, Date, Engine, Table

from benchmarks.aspire_pages import record, served
from benchmarks.database import NOW
from benchmarks.measure import Measurement
from portal_admin import models
from portal_admin.aspire import wire
from portal_admin.aspire.client import AspireClient
from portal_admin.domain.addresses import email_key
from portal_admin.domain.sound import sound_keys
from portal_admin.domain.text import id_key, label_key, name_key, plain_id, short_id
from portal_admin.models.base import Instant
from portal_admin.models.engine import open_engine, writing
from portal_admin.models.schema import upgrade_schema
from portal_admin.services.desk import Desk
from portal_admin.services.roles import appoint_first
from portal_admin.services.sync import sync

MEGABYTE = 1024


def run(small: bool) -> list[Measurement]:
    """Seconds of a first sync for two sizes, and what the larger one costs in memory."""
    sizes = ((2_000, 1), (10_000, 1)) if small else ((100_000, 3), (1_000_000, 1))
    found = []
    peaks = []
    for contracts, runs in sizes:
        seconds, reference, peak, records = _compare(contracts, runs)
        peaks.append(peak)
        name = f"first sync of {contracts:,} contracts ({records:,} records)"
        found.append(Measurement(name, seconds, reference, "s", 2.0))
    name = f"memory of a sync of {sizes[1][0]:,} beside {sizes[0][0]:,} contracts"
    return [*found, Measurement(name, peaks[1], peaks[0], "MB", 1.25)]


def _compare(contracts: int, runs: int) -> tuple[float, float, float, int]:
    """Median seconds of ours and of the reference, each run in a process of its own, and our peak in MB."""
    taken: dict[str, list[dict[str, float]]] = {"ours": [], "reference": []}
    with TemporaryDirectory() as folder:
        records = record(Path(folder), contracts)
        with served(Path(folder)) as url:
            for _ in range(runs):
                for name, results in taken.items():
                    results.append(_in_own_process(name, url))
    counted = {result["rows"] for results in taken.values() for result in results}
    assert len(counted) == 1, f"both must store the same rows: {counted}"
    ours, reference = (
        statistics.median(one["seconds"] for one in taken[name]) for name in ("ours", "reference")
    )
    return ours, reference, max(one["peak"] for one in taken["ours"]), records


def _in_own_process(name: str, url: str) -> dict[str, float]:
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.sync", name, url], stdout=subprocess.PIPE, check=True
    )
    found: dict[str, float] = json.loads(done.stdout)
    return found


def _ours(engine: Engine, url: str) -> None:
    aspire = AspireClient(url, user="benchmark", password=lambda: "benchmark")
    sync(Desk(engine=engine, aspire=aspire, clock=lambda: NOW, operator="benchmark"))
    aspire.close()


def _reference(engine: Engine, url: str) -> None:
    with httpx.Client(timeout=60) as client:
        for name, page_type, store in _REFERENCE:
            decoder = msgspec.json.Decoder(page_type)
            for page in _pages(client, f"{url}/{name}", decoder):
                with writing(engine) as connection:
                    for table, rows in store(page.items):
                        if rows:
                            _insert(connection, table, rows)


def _insert(connection: Connection, table: Table, rows: list[dict[str, Any]]) -> None:
    """The driver's own bulk insert, without SQLAlchemy between."""
    names = ", ".join(rows[0])
    places = ", ".join(f":{name}" for name in rows[0])
    instants = [column.name for column in table.columns if isinstance(column.type, (Instant, Date))]
    for row in rows:
        for name in instants:
            if row[name] is not None:
                row[name] = str(row[name])[:26]
    driver: Any = connection.connection.driver_connection
    driver.executemany(f"insert into {table.name} ({names}) values ({places})", rows)


def _pages(client: httpx.Client, url: str, decoder: msgspec.json.Decoder[Any]) -> Iterator[Any]:
    cursor: str | None = "0"
    while cursor is not None:
        page = decoder.decode(client.get(url, params={"cursor": cursor, "limit": 1000}).content)
        cursor = page.next_cursor
        yield page


def _accounts(items: list[wire.Account]) -> Iterator[tuple[Any, list[dict[str, Any]]]]:
    rows = [
        {
            "oid": item.account_oid,
            "account_id": item.account_id,
            "account_id_key": id_key(item.account_id),
            "name": item.name,
            "name_key": name_key(item.name),
            "email": item.email,
            "email_key": email_key(item.email),
            "sound_keys": sound_keys(item.name),
            "status": item.status,
            "changed_at": item.last_change_date_time,
            "fingerprint": 0,
            "seen": 1,
        }
        for item in items
    ]
    yield models.aspire_account, rows


def _contacts(items: list[wire.Contact]) -> Iterator[tuple[Any, list[dict[str, Any]]]]:
    rows = [
        {
            "oid": item.contact_oid,
            "account_oid": item.account_oid,
            "name": item.name,
            "name_key": name_key(item.name),
            "email": item.email,
            "email_key": email_key(item.email),
            "sound_keys": sound_keys(item.name),
            "changed_at": item.last_change_date_time,
            "fingerprint": 0,
            "seen": 1,
        }
        for item in items
    ]
    yield models.aspire_contact, rows


def _contracts(items: list[wire.Contract]) -> Iterator[tuple[Any, list[dict[str, Any]]]]:
    rows = [
        {
            "oid": item.contract_oid,
            "contract_id": item.contract_id,
            "contract_id_key": id_key(item.contract_id),
            "contract_id_plain": plain_id(item.contract_id),
            "contract_id_short": short_id(item.contract_id),
            "is_booked": item.is_booked,
            "booked_at": item.booked_date_time,
            "is_terminated": item.is_terminated,
            "termination_date": item.termination_date,
            "private_label": item.private_label,
            "label_key": label_key(item.private_label),
            "contract_type": item.contract_type,
            "currency": item.currency or "USD",
            "payment_amount_minor": _cents(item.payment_amount),
            "next_due_date": item.next_due_date,
            "remaining_balance_minor": _cents(item.remaining_balance),
            "bill_to": item.bill_to_location and msgspec.json.encode(item.bill_to_location).decode(),
            "changed_at": item.last_change_date_time,
            "fingerprint": 0,
            "seen": 1,
        }
        for item in items
    ]
    yield models.aspire_contract, rows
    roles = [
        {"contract_oid": item.contract_oid, "account_oid": role.account_oid, "role_type": role.role_type}
        for item in items
        for role in item.roles
    ]
    yield models.aspire_contract_role, roles


def _cents(amount: str | None) -> int | None:
    return None if amount is None else int(amount.replace(".", ""))


_REFERENCE: tuple[tuple[str, Any, Callable[[Any], Iterator[tuple[Any, list[dict[str, Any]]]]]], ...] = (
    ("accounts", wire.Page[wire.Account], _accounts),
    ("contacts", wire.Page[wire.Contact], _contacts),
    ("contracts", wire.Page[wire.Contract], _contracts),
)


def _main(name: str, url: str) -> None:
    """One run in this process; prints its seconds, rows and peak memory in MB as JSON."""
    with TemporaryDirectory() as folder:
        engine = open_engine(f"sqlite:///{Path(folder) / 'portal.db'}", create=True)
        upgrade_schema(engine)
        with writing(engine) as connection:
            appoint_first(connection, name="benchmark", now=NOW)
        start = time.perf_counter()
        (_ours if name == "ours" else _reference)(engine, url)
        seconds = time.perf_counter() - start
        tables = ("aspire_account", "aspire_contact", "aspire_contract", "aspire_contract_role")
        with engine.connect() as connection:
            rows = sum(
                connection.exec_driver_sql(f"select count(*) from {table}").scalar_one() for table in tables
            )
        engine.dispose()
    print(json.dumps({"seconds": seconds, "rows": rows, "peak": _peak_memory()}))


def _peak_memory() -> float:
    """The most memory that this program held, in MB; getrusage would count what its parent held before it."""
    status = Path("/proc/self/status").read_text(encoding="ascii")
    (kilobytes,) = re.findall(r"^VmHWM:\s+(\d+) kB$", status, re.MULTILINE)
    return int(kilobytes) / MEGABYTE


if __name__ == "__main__":
    _main(*sys.argv[1:])
