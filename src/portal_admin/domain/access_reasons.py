"""Rule A the other way round: why an end user can see a contract (`how-do-i-control-user-access-to-contracts`)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from portal_admin.domain.people import EndUser
from portal_admin.domain.verdict import Check, Result, Verdict

VISIBLE = "visible"
EACH_ALONE = "Each of these links opens it by itself: to take it away, all of them must go."
LAST_LINK = "It is the only link, and the last one stays; Deactivate User takes everything away."


@dataclass(frozen=True, slots=True)
class Opener:
    """A linked account that opens a contract, with its admitted roles on it."""

    account_id: str
    name: str
    roles: tuple[str, ...]

    @property
    def words(self) -> str:
        return f"{self.name} ({self.account_id}), which is {' and '.join(self.roles)} on it"


def openers(verdict: Verdict) -> tuple[Opener, ...]:
    """The linked accounts that open the contract, whether or not anything else keeps it hidden."""
    evidence = verdict.check("role").evidence
    admitted = set(evidence.get("admitted_roles", ()))
    found = (
        Opener(one["account_id"], one["name"], tuple(role for role in one["roles"] if role in admitted))
        for one in evidence.get("linked", ())
    )
    return tuple(one for one in found if one.roles)


def as_reasons(verdict: Verdict, *, user: EndUser) -> Verdict:
    """A visible contract's checks, each worded as the reason by which it is open; any other verdict as it is."""
    if verdict.verdict != VISIBLE:
        return verdict
    return replace(verdict, checks=tuple(_reason(check, verdict, user) for check in verdict.checks))


def _reason(check: Check, verdict: Verdict, user: EndUser) -> Check:
    say = _REASONS.get(check.name)
    if say is None or check.result is not Result.PASS:
        return check
    said = say(check, verdict, user)
    fix = _take_away(verdict, user) if check.name == "role" else check.fix
    return replace(check, sentence=said, fix=fix)


def _booked(check: Check, _verdict: Verdict, _user: EndUser) -> str:
    return f"It is {check.sentence[:1].lower()}{check.sentence[1:]}"


def _role(_check: Check, verdict: Verdict, user: EndUser) -> str:
    return f"{user.name} is linked to {'; and to '.join(one.words for one in openers(verdict))}."


def _private_label(check: Check, _verdict: Verdict, _user: EndUser) -> str:
    evidence = check.evidence
    label = (evidence.get("private_label") or "").strip()
    also = [key for key in evidence["mapped_to"] if key != evidence["site"]]
    if not label:
        more = f"; {_and(also)} too" if also else ""
        return f"It has no private label, and site {evidence['site']} takes contracts without one{more}."
    more = f", and to {_and(also)}" if also else ""
    return f"Its private label {label} is mapped to site {evidence['site']}{more}."


def _and(names: list[str]) -> str:
    return " and ".join(names)


def _user_active(_check: Check, _verdict: Verdict, user: EndUser) -> str:
    return f"{user.name} is Active, so they may sign in."


def _take_away(verdict: Verdict, user: EndUser) -> str | None:
    if len(user.accounts) == 1:
        return LAST_LINK
    return EACH_ALONE if len(openers(verdict)) > 1 else None


_REASONS: Mapping[str, Callable[[Check, Verdict, EndUser], str]] = {
    "booked": _booked,
    "role": _role,
    "private_label": _private_label,
    "user_active": _user_active,
}
