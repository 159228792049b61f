"""Rule D's check of the contract, and what an accepted enrolment links (`self`)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from portal_admin.domain.access import site_keys
from portal_admin.domain.enrolment_facts import Facts, customers_of
from portal_admin.domain.enrolment_question import (
    NAMED_AT_MOST,
    UNKNOWN,
    Finding,
    Question,
    failed,
    ids,
    is_bill_to,
    named,
    qualified,
    some,
)
from portal_admin.domain.enrolment_typed import Typed
from portal_admin.domain.records import Account, Contract
from portal_admin.domain.text import label_key
from portal_admin.domain.verdict import Edition, Result

SET_UP_BY_HAND = "Create the end user by hand."
READ_BACK = "Read the contract id back to the caller: leading zeros and dashes matter."
MAP_LABEL = "An administrator can map the label to {site} on the Sites page."
WAIT = "Wait for the next sync, or ask an administrator to run one."


def judge_contract(asked: Question, facts: Facts) -> Finding:
    """The contract is a booked one of the customer implied by the email, and its label is mapped to the site."""
    typed, contract = asked.typed.contract_id.strip(), facts.contract
    if not typed:
        return failed({}, {"nothing_typed": "No contract id was typed."}, READ_BACK)
    if contract is None:
        if not facts.absent:
            return UNKNOWN
        sentence = f"Neither the portal nor ASPIRE has a contract {typed}."
        return failed({"contract_id": typed}, {"absent": sentence}, READ_BACK)
    evidence = _contract_evidence(asked, facts, contract)
    causes = _why_not_contract(asked, facts, contract, evidence)
    if causes:
        return failed(evidence, causes, _way_out(asked, causes, evidence))
    if is_bill_to(asked, facts):
        return Finding(Result.PASS, _fits(facts, contract, asked), evidence)
    if facts.holders is None:
        return UNKNOWN
    return Finding(Result.PASS, _fits(facts, contract, asked), evidence)


def _why_not_contract(
    asked: Question, facts: Facts, contract: Contract, evidence: Mapping[str, Any]
) -> dict[str, str]:
    number, causes = contract.contract_id, {}
    if facts.not_received:
        causes["not_received"] = f"ASPIRE has contract {number}, but the portal has not received it yet."
    if not contract.is_booked:
        causes["not_booked"] = f"Contract {number} is not booked."
    if label_key(contract.private_label) not in site_keys(asked.site):
        causes["label"] = _label_words(asked, contract, evidence["mapped_to"])
    if not customers_of(contract):
        causes["no_customer"] = f"Contract {number} has no Customer."
    implied = qualified(asked, facts)
    if implied and not is_bill_to(asked, facts) and not any(one.is_customer_of(contract) for one in implied):
        causes["other_customer"] = (
            f"Contract {number} is not one of {some([named(one) for one in implied])}, to whom the email belongs."
        )
    return causes


def _label_words(asked: Question, contract: Contract, takers: list[str]) -> str:
    key = label_key(contract.private_label)
    label = (contract.private_label or "").strip()
    subject = f"Its private label {label}" if key else "It has no private label, and that"
    where = f"is mapped to {', '.join(takers)}, not to {asked.site.key}" if takers else "is mapped to no site"
    return f"{subject} {where}."


def _way_out(asked: Question, causes: Mapping[str, str], evidence: Mapping[str, Any]) -> str:
    if "not_received" in causes:
        return WAIT
    if "not_booked" in causes:
        return "Book the contract in ASPIRE, or use one that is booked."
    if "label" in causes:
        takers = evidence["mapped_to"]
        return f"Enrol on site {' or '.join(takers)}." if takers else MAP_LABEL.format(site=asked.site.key)
    if "no_customer" in causes:
        return "Have the Customer entered on the contract in ASPIRE."
    usable = evidence.get("usable") or ()
    return f"One of their own works: {', '.join(usable)}." if usable else SET_UP_BY_HAND


def _contract_evidence(asked: Question, facts: Facts, contract: Contract) -> dict[str, Any]:
    key = label_key(contract.private_label)
    known = [facts.customers[oid] for oid in sorted(customers_of(contract) & facts.customers.keys())]
    evidence: dict[str, Any] = {
        "contract_id": contract.contract_id,
        "contract_oid": contract.oid,
        "is_booked": contract.is_booked,
        "private_label": contract.private_label,
        "mapped_to": [site.key for site in asked.sites if key in site_keys(site)],
        "customers": ids(known),
    }
    usable = [
        one.contract_id
        for holder in qualified(asked, facts)
        for one in holder.booked
        if label_key(one.private_label) in site_keys(asked.site)
    ]
    if usable:
        evidence["usable"] = sorted(set(usable))[:NAMED_AT_MOST]
    return evidence


def _fits(facts: Facts, contract: Contract, asked: Question) -> str:
    links = [f"{one.name} ({one.account_id})" for one in to_link(asked.typed, facts, asked.edition)]
    linked = f" Success links {some(links)}." if links else ""
    return f"Booked contract {contract.contract_id}, on site {asked.site.key}.{linked}"


def to_link(typed: Typed, facts: Facts, edition: Edition) -> tuple[Account, ...]:
    """The Customers of the contract entered that have the email; all of its Customers where only its Bill-To has it."""
    contract = facts.contract
    if contract is None:
        return ()
    known = {one.account.oid: one for one in facts.holders or ()}
    mine = customers_of(contract)
    having = [
        one.account
        for oid, one in sorted(known.items())
        if oid in mine and any(place.counts for place in one.places(typed.address, edition))
    ]
    return tuple(having) or tuple(
        facts.customers[oid].account for oid in sorted(mine & facts.customers.keys())
    )
