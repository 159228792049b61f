"""What an import file says, what becomes of each of its rows, and why (decision of this project)."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from portal_admin.domain.people import Status


class Column(StrEnum):
    """What the columns of a file mean; the values are the headings that the program writes itself."""

    EMAIL = "Email"
    FIRST_NAME = "First name"
    LAST_NAME = "Last name"
    ACCOUNTS = "Accounts"


class Result(StrEnum):
    """What became of a row, or would; every row has one of these."""

    CREATED = "created"
    CHANGED = "changed"
    UNCHANGED = "unchanged"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Options:
    """How to import: the status of people who are created, whether Pending ones are mailed, and all rows or none."""

    status: Status = Status.PENDING
    mail: bool = True
    all_or_nothing: bool = False


@dataclass(frozen=True, slots=True)
class Counts:
    """Rows by what became of them; they always add up to `read`."""

    created: int = 0
    changed: int = 0
    unchanged: int = 0
    refused: int = 0

    @property
    def read(self) -> int:
        return self.created + self.changed + self.unchanged + self.refused


@dataclass(frozen=True, slots=True)
class Opened:
    """One contract that a row opens, and the area it stands in."""

    contract_id: str
    area: str


@dataclass(frozen=True, slots=True)
class Opens:
    """How many contracts a row opens once the user is Active, and the first of them by contract id."""

    count: int = 0
    first: tuple[Opened, ...] = ()


@dataclass(frozen=True, slots=True)
class RowVerdict:
    """One row of the file (the heading is row 1), what becomes of it, and a sentence why.

    `opens` is only filled by a rehearsal; `unread` marks a refusal for a fact that could not be got.
    """

    row: int
    email: str
    result: Result
    reason: str
    accounts: tuple[str, ...] = ()
    opens: Opens = Opens()
    unread: bool = False
