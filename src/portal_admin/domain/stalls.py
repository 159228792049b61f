"""How long a thread stood still, from the beats that came late (decision of this project)."""

from __future__ import annotations

from array import array
from dataclasses import dataclass

LIMIT = 0.25  # s; DESIGN §9
LONGEST_TOLD = 1000  # ms; all that is longer is counted together


@dataclass(frozen=True, slots=True)
class StallReport:
    """How late beats were, in milliseconds; `over` counts those that came later than the limit."""

    beats: int
    over: int
    p50: int
    p99: int
    longest: int

    @property
    def words(self) -> str:
        """In one line, for somebody who helps."""
        return (
            f"{self.over:,} over {LIMIT * 1000:.0f} ms, longest {self.longest:,} ms; "
            f"p50 {self.p50} ms, p99 {self.p99} ms of {self.beats:,} beats"
        )


class Lateness:
    """Counts how late beats came, by the millisecond."""

    def __init__(self) -> None:
        self._counts = array("Q", bytes(8 * (LONGEST_TOLD + 1)))
        self._over = 0
        self._longest = 0.0

    def add(self, seconds: float) -> None:
        """One more beat that came so much later than it should."""
        self._counts[min(int(seconds * 1000), LONGEST_TOLD)] += 1
        self._over += seconds >= LIMIT
        self._longest = max(self._longest, seconds)

    def report(self) -> StallReport:
        """What was counted so far."""
        counts = self._counts.tolist()
        longest = round(self._longest * 1000)
        return StallReport(
            sum(counts), self._over, _quantile(counts, 0.5), min(_quantile(counts, 0.99), longest), longest
        )


def _quantile(counts: list[int], part: float) -> int:
    """The milliseconds below which that part of the beats came, rounded up."""
    wanted, seen = part * sum(counts), 0
    for milliseconds, count in enumerate(counts):
        seen += count
        if count and seen >= wanted:
            return milliseconds
    return 0
