"""What every service function works with."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy import Engine

from portal_admin.aspire.client import AspireClient
from portal_admin.domain.permissions import Permission


@dataclass(frozen=True)
class Desk:
    """One signed-in operator on one profile: the portal database, ASPIRE (None when not configured), and the clock (UTC).

    `heads` is the file in which this machine remembers how far the audit had got; `operation` ties together the
    audit lines of the action under way, and `permission` is what it asked for.
    """

    engine: Engine
    aspire: AspireClient | None
    clock: Callable[[], datetime]
    operator: str
    heads: Path | None = None
    operation: str | None = None
    permission: Permission | None = None
