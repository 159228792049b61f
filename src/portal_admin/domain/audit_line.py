"""A line of the audit, as it crosses from services to the window and the command line."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any


@dataclass(frozen=True, slots=True)
class AuditLine:
    """Who did what to whom, when (UTC), and the values before and after; lines of one operation share its id."""

    id: int
    at: datetime
    operator: str
    action: str
    site: str | None
    subject: str
    operation_id: str
    before: Mapping[str, Any] | None
    after: Mapping[str, Any] | None
    reason: str | None
    previous_hash: str
    hash: str
