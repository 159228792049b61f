"""The field reference: where a value on a portal screen comes from, and whether portal and ASPIRE agree on it now."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from enum import StrEnum

from portal_admin.domain.freshness import CADENCES, DAY, is_stale

Single = Decimal | date | int | str | None
Value = Single | tuple[Single, ...]


class Source(StrEnum):
    """Who keeps the value: ASPIRE, the portal database, or nobody that staff may read."""

    ASPIRE = "aspire"
    PORTAL = "portal"
    UNREADABLE = "unreadable"


class Provenance(StrEnum):
    """What an entry rests on: a public article, our inference, or a decision of this project."""

    ARTICLE = "article"
    INFERRED = "inferred"
    DECISION = "decision"


class State(StrEnum):
    """How the value on the portal and the value in ASPIRE stand to each other."""

    EQUAL = "equal"
    DIFFERS = "differs"
    STALE = "stale"
    NOT_STORED = "not_stored"
    NOT_READABLE = "not_readable"
    NOT_APPLICABLE = "not_applicable"
    NOT_COMPARED = "not_compared"


@dataclass(frozen=True, slots=True)
class Field:
    """One entry of the catalogue; `record` is `Schema.Property…` in openapi.yaml, or `table.column` of the portal database."""

    key: str
    screen: str
    label: str
    aspire_screen: str
    source: Source
    wording: str
    provenance: Provenance
    record: str = ""
    data_class: str = ""
    cadence_class: str = ""
    select: str = "all"
    transform: str = "text"
    condition: str = ""
    article: str | None = None
    screen_provenance: Provenance = Provenance.INFERRED

    @property
    def path(self) -> tuple[str, ...]:
        """The steps below the schema, or the column."""
        return tuple(self.record.split(".")[1:])

    @property
    def is_daily(self) -> bool:
        return CADENCES.get(self.cadence_class) == DAY


@dataclass(frozen=True, slots=True)
class Reading:
    """One side of a comparison: `found` is False where nothing is kept, `problem` says why it could not be read."""

    value: Value = None
    as_of: datetime | None = None
    found: bool = True
    problem: str | None = None


@dataclass(frozen=True, slots=True)
class FieldNote:
    """What this company wrote about a field; `verified_on` is set where it was a verification."""

    field_key: str
    note: str
    verified_on: date | None
    created_at: datetime
    created_by: str


@dataclass(frozen=True, slots=True)
class FieldRow:
    """A field, both readings of it for one contract, their state and the reason in a sentence."""

    field: Field
    state: State
    portal: Reading | None = None
    aspire: Reading | None = None
    reason: str | None = None
    is_stale: bool = False
    next_update: datetime | None = None


@dataclass(frozen=True, slots=True)
class ClassProblem:
    """A class of ASPIRE data that could not be read, and why."""

    data_class: str
    kind: str
    title: str
    message: str


@dataclass(frozen=True, slots=True)
class FieldSheet:
    """All fields for one contract as of one look; `in_aspire` is None when ASPIRE could not say.

    `restored` says that ASPIRE went back to a backup after the portal last read it.
    """

    contract_id: str
    customer: str | None
    currency: str
    looked_at: datetime
    time_zone: str
    in_snapshot: bool
    in_aspire: bool | None
    rows: tuple[FieldRow, ...]
    problems: tuple[ClassProblem, ...] = ()
    restored: bool = False

    @property
    def counts(self) -> Counter[State]:
        return Counter(row.state for row in self.rows)


@dataclass(frozen=True, slots=True)
class ContractFacts:
    """What decides whether a field applies to a contract; None where it is not known."""

    contract_type: str | None = None
    is_terminated: bool | None = None
    payments_enabled: bool | None = None
    saves_schedule: bool | None = None


@dataclass(frozen=True, slots=True)
class Catalogue:
    """The field reference as read from its file, in the order of the portal's screens."""

    fields: tuple[Field, ...]
    by_key: Mapping[str, Field] = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "by_key", {entry.key: entry for entry in self.fields})

    @property
    def screens(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(entry.screen for entry in self.fields))

    def find(self, *, text: str = "", screen: str | None = None) -> tuple[Field, ...]:
        """The fields whose portal label or ASPIRE name holds every word of `text`, on one portal screen or on all."""
        words = text.casefold().split()
        return tuple(
            entry
            for entry in self.fields
            if (screen is None or entry.screen == screen) and all(word in _searched(entry) for word in words)
        )


def _searched(entry: Field) -> str:
    return " ".join((entry.label, entry.screen, entry.aspire_screen, entry.record, entry.key)).casefold()


def compare(portal: Reading, aspire: Reading, *, now: datetime, cadence: timedelta) -> State:
    """What could not be read or is not kept is said first, then a difference, then age; both absent is equal."""
    if portal.problem or aspire.problem:
        return State.NOT_READABLE
    if not portal.found:
        return State.NOT_STORED
    if portal.value != aspire.value:
        return State.DIFFERS
    return State.STALE if is_stale(portal.as_of, now, cadence) else State.EQUAL
