"""How this screen says counts, dates, amounts and the reasons why a contract stays hidden."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date, datetime

from PySide6.QtCore import QCoreApplication

from portal_admin.domain.access import CLOSED, OPEN, site_keys
from portal_admin.domain.dates import day_words
from portal_admin.domain.money import exponent, from_minor
from portal_admin.domain.people import Site, Status
from portal_admin.domain.text import label_key
from portal_admin.domain.verdict import Result, Verdict
from portal_admin.services.access import HiddenContract
from portal_admin.services.access_overview import AccountProfile
from portal_admin.services.links import LinkPreview, PreviewLine
from portal_admin.services.snapshot import Freshness
from portal_admin.ui.widgets.ages import age_text

NAMED_AT_MOST = 5
# The one cause that explains the picker's refusal best, where several checks fail.
TELLING = ("exists", "role", "active_contract", "booked_contract", "private_label", "same_contract", "synced")


def tr(text: str) -> str:
    """In the language in use."""
    return QCoreApplication.translate("AccountAccess", text)


def many(count: int, one: str, several: str) -> str:
    """`1 contract`, `2 contracts`."""
    return f"{count:,} {one if count == 1 else several}"


def contracts(count: int) -> str:
    """`1 contract`, `2 contracts`."""
    return many(count, tr("contract"), tr("contracts"))


def day(value: date | None) -> str:
    """A date of a contract: `1 Dec 2026`, a dash for none."""
    return "—" if value is None else day_words(value)


def amount(minor: int | None, currency: str) -> str:
    """An amount with all its decimals, a dash for none; the currency stands in the header."""
    value = from_minor(minor, currency)
    return "—" if value is None else f"{value:,.{exponent(currency)}f}"


def contract_type(name: str | None) -> str:
    """ASPIRE's `CapitalLease` as `Capital lease`."""
    return re.sub(r"(?<=[a-z])(?=[A-Z])", " ", name or "—").capitalize()


def on_site(profile: AccountProfile) -> str:
    """What an account opens on the user's site."""
    if not profile.open and not profile.closed:
        return tr("opens nothing on this site")
    return tr("{open} open, {closed} closed on this site").format(open=profile.open, closed=profile.closed)


def roles(names: Sequence[str]) -> str:
    """An account's roles over all its contracts."""
    return ", ".join(names) or tr("on no contract")


def banner(status: Status) -> str:
    """What a user who is not Active sees now; empty for Active."""
    return {
        Status.PENDING: tr("Pending: sees nothing now. This is what they will see once Active."),
        Status.INACTIVE: tr("Inactive: sees nothing now. This is what they will see once Active again."),
        Status.ACTIVE: "",
    }[status]


class HiddenWords:
    """Says why a contract of a linked account stays hidden from the users of one site."""

    def __init__(self, site: Site, sites: Iterable[Site], admitted_roles: Sequence[str]) -> None:
        self._site = site
        self._sites = tuple(sites)
        self._roles = admitted_roles

    def __call__(self, contract: HiddenContract) -> str:
        """All reasons as one line without a full stop."""
        words = {"booked": self._booked, "role": self._role, "private_label": self._label}
        return "; ".join(words[reason](contract) for reason in contract.reasons)

    def _booked(self, _contract: HiddenContract) -> str:
        return tr("not booked in ASPIRE yet")

    def _role(self, _contract: HiddenContract) -> str:
        admitted = tr(" or ").join(self._roles)
        return tr("no linked account is {roles} on it").format(roles=admitted)

    def _label(self, contract: HiddenContract) -> str:
        key = label_key(contract.private_label)
        takers = [site.name for site in self._sites if key in site_keys(site)]
        if not key:
            return tr("it has no private label, and this site takes labelled contracts only")
        label = (contract.private_label or "").strip()
        if takers:
            where = ", ".join(takers)
            return tr("label “{label}” is mapped to {sites}").format(label=label, sites=where)
        return tr("label “{label}” is mapped to no site").format(label=label)


def gains(preview: LinkPreview) -> str:
    """`Opens 3 contracts, 1 of them closed; 2 stay hidden.`"""
    if preview.gained:
        said = tr("Opens {contracts}").format(contracts=_with_closed(preview.gained))
    else:
        said = tr("Opens no further contract")
    if preview.hidden:
        stay = tr("stays hidden") if len(preview.hidden) == 1 else tr("stay hidden")
        said += f"; {len(preview.hidden):,} {stay}"
    return f"{said}."


def losses(preview: LinkPreview) -> str:
    """`Takes away 3 contracts, 1 of them closed.`"""
    if not preview.lost:
        return tr("Takes no contract away.")
    return tr("Takes away {contracts}.").format(contracts=_with_closed(preview.lost))


def _with_closed(lines: Sequence[PreviewLine]) -> str:
    closed = sum(line.area == CLOSED for line in lines)
    said = contracts(len(lines))
    if not closed:
        return said
    if closed == len(lines):
        return tr("{contracts}, all closed").format(contracts=said)
    return tr("{contracts}, {closed} of them closed").format(contracts=said, closed=closed)


def listed(lines: Sequence[PreviewLine], area: str) -> str:
    """The contract ids of one area, cut short after some."""
    ids = [line.contract_id for line in lines if line.area == area]
    more = len(ids) - NAMED_AT_MOST
    shown = ", ".join(ids[:NAMED_AT_MOST])
    return tr("{ids} and {n} more").format(ids=shown, n=more) if more > 0 else shown


def stale(freshness: Freshness, now: datetime) -> str:
    """That the portal's copy is too old to rely on, or was never read; empty while it is fresh."""
    if freshness.as_of is None:
        return tr("The portal's copy of ASPIRE was never read, so nobody can be shown anything yet.")
    if not freshness.stale:
        return ""
    age = age_text(freshness.as_of, now)
    return tr("The portal's copy of ASPIRE is stale, read {age}: others may see it by now.").format(age=age)


def areas() -> dict[str, str]:
    """The portal's names of its two areas."""
    return {OPEN: tr("Open"), CLOSED: tr("Closed")}


def brief(verdict: Verdict) -> Verdict:
    """The verdict with the reason why ASPIRE could not be asked told once; a button says Retry."""
    told: set[str] = set()
    checks = []
    for check in verdict.checks:
        reason = str(check.evidence.get("reason") or "")
        if check.result is Result.UNKNOWN and reason:
            again = reason in told
            sentence = check.sentence.replace(f": {reason}", ".") if again else check.sentence
            checks.append(replace(check, sentence=sentence, fix=None))
            told.add(reason)
        else:
            checks.append(check)
    return replace(verdict, checks=tuple(checks))


def refusal(verdict: Verdict) -> str:
    """The check that tells best why the picker refuses, or cannot tell."""
    failed = {check.name: check.sentence for check in (*verdict.failed, *verdict.unknown)}
    return next((failed[name] for name in TELLING if name in failed), "")
