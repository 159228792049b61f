"""What a setting is that all desks share."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class SettingKey:
    """One setting; `parse` raises ValueError for what is not `expects`, and `write` undoes it."""

    key: str
    default: str
    meaning: str
    expects: str
    parse: Callable[[str], Any]
    write: Callable[[Any], str] = str
