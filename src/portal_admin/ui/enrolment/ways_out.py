"""What the window can do about a check that did not pass: a button, and where it leads."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from portal_admin.domain.enrolment_typed import Typed
from portal_admin.domain.verdict import Check, Result, Verdict
from portal_admin.ui.navigation import Target
from portal_admin.ui.panels.enrolment.words import tr


class Step(StrEnum):
    """GO opens a place of the window, TRY rehearses with something else, AGAIN looks once more."""

    GO = "go"
    TRY = "try"
    AGAIN = "again"


@dataclass(frozen=True, slots=True)
class WayOut:
    """One button; `target` where it goes, `site` or `contract_id` what it tries instead."""

    words: str
    step: Step
    target: Target | None = None
    site: str | None = None
    contract_id: str | None = None


def way_out(check: Check, verdict: Verdict, *, site: str, typed: Typed) -> WayOut | None:
    """The button of a check, None where the window can do nothing."""
    if check.result is Result.UNKNOWN:
        return WayOut(tr("Retry"), Step.AGAIN) if check.fix else None
    if check.result is not Result.FAIL:
        return None
    if check.name == "already_user":
        there = Target("customer_care", site=site, email=typed.address)
        return WayOut(tr("Open in Customer care"), Step.GO, there)
    if check.name == "contract":
        return _of_contract(check, site, typed)
    if verdict.check("already_user").result is Result.FAIL or not typed.address:
        return None  # whoever has a user already needs no other
    account = _of_email(check, verdict) if check.name == "email" else _of_postal_code(check, verdict)
    if account is None:
        return None
    there = Target("end_users", site=site, email=typed.address, account=account["account_id"])
    return WayOut(tr("New end user for {name}…").format(name=account["name"]), Step.GO, there)


def _of_contract(check: Check, site: str, typed: Typed) -> WayOut | None:
    causes = check.evidence.get("causes", ())
    if "label" in causes:
        takers = check.evidence["mapped_to"]
        if takers:
            return WayOut(tr("Try site {site}").format(site=takers[0]), Step.TRY, site=takers[0])
        return WayOut(tr("Map label…"), Step.GO, Target("sites", site=site))
    usable = check.evidence.get("usable") or ()
    if "other_customer" in causes and usable:
        return WayOut(tr("Try contract {id}").format(id=usable[0]), Step.TRY, contract_id=usable[0])
    if "absent" in causes and typed.address:
        return WayOut(tr("Find the caller"), Step.GO, Target("customer_care"))
    return None


def _of_email(check: Check, verdict: Verdict) -> dict[str, str] | None:
    """For whom staff may make a user: a guarantor for the own account, anybody who knows the rest for the customer's."""
    causes = check.evidence.get("causes", ())
    if "not_customer" in causes:
        found: dict[str, str] = check.evidence["belongs_to"][0]
        return found
    if "no_address" in causes or verdict.check("postal_code").result is not Result.PASS:
        return None
    return _customer(verdict)


def _of_postal_code(check: Check, verdict: Verdict) -> dict[str, str] | None:
    """Only what is missing in ASPIRE is a reason to make a user by hand, not what the caller did not know."""
    if not {"none_on_file", "short_on_file"} & set(check.evidence.get("causes", ())):
        return None
    return _customer(verdict) if verdict.check("email").result is Result.PASS else None


def _customer(verdict: Verdict) -> dict[str, str] | None:
    contract = verdict.check("contract")
    customers = contract.evidence.get("customers") or ()
    return customers[0] if contract.result is Result.PASS and customers else None
