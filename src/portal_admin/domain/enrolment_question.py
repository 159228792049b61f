"""What rule D's checks ask, what they find, and what they share."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from portal_admin.domain.enrolment_facts import Facts, Holder
from portal_admin.domain.enrolment_typed import Typed, addresses
from portal_admin.domain.people import Site
from portal_admin.domain.verdict import Edition, Result

NAMED_AT_MOST = 5


@dataclass(frozen=True, slots=True)
class Question:
    """What was typed on which site, and by which edition it is judged."""

    typed: Typed
    site: Site
    sites: tuple[Site, ...]
    edition: Edition


@dataclass(frozen=True, slots=True)
class Finding:
    """What one check found; `evidence` names its causes, and an UNKNOWN without a sentence was not looked up."""

    result: Result
    sentence: str = ""
    evidence: Mapping[str, Any] = field(default_factory=dict)
    fix: str | None = None


UNKNOWN = Finding(Result.UNKNOWN)


def qualified(asked: Question, facts: Facts) -> list[Holder]:
    """The customers implied by the email, those of the contract entered first."""
    address, edition = asked.typed.address, asked.edition
    if not address:
        return []
    found = [
        one
        for one in facts.holders or ()
        if one.booked and any(place.counts for place in one.places(address, edition))
    ]
    contract = facts.contract
    return sorted(found, key=lambda one: contract is None or not one.is_customer_of(contract))


def is_bill_to(asked: Question, facts: Facts) -> bool:
    """Edition 2026 alone knows the Bill-To Location's email."""
    place, address = (facts.contract.bill_to if facts.contract else None), asked.typed.address
    return bool(
        asked.edition is not Edition.E2025
        and place
        and address
        and address in addresses(place.email, asked.edition)
    )


def failed(evidence: Mapping[str, Any], causes: Mapping[str, str], fix: str) -> Finding:
    """A no with every cause: the sentences for people, their names as evidence."""
    return Finding(Result.FAIL, " ".join(causes.values()), {**evidence, "causes": list(causes)}, fix)


def named(holder: Holder) -> str:
    """An account by name and id."""
    return f"{holder.account.name} ({holder.account.account_id})"


def some(names: list[str]) -> str:
    """The first two names, and how many more."""
    more = f" and {len(names) - 2} more" if len(names) > 2 else ""
    return f"{', '.join(names[:2]) if more else ' and '.join(names)}{more}"


def ids(holders: list[Holder]) -> list[dict[str, str]]:
    """The first few accounts as evidence."""
    return [{"account_id": h.account.account_id, "name": h.account.name} for h in holders[:NAMED_AT_MOST]]
