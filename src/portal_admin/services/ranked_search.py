"""The best matches first without looking at all of them: exact, then beginning so, then holding every word."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, func, or_, select

from portal_admin.domain.text import canonical_email, id_key, name_key
from portal_admin.models import aspire_account, end_user
from portal_admin.services.text_search import SEARCHED, TRIGRAM, begins, contains, matching, words_of

# More matches than this are met soon enough by walking along the names; fewer are looked at and sorted.
MANY = 2_000

Tier = tuple[ColumnElement[bool], ColumnElement[str]]


def best_matches(connection: Connection, name: str, typed: str, *, limit: int) -> list[int]:
    """The keys of at most that many rows of end_user or aspire_account, the best match first."""
    found: dict[int, None] = {}
    if not typed.strip():
        return []
    for query in _queries(connection, name, typed):
        # A tier that is not full is complete, and one that is full alone is enough: rows met twice do no harm.
        found |= dict.fromkeys(connection.execute(query.limit(limit)).scalars())
        if len(found) >= limit:
            break
    return list(found)[:limit]


def _queries(connection: Connection, name: str, typed: str) -> Iterator[Select[Any]]:
    table, key, _ = SEARCHED[name]
    for condition, order in TIERS[name](typed):
        yield select(table.c[key]).where(condition).order_by(order, table.c[key])
    if len(typed.split()) > 1 or len(typed.strip()) >= TRIGRAM:  # what is shorter begins one, and was found
        yield _holding(connection, name, typed)


def _user_tiers(typed: str) -> Iterator[Tier]:
    email, by_name = end_user.c.email, end_user.c.name_key
    yield email == canonical_email(typed), email
    yield begins(email, canonical_email(typed)), email
    yield begins(by_name, name_key(typed)), by_name


def _account_tiers(typed: str) -> Iterator[Tier]:
    identity, by_name = aspire_account.c.account_id_key, aspire_account.c.name_key
    yield identity == id_key(typed), identity
    yield begins(identity, id_key(typed)), identity
    yield begins(by_name, name_key(typed)), by_name


TIERS = {"end_user": _user_tiers, "aspire_account": _account_tiers}


def _holding(connection: Connection, name: str, typed: str) -> Select[Any]:
    """Every word typed occurs, by name; the plan suits how many they are."""
    table, key, columns = SEARCHED[name]
    query = select(table.c[key]).order_by(table.c.name_key, table.c[key])
    long = [word for word in words_of(typed) if len(word) >= TRIGRAM]
    short = [word for word in words_of(typed) if len(word) < TRIGRAM]
    if connection.dialect.name != "sqlite" or not long:
        return query.where(contains(connection, name, typed))
    met = connection.execute(matching(name, long).limit(MANY + 1)).scalars().all()
    if len(met) <= MANY:
        beginning = (or_(*(begins(table.c[column], word) for column in columns)) for word in short)
        # One parameter, however many they are.
        these = func.json_each(json.dumps(list(met))).table_valued("value")
        return query.where(table.c[key].in_(select(these.c.value)), *beginning)
    if not short:
        query = query.with_hint(table, f"INDEXED BY ix_{name}_name_key", "sqlite")
    return query.where(contains(connection, name, typed, scanned=True))
