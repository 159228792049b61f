"""The same ranked answers as the search box gives, in plain SQL by hand."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from portal_admin.domain.search_words import amount_of
from portal_admin.domain.sound import near_sounds_of, sounds_of
from portal_admin.domain.text import canonical_email, id_key, name_key, plain_id, short_id

LAST = "\U0010ffff"
SHOWN, PEOPLE = 8, 20
MANY, LOOKED_AT = 2_000, 5_000
USERS = "select u.*, s.key from end_user u join site s on s.id = u.site_id where u.id in ({})"
Tier = tuple[str, tuple[Any, ...]]


def answer(connection: sqlite3.Connection, text: str) -> dict[str, list[str]]:
    """The targets of each kind, with everything read that the box tells of them."""
    best = {
        kind: _ranked(connection, tiers(connection, text), SHOWN + 1)[:SHOWN] for kind, tiers in TIERS.items()
    }
    users = _rows(connection, USERS, best["user"])
    contacts = _rows(
        connection,
        "select c.*, a.account_id, a.name from aspire_contact c join aspire_account a on a.oid = c.account_oid "
        "where c.oid in ({})",
        best["contact"],
    )
    accounts = _rows(connection, "select * from aspire_account where oid in ({})", best["account"])
    contracts = _rows(connection, "select * from aspire_contract where oid in ({})", best["contract"])
    connection.execute(
        "select r.contract_oid, a.name from aspire_contract_role r join aspire_account a on a.oid = r.account_oid "
        f"where r.contract_oid in ({_listed(best['contract'])}) and r.role_type = 'Customer' order by r.account_oid"
    ).fetchall()
    payments = _rows(
        connection,
        "select p.*, u.first_name, u.last_name from payment p join end_user u on u.id = p.user_id where p.id in ({})",
        best["payment"],
    )
    return {
        "user": [f"user:{users[one][-1]}/{users[one][2]}" for one in best["user"]],
        "contact": [f"account:{contacts[one][-2]}" for one in best["contact"]],
        "account": [f"account:{accounts[one][1]}" for one in best["account"]],
        "contract": [f"contract:{contracts[one][1]}" for one in best["contract"]],
        "payment": [f"payment:{payments[one][1]}" for one in best["payment"]],
    }


def people(connection: sqlite3.Connection, text: str) -> list[str]:
    """The addresses of the best people, with their links and mails."""
    best = _ranked(connection, _users(connection, text), PEOPLE + 1)
    rows = _rows(connection, USERS, best)
    for also in (
        "select l.*, a.name from account_link l left join aspire_account a on a.oid = l.account_oid "
        f"where l.user_id in ({_listed(best)})",
        f"select * from mail_outbox where user_id in ({_listed(best)}) order by id",
    ):
        connection.execute(also).fetchall()
    for table, column in (("aspire_contract", "contract_id_key"), ("aspire_account", "account_id_key")):
        connection.execute(f"select * from {table} where {column} = ?", (id_key(text),)).fetchall()
    return [rows[one][2] for one in best[:PEOPLE]]


def _rows(connection: sqlite3.Connection, query: str, keys: Sequence[int]) -> dict[int, tuple[Any, ...]]:
    return {row[0]: row for row in connection.execute(query.format(_listed(keys)))}


def _listed(keys: Sequence[int]) -> str:
    return ", ".join(map(str, keys))


def _ranked(connection: sqlite3.Connection, tiers: Iterator[Tier], limit: int) -> list[int]:
    found: dict[int, None] = {}
    for sql, given in tiers:
        found |= {row[0]: None for row in connection.execute(f"{sql} limit {limit}", given)}
        if len(found) >= limit:
            break
    return list(found)[:limit]


def _users(connection: sqlite3.Connection, text: str) -> Iterator[Tier]:
    email, name = canonical_email(text), name_key(text)
    yield "select id from end_user where email = ? order by email, id", (email,)
    yield _begins("end_user", "id", "email", email)
    yield _begins("end_user", "id", "name_key", name)
    yield from _worded(connection, "end_user", "id", ("name_key", "email"), text)


def _contacts(connection: sqlite3.Connection, text: str) -> Iterator[Tier]:
    yield from _addresses("aspire_contact", text)
    yield _begins("aspire_contact", "oid", "name_key", name_key(text))
    yield from _worded(connection, "aspire_contact", "oid", ("name_key", "email_key"), text)


def _accounts(connection: sqlite3.Connection, text: str) -> Iterator[Tier]:
    key = id_key(text)
    yield "select oid from aspire_account where account_id_key = ? order by account_id_key, oid", (key,)
    yield _begins("aspire_account", "oid", "account_id_key", key)
    yield _begins("aspire_account", "oid", "name_key", name_key(text))
    yield from _addresses("aspire_account", text)
    yield from _worded(connection, "aspire_account", "oid", ("account_id_key", "name_key", "email_key"), text)


def _contracts(_connection: sqlite3.Connection, text: str) -> Iterator[Tier]:
    ids, by_id = "select oid from aspire_contract where", "order by contract_id_key, oid"
    key, plain, short = id_key(text), plain_id(text), short_id(text)
    yield f"{ids} contract_id_key = ? {by_id}", (key,)
    yield _begins("aspire_contract", "oid", "contract_id_key", key)
    if not any(map(str.isdigit, text)) or (amount_of(text) is not None and not text.isdigit()):
        return
    for column, one in (("contract_id_plain", plain), ("contract_id_short", short)):
        yield f"{ids} {column} = ? {by_id}", (one,)
    for column, one in (("contract_id_plain", plain), ("contract_id_short", short)):
        if len(one) >= 3:
            yield _begins("aspire_contract", "oid", column, one)


def _payments(_connection: sqlite3.Connection, text: str) -> Iterator[Tier]:
    shown = "site_id not in (select site_id from site_policy where payments_enabled = 0)"
    amount = amount_of(text)
    yield f"select id from payment where reference_key = ? and {shown}", (id_key(text),)
    if amount is not None:
        minor = int(amount * 100)
        yield (
            f"select id from payment where amount_minor = ? and currency = 'USD' and {shown} order by id desc",
            (minor,),
        )
    key = id_key(text)
    yield (
        f"select id from payment where reference_key >= ? and reference_key < ? and {shown} order by reference_key",
        (key, key + LAST),
    )


def _begins(table: str, key: str, column: str, text: str) -> Tier:
    return (
        f"select {key} from {table} where {column} >= ? and {column} < ? order by {column}, {key}",
        (text, text + LAST),
    )


def _addresses(table: str, text: str) -> Iterator[Tier]:
    email = canonical_email(text)
    yield _begins(table, "oid", "email_key", email)
    if "@" in email and " " not in email:
        found = f"select rowid from {table}_search where {table}_search match ?"
        yield f"select oid from {table} where oid in ({found}) order by email_key, oid", (f'" {email}"',)


def _worded(
    connection: sqlite3.Connection, table: str, key: str, columns: Sequence[str], text: str
) -> Iterator[Tier]:
    words = [canonical_email(word) if "@" in word else name_key(word) for word in text.split()]
    if len(words) > 1 or len(text.strip()) >= 3:
        long = [word for word in words if len(word) >= 3]
        # What is common is told as it was added.
        is_many = long and _is_many(connection, *_searched(table, long))
        yield _tier(table, key, [_held(table, key, columns, words)], by_name=not is_many)
    sounds = [sounds_of(word) for word in text.split()]
    near = [near_sounds_of(word) for word in text.split()]
    for every in (near, sounds):
        if not every or not all(every):
            continue
        found = _sounding(table, [keys for one in every for keys in one])
        yield _tier(table, key, [_in(key, found)], by_name=not _is_many(connection, *found))
    if any(sounds) and len(words) > 1:
        each = [_either(table, key, columns, word, sound) for word, sound in zip(words, sounds, strict=True)]
        met = [_met(table, word, sound) for word, sound in zip(words, sounds, strict=True)]
        if all(_is_many(connection, *one) for one in met if one[0]):
            sql, given = next(one for one in met if one[0])
            each.insert(0, _in(key, (f"{sql} limit {LOOKED_AT}", given)))
        yield _tier(table, key, each)


def _either(table: str, key: str, columns: Sequence[str], word: str, sound: Any) -> Tier:
    held, given = _held(table, key, columns, [word])
    if not sound:
        return held, given
    like, more = _in(key, _sounding(table, sound))
    return f"({held} or {like})", (*given, *more)


def _met(table: str, word: str, sound: Any) -> Tier:
    found = ([_sounding(table, sound)] if sound else []) + (
        [_searched(table, [word])] if len(word) >= 3 else []
    )
    return " union all ".join(sql for sql, _ in found), tuple(one for _, given in found for one in given)


def _is_many(connection: sqlite3.Connection, sql: str, given: tuple[Any, ...]) -> bool:
    counted = connection.execute(f"select count(*) from ({sql} limit {MANY + 1})", given).fetchone()
    return bool(counted[0] > MANY)


def _in(key: str, found: Tier) -> Tier:
    return f"{key} in ({found[0]})", found[1]


def _tier(table: str, key: str, conditions: Sequence[Tier], *, by_name: bool = True) -> Tier:
    where = " and ".join(condition for condition, _ in conditions)
    given = tuple(one for _, several in conditions for one in several)
    order = f"name_key, {key}" if by_name else key
    return f"select {key} from {table} where {where} order by {order}", given


def _held(table: str, key: str, columns: Sequence[str], words: Sequence[str]) -> Tier:
    long = [word for word in words if len(word) >= 3]
    conditions: list[str] = []
    given: list[str] = []
    if long:
        sql, asked = _in(key, _searched(table, long))
        conditions.append(sql)
        given += asked
    for word in words:
        if len(word) < 3:
            conditions.append("(" + " or ".join(f"({c} >= ? and {c} < ?)" for c in columns) + ")")
            given += [word, word + LAST] * len(columns)
    return " and ".join(conditions), tuple(given)


def _searched(table: str, words: Sequence[str]) -> Tier:
    phrases = " AND ".join(f'"{word}"' for word in words)
    return f"select rowid from {table}_search where {table}_search match ?", (phrases,)


def _sounding(table: str, sounds: Sequence[Sequence[str]]) -> Tier:
    phrases = " AND ".join("(" + " OR ".join(f'"{key}"' for key in keys) + ")" for keys in sounds)
    return f"select rowid from {table}_sound where {table}_sound match ?", (phrases,)


TIERS: dict[str, Callable[[sqlite3.Connection, str], Iterator[Tier]]] = {
    "user": _users,
    "contact": _contacts,
    "account": _accounts,
    "contract": _contracts,
    "payment": _payments,
}
