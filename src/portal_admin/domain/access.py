"""Rule A: which contracts an end user sees on a site, and why (`how-do-i-control-user-access-to-contracts`)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from portal_admin.domain.dates import day_words
from portal_admin.domain.freshness import SOURCE as FRESHNESS_SOURCE
from portal_admin.domain.freshness import next_due
from portal_admin.domain.look_alike import look_alike
from portal_admin.domain.people import LinkedAccount, Site, Status
from portal_admin.domain.policy import PortalSettings
from portal_admin.domain.reading import (
    Answer,
    Basis,
    Generations,
    Live,
    Stored,
    choose_basis,
    differences,
    unknown_because,
)
from portal_admin.domain.records import Account, Contract
from portal_admin.domain.text import label_key
from portal_admin.domain.verdict import Check, Result, Verdict, conjunction

ACCESS_SOURCE = "how-do-i-control-user-access-to-contracts"
MISSING_SOURCE = "contract-not-showing-in-the-customer-portal"
USERS_SOURCE = "managing-portal-users"

OPEN, CLOSED = "open", "closed"
FIRST_SYNC = "Ask an administrator to run a sync: the portal has not completed one yet."
NEXT_SYNC = "Wait for the next sync, or ask an administrator to run one."
AFTER_RESTORE = "Ask an administrator for a full sync, and the vendor for help with the portal's own sync."
DECIDING = ("exists", "booked", "role", "private_label", "user_active")
SUBJECTS = {
    "exists": "Whether the contract exists",
    "booked": "Whether it is booked",
    "role": "Whether a linked account has a role on it",
    "private_label": "Whether this site takes its private label",
    "look_alike": "Whether a look-alike is linked",
}


@dataclass(frozen=True, slots=True)
class AccessCase:
    """Everything rule A needs to know about one contract id and one end user; `accounts` names every party by oid."""

    contract_id: str
    site: Site
    status: Status
    linked: tuple[LinkedAccount, ...]
    stored: Stored[Contract]
    live: Live[Contract]
    generations: Generations
    accounts: Mapping[int, Account]
    sites: tuple[Site, ...]
    settings: PortalSettings
    now: datetime


def site_keys(site: Site) -> frozenset[str]:
    """The label keys a site takes; the empty key stands for contracts without a label."""
    keys = {label_key(label) for label in site.labels}
    return frozenset(keys | {""} if site.unlabelled else keys)


def area_of(contract: Contract) -> str:
    """Booked and terminated contracts stand in the portal's Closed area (`contract-not-showing-in-the-customer-portal`)."""
    return CLOSED if contract.is_terminated else OPEN


def hidden_reasons(
    contract: Contract, *, accounts: Iterable[int], site: Site, settings: PortalSettings
) -> tuple[str, ...]:
    """The names of the checks by which a contract stays hidden from an active user; none means that it is visible."""
    linked = set(accounts)
    passes = {
        "booked": contract.is_booked,
        "role": any(
            r.account_oid in linked and r.role_type in settings.admitted_roles for r in contract.roles
        ),
        "private_label": label_key(contract.private_label) in site_keys(site),
    }
    return tuple(name for name, passed in passes.items() if not passed)


def booked_first(contract: Contract) -> tuple[Any, ...]:
    """Sorts contracts of one visible id: booked ones before others."""
    return not contract.is_booked, contract.oid


def seen_first(
    *, accounts: Iterable[int], site: Site, settings: PortalSettings
) -> Callable[[Contract], tuple[Any, ...]]:
    """Sorts contracts of one visible id: what those accounts open on the site before others, open before closed."""
    linked = frozenset(accounts)

    def rank(contract: Contract) -> tuple[Any, ...]:
        hidden = hidden_reasons(contract, accounts=linked, site=site, settings=settings)
        return len(hidden), contract.is_terminated, contract.oid

    return rank


def explain_access(case: AccessCase) -> Verdict:
    """The verdict on one contract with all its checks, every cause reported and never a no for a failed look-up."""
    basis = choose_basis(case.stored, case.live, case.now, case.settings.cadences["contracts"])
    synced = _synced(case)
    checks = (
        _exists(case, basis),
        _booked(case, basis),
        _role(case, basis),
        _private_label(case, basis),
        _user_active(case),
        synced,
        _restored(case),
        _look_alike(case, basis),
    )
    deciding = [check.result for check in checks if check.name in DECIDING]
    if basis.only_live:
        deciding.append(synced.result)
    outcome = conjunction(deciding)
    word = {Result.PASS: "visible", Result.FAIL: "not_visible", Result.UNKNOWN: "cannot_tell"}[outcome]
    area = area_of(basis.fact) if outcome is Result.PASS and basis.fact else None
    return Verdict(word, area, checks, case.settings.edition)


def _exists(case: AccessCase, basis: Basis[Contract]) -> Check:
    if basis.fact is not None:
        where = "ASPIRE" if basis.only_live else "the portal's copy of ASPIRE"
        sentence = f"Contract {basis.fact.contract_id} is in {where}."
        evidence = {"contract_id": basis.fact.contract_id, "contract_oid": basis.fact.oid}
        return Check("exists", Result.PASS, sentence, MISSING_SOURCE, evidence, basis.as_of)
    if basis.absent:
        return Check(
            "exists",
            Result.FAIL,
            f"Neither the portal nor ASPIRE has a contract {case.contract_id}.",
            MISSING_SOURCE,
            {"contract_id": case.contract_id},
            basis.as_of,
            "Read the contract id back to the caller: leading zeros and dashes matter.",
        )
    return _unknown("exists", case, basis, MISSING_SOURCE)


def _booked(case: AccessCase, basis: Basis[Contract]) -> Check:
    contract = basis.fact
    if contract is None:
        return _unknown("booked", case, basis, ACCESS_SOURCE)
    evidence = {
        "is_booked": contract.is_booked,
        "booked_at": contract.booked_at,
        "is_terminated": contract.is_terminated,
        "termination_date": contract.termination_date,
    }
    if contract.is_booked:
        ended = " and terminated, so it stands under Closed" if contract.is_terminated else ""
        sentence = f"Booked{_on_day(contract.booked_at, case.settings)}{ended}."
        return Check("booked", Result.PASS, sentence, ACCESS_SOURCE, evidence, basis.as_of)
    if case.live.fact is not None and case.live.fact.is_booked:
        sentence = "Not booked when the portal last looked; ASPIRE has booked it since."
        fix = f"The portal shows it {_when_shown(case)}."
    else:
        sentence = "Not booked in ASPIRE; only booked contracts are shown."
        fix = f"Book the contract in ASPIRE; the portal shows it {_when_shown(case)}."
    return Check("booked", Result.FAIL, sentence, ACCESS_SOURCE, evidence, basis.as_of, fix)


def _on_day(instant: datetime | None, settings: PortalSettings) -> str:
    """Blank and the company's own date of that instant; nothing when it is not known."""
    return f" {day_words(instant.astimezone(ZoneInfo(settings.time_zone)))}" if instant else ""


def _role(case: AccessCase, basis: Basis[Contract]) -> Check:
    contract = basis.fact
    if contract is None:
        return _unknown("role", case, basis, ACCESS_SOURCE)
    held = {
        oid: sorted({r.role_type for r in contract.roles if r.account_oid == oid})
        for oid in _oids(case.linked)
    }
    evidence: dict[str, Any] = {
        "linked": [{"account_id": a.account_id, "name": a.name, "roles": held[a.oid]} for a in case.linked],
        "admitted_roles": list(case.settings.admitted_roles),
    }
    admitted = [
        (a, role) for a in case.linked for role in held[a.oid] if role in case.settings.admitted_roles
    ]
    if admitted:
        sentence = (
            "; ".join(f"{account.name} ({account.account_id}) is {role}" for account, role in admitted) + "."
        )
        return Check("role", Result.PASS, sentence, ACCESS_SOURCE, evidence, basis.as_of)
    holders = [role for role in contract.roles if role.role_type in case.settings.admitted_roles]
    parties = [f"{role.role_type} {_named(case, role.account_oid)}" for role in holders]
    evidence["holders"] = [
        {"account_id": case.accounts[role.account_oid].account_id, "role": role.role_type}
        for role in holders
        if role.account_oid in case.accounts
    ]
    sentence = f"No linked account is {' or '.join(case.settings.admitted_roles)} on this contract."
    other = [f"{a.name} ({a.account_id}) is {' and '.join(held[a.oid])}" for a in case.linked if held[a.oid]]
    if other:
        sentence = f"{sentence[:-1]}: {'; '.join(other)}."
    fix = _role_fix(case, contract, parties)
    return Check("role", Result.FAIL, sentence, ACCESS_SOURCE, evidence, basis.as_of, fix)


def _role_fix(case: AccessCase, contract: Contract, parties: list[str]) -> str | None:
    live = case.live.fact
    linked = _oids(case.linked)
    if live is not None and any(
        role.account_oid in linked and role.role_type in case.settings.admitted_roles for role in live.roles
    ):
        return f"ASPIRE has given a linked account the role since; the portal shows it {_when_shown(case)}."
    if not parties:
        return None
    # An active contract that the site takes makes its holders pass the picker in both editions.
    sure = contract.is_active and label_key(contract.private_label) in site_keys(case.site)
    condition = "" if sure else ", if the picker offers it"
    return f"Link the account that holds the role{condition}: {'; '.join(parties)}."


def _private_label(case: AccessCase, basis: Basis[Contract]) -> Check:
    contract = basis.fact
    if contract is None:
        return _unknown("private_label", case, basis, MISSING_SOURCE)
    key = label_key(contract.private_label)
    named = (
        f"Private label {contract.private_label.strip()}"
        if key and contract.private_label
        else "No private label"
    )
    takers = [site.key for site in case.sites if key in site_keys(site)]
    evidence = {"private_label": contract.private_label, "site": case.site.key, "mapped_to": takers}
    if key in site_keys(case.site):
        sentence = f"{named}, which site {case.site.name} takes."
        return Check("private_label", Result.PASS, sentence, MISSING_SOURCE, evidence, basis.as_of)
    where = f"is mapped to {', '.join(takers)}, not to {case.site.key}" if takers else "is mapped to no site"
    live = case.live.fact
    if live is not None and label_key(live.private_label) in site_keys(case.site):
        fix = f"ASPIRE has changed the label since; the portal shows it {_when_shown(case)}."
    elif takers:
        fix = f"The caller needs a user on site {' or '.join(takers)}."
    else:
        fix = f"An administrator can map the label to {case.site.key} on the Sites page."
    sentence = f"{named} {where}." if key else f"The contract has no private label, and that {where}."
    return Check("private_label", Result.FAIL, sentence, MISSING_SOURCE, evidence, basis.as_of, fix)


def _user_active(case: AccessCase) -> Check:
    evidence = {"status": case.status.value}
    if case.status is Status.ACTIVE:
        return Check("user_active", Result.PASS, "The end user is Active.", USERS_SOURCE, evidence, case.now)
    fix = {
        Status.PENDING: "Resend Registration Email; the user becomes Active by following the link.",
        Status.INACTIVE: "Reactivate User.",
    }[case.status]
    sentence = f"The end user is {case.status.value} and sees nothing until Active."
    return Check("user_active", Result.FAIL, sentence, USERS_SOURCE, evidence, case.now, fix)


def visible_facts(contract: Contract) -> dict[str, Any]:
    """The facts of a contract that rule A rests on, in a form that can be compared."""
    return {
        "contract_id": contract.contract_id,
        "is_booked": contract.is_booked,
        "is_terminated": contract.is_terminated,
        "private_label": label_key(contract.private_label) or None,
        "roles": sorted({(role.account_oid, role.role_type) for role in contract.roles}),
    }


def _synced(case: AccessCase) -> Check:
    stored, live = case.stored, case.live
    due = next_due(stored.as_of, case.now, case.settings.cadences["contracts"])
    evidence: dict[str, Any] = {"snapshot_as_of": stored.as_of, "next_sync": due}
    if live.answer is not Answer.UNREAD:
        evidence["in_aspire"] = live.answer is Answer.READ
    wait = AFTER_RESTORE if _was_restored(case.generations) else NEXT_SYNC

    def check(result: Result, sentence: str, fix: str | None = None) -> Check:
        return Check("synced", result, sentence, FRESHNESS_SOURCE, evidence, live.at, fix)

    if live.answer is Answer.UNREAD:
        evidence["reason"] = live.reason
        return check(Result.UNKNOWN, f"Not compared with ASPIRE: {live.reason}", live.way_out)
    if live.answer is Answer.ABSENT:
        if stored.fact is None:
            return check(Result.PASS, "The portal and ASPIRE agree: there is no such contract.")
        return check(
            Result.FAIL, "ASPIRE no longer has this contract; the portal still shows its copy.", wait
        )
    if stored.fact is None or live.fact is None:
        return check(Result.FAIL, "ASPIRE has this contract, but the portal has not received it yet.", wait)
    evidence["differs"] = differences(visible_facts(stored.fact), visible_facts(live.fact))
    if evidence["differs"]:
        named = ", ".join(name.replace("_", " ") for name in evidence["differs"])
        return check(Result.FAIL, f"ASPIRE and the portal differ on: {named}.", wait)
    return check(Result.PASS, "The portal and ASPIRE agree.")


def _restored(case: AccessCase) -> Check:
    found = case.generations
    evidence = {"stored_generation": found.stored, "aspire_generation": found.live}
    if _was_restored(found):
        return Check(
            "restored",
            Result.FAIL,
            "The ASPIRE database was restored from a backup, so the portal's copy may be wrong.",
            MISSING_SOURCE,
            evidence,
            case.live.at,
            AFTER_RESTORE,
        )
    if found.live is None or found.stored is None:
        sentence = "Whether ASPIRE was restored since the last sync could not be checked."
        way_out = FIRST_SYNC if found.stored is None else case.live.way_out
        return Check("restored", Result.UNKNOWN, sentence, MISSING_SOURCE, evidence, None, way_out)
    return Check("restored", Result.PASS, "ASPIRE was not restored.", MISSING_SOURCE, evidence, case.live.at)


def _was_restored(found: Generations) -> bool:
    return found.alarm or (None not in (found.stored, found.live) and found.stored != found.live)


def _when_shown(case: AccessCase) -> str:
    return "after a full sync" if _was_restored(case.generations) else "after the next sync"


def _look_alike(case: AccessCase, basis: Basis[Contract]) -> Check:
    contract = basis.fact
    if contract is None:
        return _unknown("look_alike", case, basis, MISSING_SOURCE)
    others = {r.account_oid for r in contract.roles if r.role_type == "Customer"} - _oids(case.linked)
    customers = [case.accounts[oid] for oid in sorted(others & case.accounts.keys())]
    known = [a for a in case.linked if a.known]
    pairs = [(a, c) for a in known for c in customers if look_alike(a.name, c.name)]
    if not pairs and others and (len(customers) < len(others) or len(known) < len(case.linked)):
        sentence = "Not every account could be compared: the name of one is not known here."
        return Check("look_alike", Result.UNKNOWN, sentence, MISSING_SOURCE, {"pairs": []}, basis.as_of)
    if not pairs:
        sentence = "No linked account could be mistaken for the contract's customer."
        return Check("look_alike", Result.PASS, sentence, MISSING_SOURCE, {"pairs": []}, basis.as_of)
    evidence = {
        "pairs": [
            {
                "linked": {"account_id": a.account_id, "name": a.name},
                "customer": {"account_id": c.account_id, "name": c.name},
            }
            for a, c in pairs
        ]
    }
    linked, customer = pairs[0]
    return Check(
        "look_alike",
        Result.ADVICE,
        f"Linked is {linked.name} ({linked.account_id}); the customer is {customer.name} ({customer.account_id}).",
        MISSING_SOURCE,
        evidence,
        basis.as_of,
        "Ask which of the two the caller belongs to before linking the other.",
    )


def _unknown(name: str, case: AccessCase, basis: Basis[Contract], source: str) -> Check:
    subject = SUBJECTS[name]
    if basis.absent:
        sentence = f"{subject}: nothing to check, there is no such contract."
        return Check(name, Result.UNKNOWN, sentence, source, {"reason": "no such contract"}, basis.as_of)
    why = unknown_because(case.stored)
    sentence = f"{subject} cannot be checked: {why}."
    return Check(name, Result.UNKNOWN, sentence, source, {"reason": why}, basis.as_of, case.live.way_out)


def _oids(linked: Iterable[LinkedAccount]) -> frozenset[int]:
    return frozenset(account.oid for account in linked)


def _named(case: AccessCase, oid: int) -> str:
    account = case.accounts.get(oid)
    return f"{account.name} ({account.account_id})" if account else f"account number {oid}"
