"""What ASPIRE said when it was asked just now, and which facts a verdict may rest on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Generic, TypeVar

from portal_admin.domain.freshness import is_stale
from portal_admin.errors import (
    AspireDenied,
    AspirePasswordExpired,
    AspireReplyUnreadable,
    AspireSignInFailed,
    SecretsUnavailable,
    SettingsProblem,
)

Fact = TypeVar("Fact")
Name = TypeVar("Name")


RETRY = "Retry when ASPIRE answers."
SIGN_IN = "Check this login's user name and password in ASPIRE, then sign in again."
CONNECT = "Set up the ASPIRE connection in the profile."

# What helps by the kind of failure; asking again helps only where ASPIRE did not answer.
WAYS_OUT: Mapping[str, str] = {
    AspireDenied.kind: "Ask for the right to read it in ASPIRE, or let somebody look who has it.",
    AspirePasswordExpired.kind: "Change this login's password in ASPIRE, then sign in again with the new one.",
    AspireSignInFailed.kind: SIGN_IN,
    AspireReplyUnreadable.kind: "Tell whoever runs ASPIRE's gateway; until it is mended, look in ASPIRE itself.",
    SettingsProblem.kind: CONNECT,
    SecretsUnavailable.kind: SIGN_IN,
}


class Answer(StrEnum):
    """READ: ASPIRE gave the fact; ABSENT: it answered that there is none; UNREAD: it could not be asked."""

    READ = "read"
    ABSENT = "absent"
    UNREAD = "unread"


@dataclass(frozen=True, slots=True)
class Live(Generic[Fact]):
    """One live reading; `reason` says in words why an UNREAD one failed, and `kind` is the kind of that failure."""

    answer: Answer
    at: datetime
    fact: Fact | None = None
    reason: str | None = None
    kind: str | None = None

    @property
    def way_out(self) -> str:
        """What helps where ASPIRE could not be asked."""
        return WAYS_OUT.get(self.kind or "", RETRY)


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


def unknown_because(stored: Stored[Fact]) -> str:
    """Why nothing is known, shortly: `synced` tells in full why ASPIRE could not be asked."""
    copy = "the portal's copy is too old to rely on" if stored.fact is not None else "the portal has no copy"
    return f"{copy}, and ASPIRE's own facts could not be read"


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
