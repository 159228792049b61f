"""What a rep writes down of a call, as it crosses from services to the window and the command line."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

LONGEST = 4000


@dataclass(frozen=True, slots=True)
class CallNote:
    """A note on a call with an end user: when (UTC), by whom, and the contract that it was about, if one was."""

    id: int
    note: str
    at: datetime
    operator: str
    contract_id: str | None = None
