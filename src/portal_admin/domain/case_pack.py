"""The text of a diagnosis for a ticket to the vendor: what was checked and found, without the people it is about."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from portal_admin.domain.people import EndUser
from portal_admin.domain.redaction import redacted
from portal_admin.domain.verdict import Check, Edition, Verdict

NAME = "[name]"
EMAIL = "[email]"
# What evidence calls the names of accounts and people; ids name the same record without telling who it is.
NAMED = frozenset({"name", "names", "email", "emails", "postal_code"})
# Whose fix names accounts that the person has nothing to do with; the evidence names them by their ids.
NAMES_OTHERS = "role"
_ADDRESS = re.compile(r"[^\s<>()\[\],;:\"]+@[^\s<>()\[\],;:\"]+")


@dataclass(frozen=True, slots=True)
class DataAge:
    """One class of data in the portal's copy of ASPIRE, and when it was last confirmed."""

    data_class: str
    confirmed_at: datetime | None
    stale: bool


@dataclass(frozen=True, slots=True)
class Hidden:
    """A contract of a linked account that stays hidden, and the checks that hide it."""

    contract_id: str
    reasons: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class CasePack:
    """Everything that the vendor needs of one case; `private` are the names and addresses that must not leave.

    `systems` are names and versions; `verdict` is about `contract_id`, and None where no contract was asked about.
    """

    taken_at: datetime
    systems: tuple[tuple[str, str], ...]
    edition: Edition
    time_zone: str
    ages: tuple[DataAge, ...]
    restored: bool
    user: EndUser
    open: int
    closed: int
    hidden: tuple[Hidden, ...]
    private: frozenset[str]
    contract_id: str | None = None
    verdict: Verdict | None = None


def case_text(pack: CasePack) -> str:
    """The pack as plain text, times in UTC, ids kept, people masked."""
    clean = _Masking(pack)
    parts: list[tuple[str, Iterable[str]]] = [
        ("Case for the portal's vendor", _head(pack)),
        ("End user", _user(pack)),
    ]
    if pack.verdict is not None:
        parts.append((f"Contract {pack.contract_id}", _verdict(pack.verdict)))
    parts.append(("Contracts of this end user", _contracts(pack)))
    parts.append(("The portal's copy of ASPIRE", _ages(pack)))
    lines = [line for title, found in parts for line in (title, "-" * len(title), *found, "")]
    return "\n".join(map(clean, lines))


def _head(pack: CasePack) -> Iterator[str]:
    yield f"Taken at: {_at(pack.taken_at)}"
    yield from (f"{name}: {value}" for name, value in pack.systems)
    yield f"Rule edition: {pack.edition.value}"
    yield f"Company time zone: {pack.time_zone}; every time here is UTC"
    yield "Names, addresses and numbers of people are masked; ids of contracts and accounts are not."


def _user(pack: CasePack) -> Iterator[str]:
    user, mail = pack.user, pack.user.last_mail
    yield f"Number: {user.id} on site {user.site}"
    yield f"Status: {user.status.value}, version {user.version}, created {_at(user.created_at)}"
    linked = (f"{one.account_id}{'' if one.known else ' (not in the copy)'}" for one in user.accounts)
    yield f"Linked accounts: {', '.join(linked) or 'none'}"
    if mail is not None:
        expires = f", link expires {_at(mail.expires_at)}" if mail.expires_at else ""
        yield f"Last mail: {mail.kind.value}, {mail.status.value} {_at(mail.at)}{expires}"


def _verdict(verdict: Verdict) -> Iterator[str]:
    area = f", under {verdict.area.capitalize()}" if verdict.area else ""
    yield f"Verdict: {verdict.verdict.replace('_', ' ')}{area}"
    for check in verdict.checks:
        yield from _check(check)


def _check(check: Check) -> Iterator[str]:
    yield f"[{check.result.value}] {check.name}: {check.sentence}"
    yield f"    article {check.source}, as of {_at(check.as_of)}"
    yield from (f"    {name} = {value}" for name, value in _evidence(check.evidence))
    if check.fix and check.name != NAMES_OTHERS:
        yield f"    fix: {check.fix}"


def _evidence(evidence: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    return ((name, _value(value)) for name, value in evidence.items() if name not in NAMED)


def _value(value: Any) -> str:
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{name}: {inner}" for name, inner in _evidence(value)) + "}"
    if isinstance(value, list | tuple | set | frozenset):
        return "[" + ", ".join(map(_value, value)) + "]"
    if isinstance(value, datetime):
        return _at(value)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, bool):
        return "yes" if value else "no"
    return "none" if value is None else str(value)


def _contracts(pack: CasePack) -> Iterator[str]:
    yield f"Shown: {pack.open} open, {pack.closed} closed"
    yield from (f"Hidden: {one.contract_id} by {', '.join(one.reasons)}" for one in pack.hidden)


def _ages(pack: CasePack) -> Iterator[str]:
    for age in pack.ages:
        yield f"{age.data_class}: confirmed {_at(age.confirmed_at)}{', stale' if age.stale else ''}"
    yield f"Alarm that ASPIRE was restored: {'yes' if pack.restored else 'no'}"


def _at(instant: datetime | None) -> str:
    return f"{instant.astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC" if instant else "never"


class _Masking:
    """Masks a line: first whom the case is about, then whatever looks like people, secrets or account numbers."""

    def __init__(self, pack: CasePack) -> None:
        self._private = _any_of(pack.private)
        self._kept = _any_of(_ids(pack))

    def __call__(self, line: str) -> str:
        # One fact a line: what a label holds must not look like a finding of ours.
        line = "".join(letter if letter.isprintable() else " " for letter in line)
        line = _ADDRESS.sub(EMAIL, line)
        if self._private is not None:
            line = self._private.sub(NAME, line)
        if self._kept is None:
            return redacted(line)
        # Ids are what the vendor finds the case by, and look like the numbers that must not leave.
        between = self._kept.split(line)
        ids = self._kept.findall(line)
        pieces = [redacted(between[0])]
        for kept, rest in zip(ids, between[1:], strict=True):
            pieces += [kept, redacted(rest)]
        return "".join(pieces)


def _ids(pack: CasePack) -> set[str]:
    found = {account.account_id for account in pack.user.accounts}
    found |= {one.contract_id for one in pack.hidden} | ({pack.contract_id} if pack.contract_id else set())
    for check in pack.verdict.checks if pack.verdict else ():
        found |= set(_ids_in(check.evidence))
    # Versions, time zones and articles are none of anybody's numbers either.
    found |= {check.source for check in (pack.verdict.checks if pack.verdict else ())}
    found |= {value for _, value in pack.systems}
    return found


def _ids_in(evidence: Any) -> Iterator[str]:
    if isinstance(evidence, Mapping):
        for name, value in evidence.items():
            if name in ("account_id", "contract_id") and isinstance(value, str):
                yield value
            elif name == "contract_oid":
                yield str(value)
            else:
                yield from _ids_in(value)
    elif isinstance(evidence, list | tuple):
        for one in evidence:
            yield from _ids_in(one)


def _any_of(words: Collection[str]) -> re.Pattern[str] | None:
    """Any of these words where they stand by themselves, the longest first."""
    wanted = sorted({" ".join(word.split()) for word in words if word.strip()}, key=len, reverse=True)
    if not wanted:
        return None
    either = "|".join(re.escape(word).replace(r"\ ", r"\s+") for word in wanted)
    return re.compile(rf"(?<!\w)(?:{either})(?!\w)", re.IGNORECASE)
