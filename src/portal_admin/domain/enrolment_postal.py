"""Rule D's check of the billing postal code (`self`)."""

from __future__ import annotations

from portal_admin.domain.enrolment_facts import Facts
from portal_admin.domain.enrolment_question import UNKNOWN, Finding, Question, failed
from portal_admin.domain.enrolment_typed import (
    comparable,
    counted,
    masked_postal_code,
    postal_key,
    same_postal_code,
)
from portal_admin.domain.verdict import Result

ASK_POSTAL_CODE = "Ask for the postal code of the address to which the invoices of this very contract go."
MEND_POSTAL_CODE = "Have the Bill-To Location mended in ASPIRE, or create the end user by hand."


def judge_postal_code(asked: Question, facts: Facts) -> Finding:
    """The code typed is the billing postal code of the contract entered, by the rules of its country."""
    typed, contract = asked.typed.postal_code, facts.contract
    if not postal_key(typed):
        return failed({}, {"nothing_typed": "No postal code was typed."}, ASK_POSTAL_CODE)
    if contract is None:
        if facts.absent:
            reason = "there is no such contract"
            return Finding(
                Result.UNKNOWN,
                f"Whether the postal code is the contract's: nothing to compare with, {reason}.",
                {"reason": reason},
            )
        return UNKNOWN
    place = contract.bill_to
    code, country = (place.postal_code, place.country) if place else (None, None)
    length = counted(country)
    evidence = {
        "on_file": masked_postal_code(code or "") or None,
        "country": (country or "").strip().upper() or None,
        "compared": length or "whole",
    }
    if same_postal_code(typed, code, country):
        how = f"its first {length} characters" if length else "as a whole"
        return Finding(
            Result.PASS, f"It is the billing postal code of {contract.contract_id}, {how} compared.", evidence
        )
    causes: dict[str, str] = {}
    if not comparable(typed, country):
        causes["too_short"] = f"What was typed has fewer than the {length} characters that are compared."
    if not postal_key(code):
        causes["none_on_file"] = (
            f"Contract {contract.contract_id} has no billing postal code, so none can match."
        )
    elif not comparable(code, country):
        causes["short_on_file"] = (
            f"The billing postal code of {contract.contract_id} has fewer than {length} characters in ASPIRE, "
            "so none can match."
        )
    elif not causes:
        causes["differs"] = f"The billing postal code of {contract.contract_id} is another one."
    by_hand = {"none_on_file", "short_on_file"} & causes.keys()
    return failed(evidence, causes, MEND_POSTAL_CODE if by_hand else ASK_POSTAL_CODE)
