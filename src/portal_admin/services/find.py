"""One look-up for the box at the top of the window: end users, accounts and contract ids in the portal database."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Connection, select

from portal_admin.domain.text import id_key
from portal_admin.models import aspire_account, aspire_contract, end_user
from portal_admin.models.engine import reading
from portal_admin.services.desk import Desk
from portal_admin.services.people import user_query
from portal_admin.services.ranked_search import best_matches
from portal_admin.services.text_search import begins


@dataclass(frozen=True, slots=True)
class Hit:
    """One thing found; `target` names it as `user:SITE/EMAIL`, `account:ID` or `contract:ID`."""

    kind: str
    title: str
    detail: str
    target: str


def find(desk: Desk, *, text: str, limit: int = 8) -> list[Hit]:
    """At most `limit` hits of each kind, the best first: contract ids that begin so, people and accounts that match."""
    if not text.strip():
        return []
    with reading(desk.engine) as connection:
        return [
            *_contracts(connection, text, limit),
            *_users(connection, text, limit),
            *_accounts(connection, text, limit),
        ]


def _contracts(connection: Connection, text: str, limit: int) -> list[Hit]:
    key = aspire_contract.c.contract_id_key
    query = select(aspire_contract).where(begins(key, id_key(text))).order_by(key).limit(limit)
    return [
        Hit(
            "contract",
            row.contract_id,
            _state(row.is_booked, row.is_terminated),
            f"contract:{row.contract_id}",
        )
        for row in connection.execute(query)
    ]


def _state(is_booked: bool, is_terminated: bool) -> str:
    if not is_booked:
        return "not booked"
    return "terminated" if is_terminated else "active"


def _users(connection: Connection, text: str, limit: int) -> list[Hit]:
    best = best_matches(connection, "end_user", text, limit=limit)
    rows = {row.id: row for row in connection.execute(user_query().where(end_user.c.id.in_(best)))}
    return [
        Hit(
            "user",
            f"{row.first_name} {row.last_name}",
            f"{row.email} · {row.site_key} · {row.status}",
            f"user:{row.site_key}/{row.email}",
        )
        for row in map(rows.__getitem__, best)
    ]


def _accounts(connection: Connection, text: str, limit: int) -> list[Hit]:
    best = best_matches(connection, "aspire_account", text, limit=limit)
    query = select(aspire_account).where(aspire_account.c.oid.in_(best))
    rows = {row.oid: row for row in connection.execute(query)}
    return [
        Hit("account", row.name, row.account_id, f"account:{row.account_id}")
        for row in map(rows.__getitem__, best)
    ]
