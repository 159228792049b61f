"""The one box in which a person is chosen: exact and beginning matches first, and ids of contracts and accounts."""

from __future__ import annotations

from dataclasses import dataclass

from portal_admin.domain.people import EndUser
from portal_admin.domain.records import Account
from portal_admin.models import end_user
from portal_admin.models.engine import reading
from portal_admin.services import snapshot
from portal_admin.services.desk import Desk
from portal_admin.services.people import user_query, with_accounts
from portal_admin.services.ranked_search import best_matches

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
        best = best_matches(connection, "end_user", text, limit=limit + 1)
        rows = {row.id: row for row in connection.execute(user_query().where(end_user.c.id.in_(best)))}
        contract = snapshot.stored_contract(connection, text).fact
        return FoundPeople(
            tuple(with_accounts(connection, [rows[user] for user in best[:limit]])),
            len(best) > limit,
            contract.contract_id if contract else None,
            snapshot.stored_account(connection, text),
        )
