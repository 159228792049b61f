"""Rule D: whether a visitor may enrol by themselves on a site (`self`, `not-receiving-self-enrollment-email`).

Which customer the email and the contract must agree on is decided in docs/decisions/0011-enrolment.md.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from portal_admin.domain.enrolment_contract import judge_contract, to_link
from portal_admin.domain.enrolment_email import judge_email
from portal_admin.domain.enrolment_facts import Facts, Holder
from portal_admin.domain.enrolment_phone import words_to_say
from portal_admin.domain.enrolment_postal import judge_postal_code
from portal_admin.domain.enrolment_question import Finding, Question
from portal_admin.domain.enrolment_typed import SELF_SOURCE, Typed
from portal_admin.domain.people import Site, Status
from portal_admin.domain.reading import Answer, Basis, Live, Stored, choose_basis, unknown_because
from portal_admin.domain.records import Account, Contract
from portal_admin.domain.verdict import Check, Edition, Result, Verdict, conjunction

NO_MAIL_SOURCE = "not-receiving-self-enrollment-email"
AFTER_SYNC = (
    "ASPIRE says otherwise by now: try again after the next sync, or ask an administrator to run one."
)
UNTIL_SYNC = "ASPIRE says otherwise by now: after the next sync this no longer holds."
SUBJECTS = {
    "email": "Whether the email is on file",
    "postal_code": "Whether the postal code is the contract's",
    "contract": "Whether the contract fits",
}
NAMES = ("email", "postal_code", "contract", "already_user")
ACCEPTED, REFUSED, CANNOT_TELL = "accepted", "refused", "cannot_tell"
# What the vendor's page offers is Forgot Password; for Pending the article says Reset Password, which is not offered.
ADVICE: Mapping[Status, str] = {
    Status.ACTIVE: "Reset Password for that user.",
    Status.PENDING: "Resend Registration Email to that user.",
    Status.INACTIVE: "Reactivate User, if that person shall have access again.",
}


Bases = tuple[Basis[Contract], Basis[tuple[Holder, ...]]]


@dataclass(frozen=True, slots=True)
class EnrolmentCase:
    """Everything rule D needs to know.

    `holders` are the accounts to which the address typed belongs, by itself or by a contact, each with its contracts;
    the cadences say how often each is synced. `customers` are those of the contract, as far as they are known, and
    `user` is the status of whoever has the address on that site already.
    """

    typed: Typed
    site: Site
    sites: tuple[Site, ...]
    contract: tuple[Stored[Contract], Live[Contract]]
    contract_cadence: timedelta
    holders: tuple[Stored[tuple[Holder, ...]], Live[tuple[Holder, ...]]]
    holders_cadence: timedelta
    customers: Mapping[int, Holder]
    user: Status | None
    edition: Edition
    now: datetime


@dataclass(frozen=True, slots=True)
class Enrolment:
    """The verdict, and what an accepted one links."""

    verdict: Verdict
    links: tuple[Account, ...] = ()


def explain_enrolment(case: EnrolmentCase) -> Enrolment:
    """The verdict with all its checks, every cause reported and never a no for a failed look-up."""
    contract = choose_basis(*case.contract, case.now, case.contract_cadence)
    holders = choose_basis(*case.holders, case.now, case.holders_cadence)
    portal = Facts(
        contract.fact, contract.absent, holders.fact, case.customers, not_received=contract.only_live
    )
    aspire = _aspire(case)
    found = [
        _compared(case, name, _check(case, name, portal, (contract, holders)), aspire) for name in NAMES[:3]
    ]
    found.append(_already_user(case, found))
    outcome = conjunction(check.result for check in found)
    word = {Result.PASS: ACCEPTED, Result.FAIL: REFUSED, Result.UNKNOWN: CANNOT_TELL}[outcome]
    links = to_link(case.typed, portal, case.edition) if outcome is Result.PASS else ()
    said = tuple(_with_words(case, check) for check in found)
    return Enrolment(Verdict(word, None, said, case.edition), links)


def _aspire(case: EnrolmentCase) -> Facts | None:
    """What ASPIRE says now, None unless it said all of it."""
    contract, holders = case.contract[1], case.holders[1]
    if Answer.UNREAD in (contract.answer, holders.answer):
        return None
    absent = contract.answer is Answer.ABSENT
    return Facts(contract.fact, absent, holders.fact or (), case.customers)


def _check(
    case: EnrolmentCase,
    name: str,
    facts: Facts,
    bases: Bases,
) -> Check:
    finding = _found(case, name, facts)
    contract, holders = bases
    as_of = holders.as_of if name == "email" and holders.fact is not None else contract.as_of
    if finding.result is not Result.UNKNOWN or finding.sentence:
        return Check(
            name, finding.result, finding.sentence, SELF_SOURCE, finding.evidence, as_of, finding.fix
        )
    return _unknown(case, name, bases)


def _found(case: EnrolmentCase, name: str, facts: Facts) -> Finding:
    judge = {
        "email": judge_email,
        "postal_code": judge_postal_code,
        "contract": judge_contract,
    }
    return judge[name](Question(case.typed, case.site, case.sites, case.edition), facts)


def _unknown(case: EnrolmentCase, name: str, bases: Bases) -> Check:
    contract, holders = bases
    about_contract = contract.fact is None and (name != "email" or holders.fact is not None)
    if about_contract:
        why, as_of = unknown_because(case.contract[0]), contract.as_of
        reason, way_out = case.contract[1].reason, case.contract[1].way_out
    else:
        why, as_of = unknown_because(case.holders[0]), holders.as_of
        reason, way_out = case.holders[1].reason, case.holders[1].way_out
    sentence = f"{SUBJECTS[name]} cannot be checked: {why}. {reason or ''}".rstrip()
    return Check(name, Result.UNKNOWN, sentence, SELF_SOURCE, {"reason": why}, as_of, way_out)


def _compared(case: EnrolmentCase, name: str, check: Check, aspire: Facts | None) -> Check:
    """The check with what ASPIRE says now beside it; the portal's copy decides, because the portal shows that."""
    if check.result is Result.UNKNOWN:
        return check
    if aspire is None:
        reasons = [live.reason for live in (case.contract[1], case.holders[1]) if live.reason]
        told = {"aspire": "not_read", "aspire_reason": " ".join(dict.fromkeys(reasons))}
        return replace(check, evidence={**check.evidence, **told})
    if _found(case, name, aspire).result is check.result:
        return replace(check, evidence={**check.evidence, "aspire": "agrees"})
    fix = UNTIL_SYNC if check.result is Result.PASS else AFTER_SYNC
    return replace(check, evidence={**check.evidence, "aspire": "differs"}, fix=fix)


def _already_user(case: EnrolmentCase, others: list[Check]) -> Check:
    address = case.typed.address
    evidence: dict[str, Any] = {"site": case.site.key, "status": case.user.value if case.user else None}
    if case.user is None:
        sentence = f"Nobody on site {case.site.key} has this address yet."
        return Check("already_user", Result.PASS, sentence, NO_MAIL_SOURCE, evidence, case.now)
    rest = conjunction(check.result for check in others)
    sentence = f"{address} has a user on site {case.site.key} already, who is {case.user.value}."
    told = {
        Result.PASS: "The page says that an account exists (Back to Login, Forgot Password?).",
        Result.FAIL: "As something else is wrong too, the visitor is told nothing and gets no mail.",
        Result.UNKNOWN: "If all else is right, the page says that an account exists; otherwise the visitor gets no mail.",
    }[rest]
    return Check(
        "already_user",
        Result.FAIL,
        f"{sentence} {told}",
        NO_MAIL_SOURCE,
        evidence,
        case.now,
        ADVICE[case.user],
    )


def _with_words(case: EnrolmentCase, check: Check) -> Check:
    say = words_to_say(check, case.user, {site.key: site.name for site in case.sites})
    return replace(check, evidence={**check.evidence, "say": say})
