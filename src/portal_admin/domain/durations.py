"""Lengths of time as people type them: 15m, 24h, 7d."""

from __future__ import annotations

import re
from datetime import timedelta

TYPED = re.compile(r"([1-9][0-9]{0,4})([mhd])")
UNITS = {"d": timedelta(days=1), "h": timedelta(hours=1), "m": timedelta(minutes=1)}


def duration(text: str) -> timedelta:
    """The length of a text such as `15m`; ValueError for any other."""
    found = TYPED.fullmatch("".join(text.lower().split()))
    if found is None:
        raise ValueError(text)
    return int(found[1]) * UNITS[found[2]]


def duration_text(length: timedelta) -> str:
    """Whole minutes in the largest unit that is more than one and comes out even: a day is `24h`."""
    unit = next((unit for unit, one in UNITS.items() if length > one and not length % one), "m")
    return f"{length // UNITS[unit]}{unit}"
