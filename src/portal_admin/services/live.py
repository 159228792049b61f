"""Asks ASPIRE for the facts of one verdict; a failure becomes UNREAD with its reason, never an absence."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

from portal_admin.aspire.client import AspireClient
from portal_admin.domain.access import booked_first
from portal_admin.domain.offering import Holding
from portal_admin.domain.reading import Answer, Live
from portal_admin.domain.records import Account, Contract, Removed
from portal_admin.domain.text import id_key, whole
from portal_admin.errors import AspireRecordMissing, CouldNotLook, SettingsProblem
from portal_admin.services.desk import Desk

Fact = TypeVar("Fact")

NOT_CONFIGURED = "This profile has no ASPIRE connection."


def live_contract(
    desk: Desk, contract_id: str, *, rank: Callable[[Contract], Any] = booked_first
) -> Live[Contract]:
    """The contract of that id as ASPIRE holds it now; of several, the first by `rank`."""

    def question(aspire: AspireClient) -> Contract | None:
        key = id_key(contract_id)
        found = aspire.contracts(contract_id=whole(contract_id))
        return min((c for c in found if id_key(c.contract_id) == key), key=rank, default=None)

    return ask(desk, question)


def live_holding(desk: Desk, account_id: str) -> Live[Holding]:
    """The account of that id with all its contracts as ASPIRE holds them now."""

    def question(aspire: AspireClient) -> Holding | None:
        key = id_key(account_id)
        found = aspire.accounts(account_id=whole(account_id))
        account = min((a for a in found if id_key(a.account_id) == key), key=lambda a: a.oid, default=None)
        if account is None:
            return None
        contracts = sorted(aspire.contracts_of(account_oid=account.oid), key=lambda c: c.contract_id)
        return Holding(account, tuple(contracts))

    return ask(desk, question)


def live_generation(desk: Desk) -> int | None:
    """ASPIRE's Generation now, None when it could not be asked."""

    def question(aspire: AspireClient) -> int:
        return aspire.instance().generation

    return ask(desk, question).fact


@dataclass(frozen=True, slots=True)
class Matches:
    """The accounts that ASPIRE's own search finds, and how many more it withholds from this login."""

    found: tuple[Account, ...]
    withheld: int


def live_accounts(desk: Desk, text: str, limit: int) -> Live[Matches]:
    """What ASPIRE's own search finds."""

    def question(aspire: AspireClient) -> Matches:
        page = aspire.account_search(text=whole(text), limit=limit)
        present = tuple(account for account in page.items if not isinstance(account, Removed))
        return Matches(present, page.withheld)

    return ask(desk, question)


def live_names(desk: Desk, oids: set[int]) -> dict[int, Account]:
    """The accounts of those oids, as far as ASPIRE names them."""

    def question(aspire: AspireClient) -> tuple[Account, ...]:
        return tuple(account for oid in sorted(oids) for account in aspire.accounts(account_oid=oid))

    found = ask(desk, question).fact if oids else None
    return {account.oid: account for account in found or ()}


def ask(desk: Desk, question: Callable[[AspireClient], Fact | None]) -> Live[Fact]:
    """What ASPIRE answers now; None and a missing record are absences, what cannot be asked is UNREAD with its reason."""
    at = desk.clock()
    if desk.aspire is None:
        return Live(Answer.UNREAD, at, reason=NOT_CONFIGURED, kind=SettingsProblem.kind)
    try:
        fact = question(desk.aspire)
    except AspireRecordMissing:
        return Live(Answer.ABSENT, at)
    except (CouldNotLook, SettingsProblem) as problem:
        return Live(Answer.UNREAD, at, reason=problem.message, kind=problem.kind)
    return Live(Answer.READ, at, fact) if fact is not None else Live(Answer.ABSENT, at)
