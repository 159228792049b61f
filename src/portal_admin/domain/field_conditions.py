"""When a portal screen shows a field at all."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from portal_admin.domain.fields import ContractFacts
from portal_admin.domain.freshness import SETUP_SOURCE, has_schedule


@dataclass(frozen=True, slots=True)
class Condition:
    """`sentence` states the condition, `otherwise` why a field is missing; `holds` is None where a fact is unknown."""

    sentence: str
    otherwise: str
    source: str
    holds: Callable[[ContractFacts], bool | None]


def _is_no_operating_lease(facts: ContractFacts) -> bool | None:
    return None if facts.contract_type is None else has_schedule(facts.contract_type)


def _opposite(value: bool | None) -> bool | None:
    return None if value is None else not value


CONDITIONS: Mapping[str, Condition] = {
    "has_schedule": Condition(
        "Never for operating leases; and only while ASPIRE's Global Setting Save Customer Amortization Schedule is Yes.",
        "This contract is an operating lease, and operating leases never have an amortization schedule.",
        SETUP_SOURCE,
        _is_no_operating_lease,
    ),
    "has_interest": Condition(
        "Not for operating leases, which have no principal and interest.",
        "This contract is an operating lease: it has no principal and interest.",
        SETUP_SOURCE,
        _is_no_operating_lease,
    ),
    "payments_on": Condition(
        "Hidden when payments are switched off for the company.",
        "Payments are switched off for this company, so the portal hides this.",
        "payments-not-available-in-the-customer-portal",
        lambda facts: facts.payments_enabled,
    ),
    "open_only": Condition(
        "Only for contracts in the portal's open area.",
        "This contract is terminated: the portal shows it under Closed.",
        "contract-not-showing-in-the-customer-portal",
        lambda facts: _opposite(facts.is_terminated),
    ),
    "closed_only": Condition(
        "Only for contracts in the portal's Closed area, that is booked and terminated.",
        "This contract is not terminated, so the portal's Closed area does not list it.",
        "contract-not-showing-in-the-customer-portal",
        lambda facts: facts.is_terminated,
    ),
}
