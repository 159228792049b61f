"""Rule B: which accounts the picker offers for a new link (`why-is-a-customer-not-available-to-link-to-a-portal-user`)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from portal_admin.domain.access import site_keys, visible_facts
from portal_admin.domain.freshness import SOURCE as FRESHNESS_SOURCE
from portal_admin.domain.freshness import next_due
from portal_admin.domain.people import Site
from portal_admin.domain.policy import PortalSettings
from portal_admin.domain.reading import (
    Answer,
    Basis,
    Live,
    Stored,
    choose_basis,
    differences,
    unknown_because,
)
from portal_admin.domain.records import Account, Contract
from portal_admin.domain.text import label_key
from portal_admin.domain.verdict import Check, Edition, Result, Verdict, conjunction

PICKER_SOURCE = "why-is-a-customer-not-available-to-link-to-a-portal-user"
FIND_SOURCE = "can-t-find-the-accounts-to-link-to-an-end-user"

SUBJECTS = {
    "exists": "Whether the account exists",
    "role": "Whether it has a role that counts",
    "booked_contract": "Whether it has a booked contract",
    "active_contract": "Whether it has an active contract",
    "private_label": "Whether this site takes one of its private labels",
    "same_contract": "Whether one contract fulfils all of this",
    "look_alike": "Whether another account looks like it",
}
NAMED_AT_MOST = 5  # contract ids in one piece of evidence; the count tells the rest
NEXT_SYNC = "Wait for the next sync, or ask an administrator to run one."


@dataclass(frozen=True, slots=True)
class EditionRule:
    """What an edition asks of one contract of the account, and how long after booking the picker may lag behind."""

    check: str
    admits: Callable[[Contract], bool]
    wanted: str
    wait: timedelta


EDITION_RULES: Mapping[Edition, EditionRule] = {
    Edition.E2025: EditionRule("booked_contract", lambda c: c.is_booked, "booked", timedelta(minutes=5)),
    Edition.E2026: EditionRule("active_contract", lambda c: c.is_active, "active", timedelta(minutes=15)),
}


@dataclass(frozen=True, slots=True)
class Holding:
    """An account with every contract on which it has any role."""

    account: Account
    contracts: tuple[Contract, ...]

    @property
    def roles(self) -> tuple[str, ...]:
        """The account's role types on all its contracts, as ASPIRE writes them."""
        held = (role for contract in self.contracts for role in contract.roles)
        return tuple(sorted({role.role_type for role in held if role.account_oid == self.account.oid}))


@dataclass(frozen=True, slots=True)
class OfferCase:
    """Everything rule B needs to know about one account and one site.

    `similar` are accounts of near-equal names, None when nobody looked for them.
    """

    account_id: str
    site: Site
    stored: Stored[Holding]
    live: Live[Holding]
    similar: tuple[Account, ...] | None
    settings: PortalSettings
    now: datetime


def explain_offer(case: OfferCase) -> Verdict:
    """Whether staff may newly link the account on this site, with all checks.

    What only ASPIRE has is judged by ASPIRE: linking reads its records into the portal at once.
    """
    rule = EDITION_RULES[case.settings.edition]
    basis = choose_basis(case.stored, case.live, case.now, case.settings.cadences["contracts"])
    synced = _synced(case, rule)
    tests = _tests(case, rule, basis.fact)
    deciding = [
        _exists(case, basis),
        *(_some_contract(case, basis, name, test) for name, test in tests.items()),
    ]
    outcome = conjunction(check.result for check in deciding)
    word = {Result.PASS: "offered", Result.FAIL: "not_offered", Result.UNKNOWN: "cannot_tell"}[outcome]
    return Verdict(word, None, (*deciding, synced, _look_alike(case, basis)), case.settings.edition)


@dataclass(frozen=True, slots=True)
class _Test:
    """What one contract must have; `none` and `not_one` say that no contract, or the only one, has it."""

    passes: Callable[[Contract], bool]
    wanted: str
    none: str
    not_one: str
    fix: str


def _tests(case: OfferCase, rule: EditionRule, holding: Holding | None) -> dict[str, _Test]:
    oid = holding.account.oid if holding else None
    roles = " or ".join(case.settings.admitted_roles)
    keys = site_keys(case.site)

    def role(contract: Contract) -> bool:
        return any(
            r.account_oid == oid and r.role_type in case.settings.admitted_roles for r in contract.roles
        )

    def label(contract: Contract) -> bool:
        return label_key(contract.private_label) in keys

    return {
        "role": _Test(
            role,
            f"with the role {roles}",
            f"has it as {roles}",
            f"does not have it as {roles}",
            "Give the account that role on a contract in ASPIRE.",
        ),
        rule.check: _Test(
            rule.admits,
            f"that is {rule.wanted}",
            f"is {rule.wanted}",
            f"is not {rule.wanted}",
            f"The account needs a contract that is {rule.wanted}.",
        ),
        "private_label": _Test(
            label,
            f"whose private label site {case.site.key} takes",
            f"has a private label that site {case.site.key} takes",
            f"has no private label that site {case.site.key} takes",
            "Use the site that takes the label, or let an administrator map it on the Sites page.",
        ),
        "same_contract": _Test(
            lambda c: role(c) and rule.admits(c) and label(c),
            f"that is {rule.wanted}, on this site and with the role {roles} at once",
            f"is {rule.wanted}, on this site and has it as {roles} at once",
            f"is not {rule.wanted}, on this site and with it as {roles} at once",
            "One and the same contract must fulfil all three.",
        ),
    }


def _exists(case: OfferCase, basis: Basis[Holding]) -> Check:
    if basis.fact is not None:
        account = basis.fact.account
        sentence = f"{account.name} ({account.account_id}) is an account in ASPIRE."
        evidence = {"account_id": account.account_id, "name": account.name, "account_oid": account.oid}
        return Check("exists", Result.PASS, sentence, FIND_SOURCE, evidence, basis.as_of)
    if basis.absent:
        sentence = f"Neither the portal nor ASPIRE has an account {case.account_id}."
        evidence = {"account_id": case.account_id}
        return Check(
            "exists",
            Result.FAIL,
            sentence,
            FIND_SOURCE,
            evidence,
            basis.as_of,
            "Check the account id in ASPIRE.",
        )
    return _unknown("exists", case, basis)


def _some_contract(case: OfferCase, basis: Basis[Holding], name: str, test: _Test) -> Check:
    if basis.fact is None:
        return _unknown(name, case, basis)
    passing = [contract.contract_id for contract in basis.fact.contracts if test.passes(contract)]
    evidence = {
        "contracts": passing[:NAMED_AT_MOST],
        "count": len(passing),
        "of": len(basis.fact.contracts),
    }
    if passing:
        more = f" and {len(passing) - 1} more" if len(passing) > 1 else ""
        sentence = f"On a contract {test.wanted}: {passing[0]}{more}."
        return Check(name, Result.PASS, sentence, PICKER_SOURCE, evidence, basis.as_of)
    if not basis.fact.contracts:
        sentence = "The account is on no contract at all."
    elif len(basis.fact.contracts) == 1:
        sentence = f"Its only contract {test.not_one}."
    else:
        sentence = f"None of its {len(basis.fact.contracts)} contracts {test.none}."
    if name == "role" and basis.fact.roles:
        sentence = f"{sentence} Its roles are: {', '.join(basis.fact.roles)}."
    return Check(name, Result.FAIL, sentence, PICKER_SOURCE, evidence, basis.as_of, test.fix)


def holding_differences(stored: Holding, live: Holding) -> dict[str, dict[str, object]]:
    """The contracts of an account on which snapshot and ASPIRE disagree, by contract id, each with both sides' facts."""
    ours, theirs = (
        {contract.oid: visible_facts(contract) for contract in holding.contracts}
        for holding in (stored, live)
    )
    either = theirs | ours
    differing = differences({oid: ours.get(oid) for oid in either}, theirs)
    return {either[oid]["contract_id"]: sides for oid, sides in sorted(differing.items())}


def _synced(case: OfferCase, rule: EditionRule) -> Check:
    stored, live = case.stored, case.live
    evidence: dict[str, Any] = {
        "snapshot_as_of": stored.as_of,
        "next_sync": next_due(stored.as_of, case.now, case.settings.cadences["contracts"]),
    }

    def check(result: Result, sentence: str, fix: str | None = None) -> Check:
        return Check("synced", result, sentence, FRESHNESS_SOURCE, evidence, live.at, fix)

    if live.answer is Answer.ABSENT:
        if stored.fact is None:
            return check(Result.PASS, "The portal and ASPIRE agree: there is no such account.")
        sentence = "ASPIRE no longer has this account; the portal still has its copy."
        return check(Result.FAIL, sentence, NEXT_SYNC)
    waiting = _waiting(case, rule)
    if waiting:
        evidence["wait_until"] = waiting[1]
    wait = _wait_words(rule, waiting) if waiting else NEXT_SYNC
    if live.fact is None:
        evidence["reason"] = live.reason
        retry = wait if waiting else live.way_out
        return check(Result.UNKNOWN, f"Not compared with ASPIRE: {live.reason}", retry)
    if stored.fact is None:
        return check(Result.FAIL, "ASPIRE has this account, but the portal has not received it yet.", wait)
    evidence["differs"] = holding_differences(stored.fact, live.fact)
    if evidence["differs"]:
        named = ", ".join(list(evidence["differs"])[:NAMED_AT_MOST])
        return check(Result.FAIL, f"ASPIRE and the portal differ on contract {named}.", wait)
    if waiting:
        sentence = f"Contract {waiting[0]} was booked less than {_minutes(rule)} minutes ago: the vendor's picker may lag."
        return check(Result.ADVICE, sentence, wait)
    return check(Result.PASS, "The portal and ASPIRE agree.")


def _waiting(case: OfferCase, rule: EditionRule) -> tuple[str, datetime] | None:
    """The contract whose booking is too recent and the end of its waiting time, where the account has no older one."""
    holding = case.live.fact or case.stored.fact
    if holding is None:
        return None
    whole = _tests(case, rule, holding)["same_contract"].passes
    relevant = [contract for contract in holding.contracts if whole(contract)]
    recent = [c for c in relevant if c.booked_at is not None and case.now < c.booked_at + rule.wait]
    if not recent or len(recent) < len(relevant):
        return None
    first = min(recent, key=lambda c: c.booked_at or case.now)
    return first.contract_id, (first.booked_at or case.now) + rule.wait


def _minutes(rule: EditionRule) -> int:
    return int(rule.wait.total_seconds() // 60)


def _wait_words(rule: EditionRule, waiting: tuple[str, datetime]) -> str:
    return f"Wait until {waiting[1]:%H:%M} UTC, {_minutes(rule)} minutes after booking."


def _look_alike(case: OfferCase, basis: Basis[Holding]) -> Check:
    if basis.fact is None:
        return _unknown("look_alike", case, basis)
    if case.similar is None:
        sentence = "Not compared with other accounts here."
        return Check("look_alike", Result.UNKNOWN, sentence, FIND_SOURCE, {}, basis.as_of)
    evidence = {"similar": [{"account_id": a.account_id, "name": a.name} for a in case.similar]}
    if not case.similar:
        sentence = "No other account has a name like this one."
        return Check("look_alike", Result.PASS, sentence, FIND_SOURCE, evidence, basis.as_of)
    named = ", ".join(f"{a.name} ({a.account_id})" for a in case.similar[:NAMED_AT_MOST])
    fix = "Compare the two before linking."
    return Check(
        "look_alike", Result.ADVICE, f"Easily mistaken for {named}.", FIND_SOURCE, evidence, basis.as_of, fix
    )


def _unknown(name: str, case: OfferCase, basis: Basis[Holding]) -> Check:
    subject = SUBJECTS[name]
    if basis.absent:
        sentence = f"{subject}: nothing to check, there is no such account."
        return Check(
            name, Result.UNKNOWN, sentence, PICKER_SOURCE, {"reason": "no such account"}, basis.as_of
        )
    why = unknown_because(case.stored)
    sentence = f"{subject} cannot be checked: {why}."
    return Check(
        name, Result.UNKNOWN, sentence, PICKER_SOURCE, {"reason": why}, basis.as_of, case.live.way_out
    )
