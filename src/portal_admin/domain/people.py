"""Sites, end users and who they are linked to, as they cross from services to the window and the command line."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from portal_admin.domain.mail import LastMail


class Status(StrEnum):
    """The life of an end user: Pending, then Active and Inactive in turn (`managing-portal-users`)."""

    PENDING = "Pending"
    ACTIVE = "Active"
    INACTIVE = "Inactive"


@dataclass(frozen=True, slots=True)
class Site:
    """A branded portal site and the private labels mapped to it; `unlabelled` takes contracts with no label."""

    id: int
    key: str
    name: str
    labels: tuple[str, ...]
    unlabelled: bool
    version: int


@dataclass(frozen=True, slots=True)
class LinkedAccount:
    """An ASPIRE account that an end user is linked to; `known` is False when the snapshot does not hold it."""

    oid: int
    account_id: str
    name: str
    known: bool = True


@dataclass(frozen=True, slots=True)
class EndUser:
    """A portal user of one site; (site, email) is its identity and never changes."""

    id: int
    site: str
    email: str
    first_name: str
    last_name: str
    status: Status
    version: int
    accounts: tuple[LinkedAccount, ...]
    created_at: datetime
    last_mail: LastMail | None = None

    @property
    def name(self) -> str:
        return f"{self.first_name} {self.last_name}".strip()
