"""What every service function works with."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Engine

from portal_admin.aspire.client import AspireClient


@dataclass(frozen=True)
class Desk:
    """One signed-in operator on one profile: the portal database, ASPIRE (None when not configured), and the clock (UTC)."""

    engine: Engine
    aspire: AspireClient | None
    clock: Callable[[], datetime]
    operator: str
