"""One try to enrol, as the portal wrote it down."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from portal_admin.domain.verdict import Edition


class Outcome(StrEnum):
    """What a visitor got: a user, a no, or nothing because a needed fact could not be read."""

    ACCEPTED = "accepted"
    REFUSED = "refused"
    CANNOT_TELL = "cannot_tell"


@dataclass(frozen=True, slots=True)
class Attempt:
    """What was typed, on which site, when (UTC), and what became of it; `refused_by` names rule D's checks.

    `user_id` is the end user that an accepted one created.
    """

    id: int
    site: str
    at: datetime
    first_name: str
    last_name: str
    email: str
    postal_code: str
    contract_id: str
    edition: Edition
    outcome: Outcome
    refused_by: tuple[str, ...]
    user_id: int | None

    @property
    def name(self) -> str:
        return f"{self.first_name} {self.last_name}".strip()
