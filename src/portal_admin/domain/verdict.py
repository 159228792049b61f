"""A verdict and the checks it rests on: three-valued, so that a failed look-up never becomes a no."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any


class Edition(StrEnum):
    """The vendor changed its rules; one setting selects which rules a verdict rests on."""

    E2025 = "2025"
    E2026 = "2026"


class Result(StrEnum):
    """What one check found; UNKNOWN is a check that could not be made, ADVICE is worth reading but decides nothing."""

    PASS = "pass"  # noqa: S105
    FAIL = "fail"
    UNKNOWN = "unknown"
    ADVICE = "advice"


@dataclass(frozen=True, slots=True)
class Check:
    """One check: its name, what it found in a sentence and as evidence, the article, the age of the fact, the way out."""

    name: str
    result: Result
    sentence: str
    source: str
    evidence: Mapping[str, Any] = field(default_factory=dict)
    as_of: datetime | None = None
    fix: str | None = None


@dataclass(frozen=True, slots=True)
class Verdict:
    """`verdict` is visible / not_visible / cannot_tell, or offered / not_offered / cannot_tell for the picker."""

    verdict: str
    area: str | None
    checks: tuple[Check, ...]
    edition: Edition

    @property
    def cannot_tell(self) -> bool:
        return self.verdict == "cannot_tell"

    @property
    def failed(self) -> tuple[Check, ...]:
        return tuple(check for check in self.checks if check.result is Result.FAIL)

    @property
    def unknown(self) -> tuple[Check, ...]:
        return tuple(check for check in self.checks if check.result is Result.UNKNOWN)

    @property
    def doubt(self) -> str:
        """What cannot be told, and in full why not, where the verdict is that nobody can tell."""
        told = self.unknown[:1] + tuple(check for check in self.unknown[1:] if check.name == "synced")
        return " ".join(check.sentence for check in told)

    def check(self, name: str) -> Check:
        """The check of that name; a KeyError is a programming mistake."""
        for check in self.checks:
            if check.name == name:
                return check
        raise KeyError(name)


def conjunction(results: Iterable[Result]) -> Result:
    """Three-valued AND: any FAIL fails, else any UNKNOWN is unknown, else PASS; advice decides nothing."""
    found = set(results)
    if Result.FAIL in found:
        return Result.FAIL
    return Result.UNKNOWN if Result.UNKNOWN in found else Result.PASS
