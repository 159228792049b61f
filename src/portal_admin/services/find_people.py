"""The one box in which a person is chosen: exact and beginning matches first, and ids of contracts and accounts."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row

from portal_admin.domain.people import EndUser
from portal_admin.domain.records import Account
from portal_admin.domain.text import canonical_email, name_key
from portal_admin.models import end_user
from portal_admin.models.engine import reading
from portal_admin.services import snapshot
from portal_admin.services.desk import Desk
from portal_admin.services.people import user_query, with_accounts
from portal_admin.services.text_search import begins, contains

FOUND_AT_MOST = 20


@dataclass(frozen=True, slots=True)
class FoundPeople:
    """The best matches among end users of all sites, and the contract or account of exactly that id."""

    people: tuple[EndUser, ...]
    more: bool
    contract_id: str | None
    account: Account | None


def find_people(desk: Desk, *, text: str, limit: int = FOUND_AT_MOST) -> FoundPeople:
    """End users by name or email: the exact address first, then what begins so, then what holds every word."""
    with reading(desk.engine) as connection:
        rows: dict[int, Row[Any]] = {}
        for condition, order in _tiers(connection, text):
            query = user_query().where(condition).order_by(order, end_user.c.id).limit(limit + 1)
            for row in connection.execute(query):
                rows.setdefault(row.id, row)
            if len(rows) > limit:
                break
        contract = snapshot.stored_contract(connection, text).fact
        return FoundPeople(
            tuple(with_accounts(connection, list(rows.values())[:limit])),
            len(rows) > limit,
            contract.contract_id if contract else None,
            snapshot.stored_account(connection, text),
        )


def _tiers(connection: Connection, text: str) -> Iterator[tuple[ColumnElement[bool], ColumnElement[str]]]:
    """Conditions from the best match down, each with the order that its index already has."""
    if not text.strip():
        return
    yield end_user.c.email == canonical_email(text), end_user.c.email
    yield begins(end_user.c.email, canonical_email(text)), end_user.c.email
    yield begins(end_user.c.name_key, name_key(text)), end_user.c.name_key
    yield contains(connection, "end_user", text), end_user.c.name_key
