"""How a measurement is taken and printed."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Measurement:
    """Medians of ours and of a reference that does the same work; `most` is the ratio (or amount) to stay under.

    With `least` ours must be so many times faster than the reference instead.
    """

    name: str
    ours: float
    reference: float | None
    unit: str
    most: float = 0
    note: str = ""
    least: float | None = None

    @property
    def reached(self) -> bool:
        if self.least is not None:
            return self.reference is not None and self.reference / self.ours >= self.least
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


def p95(times: Sequence[float]) -> float:
    """What nineteen of twenty stay under."""
    return statistics.quantiles(times, n=20)[-1]


def show(found: Measurement) -> None:
    """Print one line."""
    beside, ratio = "–", ""
    goal = f"≤ {found.most}" if found.least is None else f"≥ {found.least:g} × faster"
    if found.reference:
        beside = f"{found.reference:.3f}"
        times = found.ours / found.reference if found.least is None else found.reference / found.ours
        ratio = f"{times:.2f} ×"
    figures = f"{found.ours:10.3f}  {beside:>10} {found.unit:6}  {ratio:>8} ({goal})"
    print(f"{'ok ' if found.reached else 'NO '} {found.name:58} {figures}  {found.note}", flush=True)
