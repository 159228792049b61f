"""How a measurement is taken and printed."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Measurement:
    """Medians of ours and of a reference that does the same work; `most` is the ratio (or amount) to stay under."""

    name: str
    ours: float
    reference: float | None
    unit: str
    most: float
    note: str = ""

    @property
    def reached(self) -> bool:
        return (self.ours / self.reference if self.reference else self.ours) <= self.most


def alternating(
    ours: Callable[[], object], reference: Callable[[], object], runs: int = 5
) -> tuple[float, float]:
    """Median seconds of both, run in turn after one warm-up each, so that a drifting machine hits both alike."""
    ours()
    reference()
    times: tuple[list[float], list[float]] = ([], [])
    for _ in range(runs):
        for call, taken in zip((ours, reference), times, strict=True):
            taken.append(seconds(call))
    return statistics.median(times[0]), statistics.median(times[1])


def seconds(call: Callable[[], object]) -> float:
    """Wall seconds of one call."""
    start = time.perf_counter()
    call()
    return time.perf_counter() - start


def show(found: Measurement) -> None:
    """Print one line."""
    beside, ratio = "–", ""
    if found.reference:
        beside, ratio = f"{found.reference:.3f}", f"{found.ours / found.reference:.2f} ×"
    figures = f"{found.ours:10.3f}  {beside:>10} {found.unit:3}  {ratio:>8} (≤ {found.most})"
    print(f"{'ok ' if found.reached else 'NO '} {found.name:58} {figures}  {found.note}", flush=True)
