"""Contracts of ASPIRE by their id, with or without its zeros and dashes."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, Select, select

from portal_admin.domain.search_match import Match, Tier, contract_match
from portal_admin.domain.search_words import Sought, amount_of
from portal_admin.domain.text import id_key, plain_id, short_id
from portal_admin.models import aspire_account, aspire_contract, aspire_contract_role
from portal_admin.services.find.hits import Hit, Kind
from portal_admin.services.find.narrow import Narrow
from portal_admin.services.text_search import begins

SHORTEST = 3  # fewer letters and digits begin too many ids to be meant
NAMED = 2
CONTRACT = aspire_contract.c


def contracts(connection: Connection, sought: Sought, narrow: Narrow, limit: int) -> list[Hit]:
    """Contracts of that id, then those whose id begins so, then the same without zeros and dashes."""
    where = narrow.of(Kind.CONTRACT)
    if where is None:
        return []
    best = _best(connection, sought.text, where, limit)
    query = select(aspire_contract).where(CONTRACT.oid.in_(best))
    rows = {row.oid: row for row in connection.execute(query)}
    customers = _customers(connection, best)
    return [_hit(rows[one], customers[one], sought, narrow) for one in best]


def _best(connection: Connection, text: str, where: Sequence[ColumnElement[bool]], limit: int) -> list[int]:
    found: dict[int, None] = {}
    for query in _queries(text):
        found |= dict.fromkeys(connection.execute(query.where(*where).limit(limit)).scalars())
        if len(found) >= limit:
            break
    return list(found)[:limit]


def _queries(text: str) -> Iterator[Select[Any]]:
    ids = select(CONTRACT.oid)
    by_id = ids.order_by(CONTRACT.contract_id_key, CONTRACT.oid)
    if not text:
        yield by_id
        return
    yield by_id.where(CONTRACT.contract_id_key == id_key(text))
    yield by_id.where(begins(CONTRACT.contract_id_key, id_key(text)))
    if not any(map(str.isdigit, text)) or (amount_of(text) is not None and not text.isdigit()):
        return  # a name, or an amount
    keys = ((CONTRACT.contract_id_plain, plain_id(text)), (CONTRACT.contract_id_short, short_id(text)))
    for column, key in keys:
        if key:
            yield by_id.where(column == key)
    for column, key in keys:
        if len(key) >= SHORTEST:
            yield ids.where(begins(column, key)).order_by(column, CONTRACT.oid)


def _hit(row: Row[Any], customers: Sequence[str], sought: Sought, narrow: Narrow) -> Hit:
    if sought.text:
        match = contract_match(sought.text, row.contract_id)
    elif len(sought.contract) == 1:
        match = contract_match(sought.contract[0], row.contract_id)
    else:
        match = Match(Tier.WORDS, narrow.words)
    named = ", ".join(customers[:NAMED])
    more = len(customers) - NAMED
    who = f"{named} and {more} more" if more > 0 else named
    detail = " · ".join(part for part in (who, row.contract_type, _state(row)) if part)
    target = f"contract:{row.contract_id}"
    return Hit(Kind.CONTRACT, row.contract_id, detail, match.words, target, match.tier)


def _state(row: Row[Any]) -> str:
    if not row.is_booked:
        return "not booked"
    return "terminated" if row.is_terminated else "active"


def _customers(connection: Connection, oids: Sequence[int]) -> dict[int, list[str]]:
    role = aspire_contract_role.c
    query = (
        select(role.contract_oid, aspire_account.c.name)
        .join(aspire_account, aspire_account.c.oid == role.account_oid)
        .where(role.contract_oid.in_(oids), role.role_type == "Customer")
        .order_by(role.account_oid)
    )
    found: dict[int, list[str]] = defaultdict(list)
    for oid, name in connection.execute(query):
        found[oid].append(name)
    return found
