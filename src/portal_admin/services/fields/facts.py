"""Reads the few facts of a contract that a caller asks about, from the portal's copy and from ASPIRE itself."""

from __future__ import annotations

from portal_admin.aspire.client import LOOK_UP_BUDGET
from portal_admin.domain.contract_facts import KEYS, ContractFacts, facts_of
from portal_admin.services.desk import Desk
from portal_admin.services.fields.sheet import show


def contract_facts(desk: Desk, *, contract_id: str, budget: float = LOOK_UP_BUDGET) -> ContractFacts:
    """The facts on both sides within one budget; what ASPIRE could not tell stays stored, with its age and the reason.

    NotFound only if ASPIRE answered that there is no such contract, else CouldNotLook where nothing is known at all.
    """
    return facts_of(show(desk, contract_id=contract_id, budget=budget, only=KEYS))
