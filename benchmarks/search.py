"""The search box and the user search beside the same ranked answers in plain SQL, and beside Django's admin."""

from __future__ import annotations

import sqlite3
import statistics
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from benchmarks import beside
from benchmarks.database import filled
from benchmarks.measure import Measurement, p95, seconds
from portal_admin.domain.text import canonical_email, id_key, name_key
from portal_admin.services.find import find
from portal_admin.services.find_people import find_people

# What people type on the telephone: names, parts of names and addresses, ids, and what is not there.
NAMES = ("chris", "Kris", "ann b", "Dora Mno", "hugo.abc", "gina", "carl fg", "finn.", "an", "olsen")
ADDRESSES = (
    "customer12",
    "@customer500",
    "eve.k",
    "bob.ponm",
    "customer99.example",
    "ann.bcd.7@customer7.example",
)
IDS = ("0012345", "0500000-001", "A-0001", "A-250000", "haulage", "haulage 1234", "kris haulage 00", "0099")
TURNS = 5
LAST = "\U0010ffff"
USERS = "select u.*, s.key from end_user u join site s on s.id = u.site_id where u.id in ({})"


def run(small: bool) -> list[Measurement]:
    """Every answer must be the same; a text is asked of both in turn."""
    users = 5_000 if small else 200_000
    note = f"{users:,} users, {users * 5 // 2:,} accounts, {users * 5:,} contracts"
    with filled(users=users, accounts=users * 5 // 2, contracts=users * 5) as desk:
        path = str(desk.engine.url.database)
        plain = sqlite3.connect(path)
        box = _compare(
            (*NAMES, *ADDRESSES, *IDS),
            lambda text: [hit.target for hit in find(desk, text=text)],
            lambda text: _box_by_hand(plain, text),
        )
        people = _compare(
            (*NAMES, *ADDRESSES),
            lambda text: [user.email for user in find_people(desk, text=text).people],
            lambda text: _people_by_hand(plain, text),
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


def _box_by_hand(connection: sqlite3.Connection, text: str) -> list[str]:
    key = id_key(text)
    contracts = connection.execute(
        "select * from aspire_contract where contract_id_key >= ? and contract_id_key < ? order by contract_id_key limit 8",
        (key, key + LAST),
    ).fetchall()
    people = _ranked(connection, USER_TIERS, text, 8)
    rows = {row[0]: row for row in connection.execute(USERS.format(_listed(people)))}
    accounts = _ranked(connection, ACCOUNT_TIERS, text, 8)
    found = connection.execute(f"select * from aspire_account where oid in ({_listed(accounts)})")
    named = {row[0]: row for row in found}
    return [
        *(f"contract:{row[1]}" for row in contracts),
        *(f"user:{rows[one][-1]}/{rows[one][2]}" for one in people),
        *(f"account:{named[one][1]}" for one in accounts),
    ]


def _people_by_hand(connection: sqlite3.Connection, text: str) -> list[str]:
    best = _ranked(connection, USER_TIERS, text, 21)
    listed = _listed(best)
    rows = {row[0]: row for row in connection.execute(USERS.format(listed))}
    for also in (
        "select l.*, a.name from account_link l left join aspire_account a on a.oid = l.account_oid "
        f"where l.user_id in ({listed})",
        f"select * from mail_outbox where user_id in ({listed}) order by id",
    ):
        connection.execute(also).fetchall()
    for table, column in (("aspire_contract", "contract_id_key"), ("aspire_account", "account_id_key")):
        connection.execute(f"select * from {table} where {column} = ?", (id_key(text),)).fetchall()
    return [rows[one][2] for one in best[:20]]


def _listed(keys: Sequence[int]) -> str:
    return ", ".join(map(str, keys))


def _ranked(connection: sqlite3.Connection, tiers: Any, text: str, limit: int) -> list[int]:
    found: dict[int, None] = {}
    for sql, given in tiers(text):
        found |= {row[0]: None for row in connection.execute(f"{sql} limit {limit}", given)}
        if len(found) >= limit:
            break
    return list(found)[:limit]


Tier = tuple[str, tuple[str, ...]]


def _user_tiers(text: str) -> Iterator[Tier]:
    email, name = canonical_email(text), name_key(text)
    yield "select id from end_user where email = ? order by email, id", (email,)
    yield "select id from end_user where email >= ? and email < ? order by email, id", (email, email + LAST)
    yield (
        "select id from end_user where name_key >= ? and name_key < ? order by name_key, id",
        (name, name + LAST),
    )
    yield _holding("end_user", "id", "email", text)


def _account_tiers(text: str) -> Iterator[Tier]:
    key, name = id_key(text), name_key(text)
    table = "select oid from aspire_account where"
    yield f"{table} account_id_key = ? order by account_id_key, oid", (key,)
    yield (
        f"{table} account_id_key >= ? and account_id_key < ? order by account_id_key, oid",
        (key, key + LAST),
    )
    yield f"{table} name_key >= ? and name_key < ? order by name_key, oid", (name, name + LAST)
    yield _holding("aspire_account", "oid", "account_id_key", text)


def _holding(table: str, key: str, other: str, text: str) -> Tier:
    words = [canonical_email(word) if "@" in word else name_key(word) for word in text.split()]
    long = [word for word in words if len(word) >= 3]
    given, conditions = [], []
    if long:
        conditions.append(f"{key} in (select rowid from {table}_search where {table}_search match ?)")
        given.append(" AND ".join(f'"{word}"' for word in long))
    for word in words:
        if len(word) < 3:
            conditions.append(f"((name_key >= ? and name_key < ?) or ({other} >= ? and {other} < ?))")
            given += [word, word + LAST] * 2
    return f"select {key} from {table} where {' and '.join(conditions)} order by name_key, {key}", tuple(
        given
    )


USER_TIERS, ACCOUNT_TIERS = _user_tiers, _account_tiers
