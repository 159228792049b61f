"""What the sandbox serves: one small interface over a hand-written file and over a generated portfolio."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, NamedTuple, Protocol

import msgspec

from portal_admin.domain.text import id_key
from portal_admin.errors import InvalidInput
from portal_admin.sandbox.records import CAPABILITIES, KINDS, PortfolioFile

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)

Record = dict[str, Any]


class MalformedPortfolio(InvalidInput):
    """The portfolio cannot be served; the message holds the JSON path."""

    def __init__(self, message: str) -> None:
        super().__init__(f"The portfolio cannot be used: {message}.", field="portfolio")


class Entry(NamedTuple):
    """A record with its keys: `stamp` is its LastChangeDateTime in microseconds; `record` None means removed."""

    oid: int
    stamp: int
    record: Record | None


@dataclass(frozen=True, slots=True)
class Facts:
    """What is said once for the whole portfolio; `now` None lets the clock run."""

    instance_id: str
    version: str = "5.20.57"
    generation: int = 1
    now: datetime | None = None
    capabilities: tuple[str, ...] = CAPABILITIES
    settings: Mapping[str, Any] = field(default_factory=dict)


class Portfolio(Protocol):
    """Records that never change; `World` lays changes over them."""

    @property
    def facts(self) -> Facts: ...

    def scan(self, kind: str, after: int, text: str = "", /) -> Iterator[Entry]:
        """Records whose Oid is greater than `after`, ordered by Oid; those without `text` (case-folded) may be left out."""

    def scan_changed(self, kind: str, after: tuple[int, int]) -> Iterator[Entry]:
        """Records whose (stamp, Oid) is greater than `after`, in that order."""

    def get(self, kind: str, oid: int) -> Entry | None:
        """The whole record, or None."""

    def related(self, kind: str, field: str, value: int | str) -> Iterable[Entry]:
        """Records found by a look-up: ContractId or AccountId (its `id_key`), ContractOid, or AccountOid, by Oid."""

    def labels(self) -> Iterable[str]:
        """Private labels in use."""

    def free_oid(self, kind: str, /) -> int:
        """An Oid from which on no record exists."""


def microseconds(instant: datetime) -> int:
    """Microseconds since 1970, the form in which instants are ordered."""
    return (instant - EPOCH) // MICROSECOND


def iso(instant: datetime) -> str:
    """An instant as the wire shows it, in UTC with `Z`."""
    return instant.astimezone(UTC).isoformat().replace("+00:00", "Z")


def related_keys(kind: str, record: Record) -> Iterator[tuple[str, int | str]]:
    """The (field, value) pairs under which a record is found."""
    if kind == "Contracts":
        yield "ContractId", id_key(record["ContractId"])
        for role in record["Roles"]:
            yield "AccountOid", role["AccountOid"]
        return
    if kind == "Accounts":
        yield "AccountId", id_key(record["AccountId"])
    for parent in ("ContractOid", "AccountOid"):
        if parent in record:
            yield parent, record[parent]


class FilePortfolio:
    """A portfolio small enough to hold."""

    def __init__(self, facts: Facts, lists: Mapping[str, Iterable[Record]], loaded: datetime) -> None:
        self.facts = facts
        self._entries: dict[str, dict[int, Entry]] = {}
        self._by_time: dict[str, list[Entry]] = {}
        self._oids: dict[str, list[int]] = {}
        self._related: dict[tuple[str, str, int | str], dict[int, Entry]] = {}
        for kind in KINDS:
            self._take(kind, [completed(kind, record, loaded) for record in lists.get(kind, ())])

    def _take(self, kind: str, entries: list[Entry]) -> None:
        entries.sort(key=lambda entry: entry.oid)
        self._oids[kind] = [entry.oid for entry in entries]
        self._entries[kind] = {entry.oid: entry for entry in entries}
        self._by_time[kind] = sorted(entries, key=lambda entry: (entry.stamp, entry.oid))
        for entry in entries:
            for name, value in related_keys(kind, entry.record or {}):
                self._related.setdefault((kind, name, value), {})[entry.oid] = entry

    def scan(self, kind: str, after: int, _text: str = "", /) -> Iterator[Entry]:
        oids = self._oids[kind]
        for oid in oids[bisect_right(oids, after) :]:
            yield self._entries[kind][oid]

    def scan_changed(self, kind: str, after: tuple[int, int]) -> Iterator[Entry]:
        entries = self._by_time[kind]
        start = bisect_right(entries, after, key=lambda entry: (entry.stamp, entry.oid))
        yield from entries[start:]

    def get(self, kind: str, oid: int) -> Entry | None:
        return self._entries[kind].get(oid)

    def related(self, kind: str, field: str, value: int | str) -> Iterable[Entry]:
        return self._related.get((kind, field, value), {}).values()

    def labels(self) -> Iterable[str]:
        for entry in self._entries["Contracts"].values():
            yield (entry.record or {}).get("PrivateLabel") or ""

    def free_oid(self, kind: str, /) -> int:
        return max(self._oids[kind], default=0) + 1


def completed(kind: str, record: Record, stamped: datetime) -> Entry:
    """A checked record with what it leaves unsaid, stamped when it carries no LastChangeDateTime."""
    key = KINDS[kind].oid
    whole = {**KINDS[kind].unsaid, **record}
    if kind == "CreditLines":
        whole.setdefault("CreditLineOid", whole["AccountOid"])
    said = whole.get("LastChangeDateTime")
    changed = msgspec.convert(said, datetime) if said else stamped
    whole["LastChangeDateTime"] = iso(changed)
    return Entry(whole[key], microseconds(changed), whole)


def from_dict(portfolio: Record) -> FilePortfolio:
    """The portfolio of a file's content; a MalformedPortfolio names the JSON path of what is wrong."""
    try:
        checked = msgspec.convert(portfolio, PortfolioFile)
    except msgspec.ValidationError as problem:
        raise MalformedPortfolio(str(problem)) from problem
    for kind in KINDS:
        _refuse_twins(kind, portfolio.get(kind, []))
    instance = checked.instance
    now = instance.now.astimezone(UTC) if instance.now else None
    facts = Facts(
        instance_id=instance.instance_id,
        version=instance.version,
        generation=instance.generation,
        now=now,
        capabilities=tuple(instance.capabilities),
        settings=portfolio.get("Settings", {}),
    )
    return FilePortfolio(facts, portfolio, now or datetime.now(UTC))


def load(path: Path | str) -> FilePortfolio:
    """The portfolio of a JSON file; a MalformedPortfolio says what is wrong with it and where."""
    try:
        content = msgspec.json.decode(Path(path).read_bytes())
    except OSError as problem:
        raise MalformedPortfolio(f"{path} could not be read ({problem.strerror})") from problem
    except (msgspec.DecodeError, UnicodeDecodeError) as problem:
        raise MalformedPortfolio(f"{path} is not JSON: {problem}") from problem
    return from_dict(content)


def _refuse_twins(kind: str, records: list[Record]) -> None:
    key = KINDS[kind].oid
    seen: set[int] = set()
    for place, record in enumerate(records):
        oid = record.get(key) or record["AccountOid"]
        if oid in seen:
            raise MalformedPortfolio(f"Oid {oid} is used twice - at `$.{kind}[{place}].{key}`")
        seen.add(oid)
