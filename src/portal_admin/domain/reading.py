"""What ASPIRE said when it was asked just now, and which facts a verdict may rest on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Generic, TypeVar

from portal_admin.domain.freshness import is_stale

Fact = TypeVar("Fact")
Name = TypeVar("Name")


class Answer(StrEnum):
    """READ: ASPIRE gave the fact; ABSENT: it answered that there is none; UNREAD: it could not be asked."""

    READ = "read"
    ABSENT = "absent"
    UNREAD = "unread"


@dataclass(frozen=True, slots=True)
class Live(Generic[Fact]):
    """One live reading; `reason` says in words why an UNREAD one failed."""

    answer: Answer
    at: datetime
    fact: Fact | None = None
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class Stored(Generic[Fact]):
    """What the snapshot holds, `fact` None for nothing; `as_of` is when sync last confirmed it."""

    fact: Fact | None
    as_of: datetime | None


@dataclass(frozen=True, slots=True)
class Basis(Generic[Fact]):
    """The facts that a verdict rests on; `fact` None means unknown, or absent where `absent` is true."""

    fact: Fact | None
    as_of: datetime | None
    absent: bool = False
    only_live: bool = False


def choose_basis(stored: Stored[Fact], live: Live[Fact], now: datetime, cadence: timedelta) -> Basis[Fact]:
    """The portal shows the snapshot, so the snapshot decides while it is fresh or ASPIRE answered.

    A fact that ASPIRE could not confirm counts as known while its snapshot is younger than twice its cadence.
    """
    if stored.fact is not None:
        if live.answer is Answer.UNREAD and is_stale(stored.as_of, now, cadence):
            return Basis(None, stored.as_of)
        return Basis(stored.fact, stored.as_of)
    if live.answer is Answer.READ:
        return Basis(live.fact, live.at, only_live=True)
    return Basis(None, live.at, absent=live.answer is Answer.ABSENT)


@dataclass(frozen=True, slots=True)
class Generations:
    """ASPIRE's Generation when the snapshot was made and now; `alarm` is raised by a sync that saw a restore."""

    stored: int | None
    live: int | None
    alarm: bool = False


def differences(stored: Mapping[Name, object], live: Mapping[Name, object]) -> dict[Name, dict[str, object]]:
    """The facts on which snapshot and ASPIRE disagree, each with both values."""
    return {
        name: {"portal": stored[name], "aspire": live.get(name)}
        for name in stored
        if stored[name] != live.get(name)
    }
