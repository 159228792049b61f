"""What may be relied on of ASPIRE's facts about money: what it says now, else a copy young enough, else nothing."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Generic, TypeVar

from portal_admin.domain.freshness import is_stale
from portal_admin.domain.reading import Answer, Live, Stored

Fact = TypeVar("Fact")

NOT_READ = "ASPIRE was not asked."


@dataclass(frozen=True, slots=True)
class Evidence(Generic[Fact]):
    """A fact and when it was true; `fact` None is one that could not be looked up because of `reason`, never an absence.

    `stored` says that it is the portal's copy, with `reason` why ASPIRE itself could not be read.
    """

    fact: Fact | None
    as_of: datetime | None = None
    reason: str | None = None
    stored: bool = False

    @property
    def is_known(self) -> bool:
        return self.fact is not None

    @property
    def doubt(self) -> str:
        """Why nothing is known of it."""
        return self.reason or NOT_READ


def newest(
    live: Live[Fact], stored: Stored[Fact], *, absent: Fact, now: datetime, cadence: timedelta
) -> Evidence[Fact]:
    """What ASPIRE said; where it could not be asked, the portal's copy unless that is older than twice its cadence.

    `absent` stands for ASPIRE's answer that there is none.
    """
    if live.answer is Answer.READ and live.fact is not None:
        return Evidence(live.fact, live.at)
    if live.answer is Answer.ABSENT:
        return Evidence(absent, live.at)
    if stored.fact is not None and not is_stale(stored.as_of, now, cadence):
        return Evidence(stored.fact, stored.as_of, live.reason, stored=True)
    return Evidence(None, stored.as_of, live.reason)
