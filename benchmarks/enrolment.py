"""Readiness of a whole portfolio beside the same answer in plain sqlite3, which holds all of it in memory."""

from __future__ import annotations

import sqlite3
from collections import Counter, defaultdict
from pathlib import Path

import msgspec

from benchmarks.database import filled
from benchmarks.measure import Measurement, alternating
from portal_admin.domain.enrolment_typed import comparable
from portal_admin.services.desk import Desk
from portal_admin.services.enrolment.readiness import survey

OMAHA = '{"postal_code": "68114-1234", "country": "US", "email": "billing@company.example"}'
# Of contracts every so many have no place, of accounts no address, and of accounts one that others have too.
NO_PLACE, NO_ADDRESS, SHARED = 50, 100, 200
STATM = Path("/proc/self/statm")
PAGE_OF_MEMORY = 4096

Counts = dict[tuple[str | None, str], int]


def ours(desk: Desk) -> Counts:
    """What the Readiness view shows."""
    found = survey(desk)
    if found is None:
        raise AssertionError("nobody cancelled it")
    return {(site, lack.value): count for (site, lack), count in found.counts.items()}


def by_hand(path: str) -> Counts:
    """The same with sqlite3 and dictionaries alone."""
    connection = sqlite3.connect(path)
    takers: dict[str, list[str]] = defaultdict(list)
    for key, label in connection.execute(
        "select s.key, l.label_key from site s join site_private_label l on l.site_id = s.id"
    ):
        takers[label].append(key)
    counts: Counter[tuple[str | None, str]] = Counter()
    billed: dict[int, bool] = {}
    labels: dict[int, str] = {}
    for oid, label, bill_to in connection.execute(
        "select oid, label_key, bill_to from aspire_contract where is_booked"
    ):
        labels[oid] = label
        place = msgspec.json.decode(bill_to) if bill_to else {}
        billed[oid] = bool(place.get("email"))
        if label not in takers:
            counts[None, "unmapped_label"] += 1
        elif not comparable(place.get("postal_code"), place.get("country")):
            counts.update((site, "no_postal_code") for site in takers[label])
    emails: dict[int, set[str]] = defaultdict(set)
    for table, key in (("aspire_account", "oid"), ("aspire_contact", "account_oid")):
        for oid, held in connection.execute(f"select {key}, email_key from {table}"):
            emails[oid].update(held.split())
    sites: dict[int, set[str]] = defaultdict(set)
    reached: set[tuple[int, str]] = set()
    for contract, account in connection.execute(
        "select contract_oid, account_oid from aspire_contract_role where role_type = 'Customer'"
    ):
        if contract in labels:
            for site in takers.get(labels[contract], ()):
                sites[account].add(site)
                if billed[contract]:
                    reached.add((account, site))
    sharing: Counter[tuple[str, str]] = Counter()
    for account, on in sites.items():
        for site in on:
            sharing.update((site, email) for email in emails[account])
            if not emails[account] and (account, site) not in reached:
                counts[site, "no_email"] += 1
    counts.update((site, "shared_email") for (site, _), number in sharing.items() if number > 1)
    connection.close()
    return dict(counts)


def _spoil(path: str) -> None:
    with sqlite3.connect(path) as connection:
        connection.execute("update aspire_contract set bill_to = ? where oid % ?", (OMAHA, NO_PLACE))
        nobody = (NO_ADDRESS,)
        connection.execute("update aspire_account set email = null, email_key = '' where oid % ? = 0", nobody)
        connection.execute(
            "update aspire_contact set email = null, email_key = '' where account_oid % ? = 0", nobody
        )
        one = "office@shared.example"
        connection.execute(
            "update aspire_account set email = ?, email_key = ? where oid % ? = 1", (one, one, SHARED)
        )
    connection.close()


def _memory() -> float:
    """What this process holds, in MB; 0 where the system does not say."""
    return int(STATM.read_text().split()[1]) * PAGE_OF_MEMORY / 1e6 if STATM.exists() else 0.0


def _most_memory(desk: Desk) -> float:
    """How much more a walk holds than was held before, in MB."""
    before = most = _memory()

    def look(_done: int, _whole: int) -> None:
        nonlocal most
        most = max(most, _memory())

    survey(desk, progress=look)
    return most - before


def run(small: bool) -> list[Measurement]:
    """Both must count the same."""
    contracts = 20_000 if small else 1_000_000
    with filled(users=100, accounts=contracts // 2, contracts=contracts) as desk:
        path = str(desk.engine.url.database)
        _spoil(path)
        held = _most_memory(desk)
        if ours(desk) != by_hand(path):
            raise AssertionError("the counts differ")
        taken, reference = alternating(lambda: ours(desk), lambda: by_hand(path), runs=1)
    note = f"{contracts:,} contracts, {contracts // 2:,} accounts"
    return [
        Measurement("readiness of the portfolio", taken, reference, "s", 5, note),
        Measurement("memory of readiness", held, None, "MB", 64, note),
    ]
