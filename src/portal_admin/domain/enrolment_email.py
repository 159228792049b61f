"""Rule D's check of the email (`self`)."""

from __future__ import annotations

from typing import Any

from portal_admin.domain.addresses import usable_addresses
from portal_admin.domain.enrolment_facts import CUSTOMER, Facts, Holder, customers_of, has_bill_to
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
from portal_admin.domain.verdict import Edition, Result
from portal_admin.domain.verification import masked

ADD_EMAIL = (
    "Have the address added in ASPIRE to the customer or one of its contacts, or create the end user by hand."
)
READ_EMAIL = "Read the address back to the caller, letter by letter."
WHERE = {"account": "the email", "contact": "a contact's email"}


def judge_email(asked: Question, facts: Facts) -> Finding:
    """The address is that of a Customer with a booked contract or of its contact, or in 2026 the contract's Bill-To's."""
    address = asked.typed.address
    on_file = _on_file(facts)
    if not address:
        return failed(on_file, {"no_address": "What was typed is not an email address."}, READ_EMAIL)
    mine = qualified(asked, facts)
    if mine:
        names = [named(one) for one in mine]
        where = sorted({p.kind for one in mine for p in one.places(address, asked.edition) if p.counts})
        words = " and ".join(WHERE[kind] for kind in where)
        sentence = f"On file as {words} of {some(names)}, Customer with booked contracts."
        return Finding(Result.PASS, sentence, on_file | {"where": where, "customers": ids(mine)})
    if is_bill_to(asked, facts):
        sentence = "On file as the Bill-To Location's email of the contract entered."
        return Finding(Result.PASS, sentence, on_file | {"where": ["bill_to"], "customers": []})
    # Before the contract is known nobody can say that the address is not its Bill-To's.
    may_be_bill_to = asked.edition is not Edition.E2025 and facts.contract is None and not facts.absent
    if facts.holders is None or (may_be_bill_to and asked.typed.contract_id.strip()):
        return UNKNOWN
    evidence = on_file | {"belongs_to": ids(list(facts.holders))}
    return failed(evidence, _why_no_email(asked, facts), ADD_EMAIL)


def _why_no_email(asked: Question, facts: Facts) -> dict[str, str]:
    address, edition = asked.typed.address, asked.edition
    causes: dict[str, str] = {}
    for holder in facts.holders or ():
        if not any(place.counts for place in holder.places(address, edition)):
            causes["several_in_field"] = (
                f"{named(holder)} has it in a field that holds several addresses, which the rules of 2025 "
                "take as one."
            )
        elif not holder.booked:
            causes |= _why_not_customer(holder)
    if edition is Edition.E2025 and has_bill_to(facts.contract, address):
        causes["bill_to"] = "It is the contract's Bill-To email, which counts by the rules of 2026 only."
    return causes or {"not_on_file": "No customer, and no contact of one, has this address in ASPIRE."}


def _why_not_customer(holder: Holder) -> dict[str, str]:
    roles = sorted(
        {r.role_type for c in holder.contracts for r in c.roles if r.account_oid == holder.account.oid}
    )
    if not roles:
        return {"no_contract": f"It belongs to {named(holder)}, which is on no contract."}
    if CUSTOMER in roles:
        return {"not_booked": f"It belongs to {named(holder)}, which has no booked contract."}
    words = " and ".join(roles)
    return {"not_customer": f"It belongs to {named(holder)}, which is only {words}, not Customer."}


def _on_file(facts: Facts) -> dict[str, Any]:
    """What ASPIRE has for the contract entered, masked: its customers' and contacts' addresses and its Bill-To's."""
    if facts.contract is None:
        return {"on_file": None, "bill_to": None}
    mine = sorted(customers_of(facts.contract) & facts.customers.keys())
    emails = [masked(one) for oid in mine for one in facts.customers[oid].emails]
    place = facts.contract.bill_to
    bill_to = [masked(one) for one in usable_addresses(place.email if place else None)]
    return {"on_file": emails[:NAMED_AT_MOST], "bill_to": bill_to[:NAMED_AT_MOST]}
