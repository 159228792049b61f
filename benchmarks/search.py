"""The search box and the user search beside the same ranked answers in plain SQL, and beside Django's admin."""

from __future__ import annotations

import sqlite3
import statistics
from collections.abc import Callable, Sequence

from benchmarks import beside, box_by_hand
from benchmarks.database import filled
from benchmarks.measure import Measurement, p95, seconds
from portal_admin.services.find import Found, search
from portal_admin.services.find_people import find_people

# What people type on the telephone: names, parts of names and addresses, ids, amounts, and what is not there; as it is
# spelt, and as it sounds.
NAMES = ("chris", "Kris", "ann b", "Dora Mno", "hugo.abc", "gina", "carl fg", "finn.", "an", "olsen")
SOUNDS = ("crys", "Kris Olson", "phin", "ollsen", "Hewgo Mueller", "karl tanner", "jina novack", "xaviera")
ADDRESSES = (
    "customer12",
    "@customer500",
    "eve.k",
    "bob.ponm",
    "customer99.example",
    "ann.bcd.7@customer7.example",
    "office@company4711.example",
)
IDS = ("0012345", "0500000-001", "A-0001", "A-250000", "haulage", "haulage 1234", "kris haulage 00", "0099")
SHORT_IDS = ("12345-1", "500000001", "0012345001", "0012345 001", "77777 1")
PAYMENTS = ("P-0001", "p-004711", "1,075.00", "$2500", "3141.59", "1075")
TURNS = 5


def run(small: bool) -> list[Measurement]:
    """Every answer must be the same; a text is asked of both in turn."""
    users = 5_000 if small else 200_000
    accounts = f"{users * 5 // 2:,}"
    note = f"{users:,} users and payments, {accounts} accounts and contacts, {users * 5:,} contracts"
    with filled(users=users, accounts=users * 5 // 2, contracts=users * 5) as desk:
        path = str(desk.engine.url.database)
        plain = sqlite3.connect(path)
        box = _compare(
            (*NAMES, *SOUNDS, *ADDRESSES, *IDS, *SHORT_IDS, *PAYMENTS),
            lambda text: _by_kind(search(desk, text=text)),
            lambda text: box_by_hand.answer(plain, text),
        )
        people = _compare(
            (*NAMES, *SOUNDS, *ADDRESSES),
            lambda text: [user.email for user in find_people(desk, text=text).people],
            lambda text: box_by_hand.people(plain, text),
        )
        plain.close()
        admin = beside.run("django_admin.py", path, given=[*NAMES, *ADDRESSES])
    typical = statistics.median(people[0])
    other = statistics.median(admin) if admin else None
    return [
        Measurement("search box, p95", p95(box[0]), p95(box[1]), "ms", 1.5, note),
        Measurement("search box, p95", p95(box[0]), None, "ms", 50, note),
        Measurement("user search by name or email, p95", p95(people[0]), p95(people[1]), "ms", 1.5, note),
        Measurement(
            "user search beside Django admin",
            typical,
            other,
            "ms",
            note=note if admin else beside.NOT_INSTALLED,
            least=20,
        ),
    ]


def _compare(
    texts: Sequence[str], ours: Callable[[str], object], reference: Callable[[str], object]
) -> tuple[list[float], list[float]]:
    """Milliseconds of every answer but the first of each text."""
    times: tuple[list[float], list[float]] = ([], [])
    for text in texts:
        if ours(text) != reference(text):
            raise AssertionError(f"the answers to {text!r} differ")
    for _ in range(TURNS):
        for text in texts:
            for call, taken in zip((ours, reference), times, strict=True):
                taken.append(seconds(lambda call=call, text=text: call(text)) * 1000)  # type: ignore[misc]
    return times


def _by_kind(found: Found) -> dict[str, list[str]]:
    return {group.kind: [hit.target for hit in group.hits] for group in found.groups}
