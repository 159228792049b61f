"""The portfolio as it stands now: changes laid over it, ASPIRE's clock, and its generation."""

from __future__ import annotations

import heapq
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import msgspec

from portal_admin.sandbox.portfolio import (
    EPOCH,
    Entry,
    MalformedPortfolio,
    Portfolio,
    Record,
    completed,
    iso,
    microseconds,
    related_keys,
)
from portal_admin.sandbox.records import KINDS, Instance, Settings


class World:
    """One ASPIRE database; every change is stamped by its clock."""

    def __init__(self, portfolio: Portfolio) -> None:
        self._base = portfolio
        facts = portfolio.facts
        self._frozen = facts.now
        self._behind = timedelta()
        self.instance_id = facts.instance_id
        self.version = facts.version
        self.generation = facts.generation
        self.capabilities = list(facts.capabilities)
        self.settings = dict(facts.settings)
        self._changes: dict[str, dict[int, Entry]] = {kind: {} for kind in KINDS}

    def now(self) -> datetime:
        """ASPIRE's clock, frozen when the portfolio says so."""
        return (self._frozen or datetime.now(UTC)) - self._behind

    def instance(self) -> Record:
        """What `GET /instance` answers."""
        return {
            "InstanceId": self.instance_id,
            "Version": self.version,
            "Generation": self.generation,
            "Now": iso(self.now()),
            "Capabilities": self.capabilities,
        }

    # Reading

    def get(self, kind: str, oid: int) -> Record | None:
        """The whole record, or None when there is none (any more)."""
        entry = self._changes[kind].get(oid) or self._base.get(kind, oid)
        return entry.record if entry else None

    def scan(self, kind: str, after: int = 0, text: str = "") -> Iterator[Entry]:
        """Records that exist, ordered by Oid, beginning beyond `after`; those without `text` may be left out."""
        changes = self._changes[kind]
        base = self._base.scan(kind, after, text)
        if not changes:
            return base
        untouched = (entry for entry in base if entry.oid not in changes)
        mine = sorted(entry for entry in changes.values() if entry.record is not None and entry.oid > after)
        return heapq.merge(untouched, mine, key=lambda entry: entry.oid)

    def scan_changed(self, kind: str, after: tuple[int, int]) -> Iterator[Entry]:
        """Records, removed ones too, ordered by (stamp, Oid), beginning beyond `after`."""

        def key(entry: Entry) -> tuple[int, int]:
            return entry.stamp, entry.oid

        changes = self._changes[kind]
        base = self._base.scan_changed(kind, after)
        if not changes:
            return base
        untouched = (entry for entry in base if entry.oid not in changes)
        mine = sorted((entry for entry in changes.values() if key(entry) > after), key=key)
        return heapq.merge(untouched, mine, key=key)

    def related(self, kind: str, field: str, value: int | str) -> list[Entry]:
        """Records that exist and are found under that field, by Oid."""
        changes = self._changes[kind]
        found = [entry for entry in self._base.related(kind, field, value) if entry.oid not in changes]
        found += [
            entry
            for entry in changes.values()
            if entry.record is not None and (field, value) in related_keys(kind, entry.record)
        ]
        return sorted(found, key=lambda entry: entry.oid)

    def labels(self) -> list[str]:
        """Private labels in use, each in one spelling, by name."""
        changed = (
            entry.record.get("PrivateLabel") or ""
            for entry in self._changes["Contracts"].values()
            if entry.record
        )
        spelled: dict[str, str] = {}
        for label in (*self._base.labels(), *changed):
            if label.strip():
                spelled.setdefault(label.strip().casefold(), label.strip())
        return sorted(spelled.values())

    # Changing

    def put(self, kind: str, record: Record) -> Record:
        """Store a whole record, stamped now; a MalformedPortfolio says why it cannot be one."""
        try:
            msgspec.convert(record, KINDS[kind].record)
        except msgspec.ValidationError as problem:
            raise MalformedPortfolio(str(problem)) from problem
        entry = completed(kind, {**record, "LastChangeDateTime": None}, self.now())
        self._changes[kind][entry.oid] = entry
        return entry.record or {}

    def patch(self, kind: str, oid: int, fields: Record) -> Record | None:
        """Change fields of a record that exists, and stamp it; None when there is none."""
        record = self.get(kind, oid)
        if record is None:
            return None
        return self.put(kind, {**record, **fields})

    def delete(self, kind: str, oid: int) -> bool:
        """Remove a record, leaving a mark for `changedSince`; False when there is none."""
        if self.get(kind, oid) is None:
            return False
        self._changes[kind][oid] = Entry(oid, microseconds(self.now()), None)
        return True

    def new_oid(self, kind: str) -> int:
        """An Oid that no record has had."""
        return max(self._base.free_oid(kind), 1 + max(self._changes[kind], default=0))

    def restore(self, seconds: float) -> None:
        """Go back to a backup taken that long ago: a new generation, the clock back, later changes gone."""
        self._behind += timedelta(seconds=seconds)
        self.generation += 1
        then = microseconds(self.now())
        for kind, changes in self._changes.items():
            self._changes[kind] = {oid: entry for oid, entry in changes.items() if entry.stamp <= then}

    def set_instance(self, fields: Record) -> None:
        """Change what the instance says of itself: Now (which freezes the clock), Generation, Version, Capabilities."""
        try:
            said = msgspec.convert({**self.instance(), **fields}, Instance)
        except msgspec.ValidationError as problem:
            raise MalformedPortfolio(str(problem)) from problem
        if "Now" in fields:
            self._frozen, self._behind = said.now, timedelta()
        self.instance_id, self.version = said.instance_id, said.version
        self.generation, self.capabilities = said.generation, said.capabilities

    def set_settings(self, settings: Record) -> None:
        """Replace Global Settings and JobStream tasks."""
        try:
            msgspec.convert(settings, Settings)
        except msgspec.ValidationError as problem:
            raise MalformedPortfolio(str(problem)) from problem
        self.settings = dict(settings)


def removed(kind: str, entry: Entry) -> Record:
    """How a list shows a removed record."""
    return {
        KINDS[kind].oid: entry.oid,
        "Removed": True,
        "LastChangeDateTime": iso(EPOCH + timedelta(microseconds=entry.stamp)),
    }
