"""Lists: which records a page holds, in which order, and where the next page starts."""

from __future__ import annotations

import base64
import binascii
import zlib
from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from itertools import islice
from typing import Any

import msgspec

from portal_admin.domain.text import id_key
from portal_admin.sandbox.portfolio import Entry, Record, microseconds
from portal_admin.sandbox.refusals import Refusal
from portal_admin.sandbox.world import World, removed

LOOK_UPS = ("contractId", "accountId", "accountOid")

# Where `text` is looked for.
SEARCHED: dict[str, Callable[[Record], Iterable[str | None]]] = {
    "Accounts": lambda record: (record["AccountId"], record["Name"], record["Email"]),
    "Contacts": lambda record: (record["Name"], record["Email"]),
    "Contracts": lambda record: (
        record["ContractId"],
        record["PrivateLabel"],
        *((record.get("BillToLocation") or {}).get(part) for part in ("Name", "Email")),
    ),
}


@dataclass(frozen=True)
class Query:
    """What a list was asked for; `denied` are (list, Oid) pairs this login may not read."""

    kind: str
    limit: int = 100
    cursor: str | None = None
    since: datetime | None = None
    filters: dict[str, Any] = field(default_factory=dict)
    denied: Collection[tuple[str, int]] = ()


Key = tuple[int, int]


def page(world: World, query: Query) -> Record:
    """One page: Items, NextCursor and Withheld."""
    mark = _fingerprint(query)
    after = _resume(query, mark)
    found = list(islice(_matching(world, query, after), query.limit + 1))
    items: list[Record] = []
    withheld = 0
    for entry in found[: query.limit]:
        if (query.kind, entry.oid) in query.denied:
            if any(name in query.filters for name in LOOK_UPS):
                raise Refusal("PermissionDenied", f"This login may not read {query.kind} {entry.oid}")
            withheld += 1
            continue
        items.append(removed(query.kind, entry) if entry.record is None else entry.record)
    more = found[query.limit - 1] if len(found) > query.limit else None
    return {
        "Items": items,
        "NextCursor": _cursor(mark, (more.stamp, more.oid)) if more else None,
        "Withheld": withheld,
    }


def label_page(world: World, query: Query) -> Record:
    """One page of private labels, by name."""
    mark = _fingerprint(query)
    _, start = _resume(query, mark) if query.cursor else (0, 0)
    labels = world.labels()
    end = start + query.limit
    return {
        "Items": [{"Name": name} for name in labels[start:end]],
        "NextCursor": _cursor(mark, (0, end)) if end < len(labels) else None,
    }


def _matching(world: World, query: Query, after: Key) -> Iterator[Entry]:
    filters = query.filters
    sought = filters.get("text", "").casefold()
    if any(name in filters for name in LOOK_UPS):
        entries = _looked_up(world, query, after)
    elif query.since is not None:
        entries = world.scan_changed(query.kind, after)
    else:
        entries = world.scan(query.kind, after[1], sought)
    if not sought:
        return entries
    fields = SEARCHED[query.kind]
    return (
        entry
        for entry in entries
        if entry.record is not None
        and any(part and sought in part.casefold() for part in fields(entry.record))
    )


def _looked_up(world: World, query: Query, after: Key) -> Iterator[Entry]:
    """Records that every given look-up finds, in the list's order."""
    sets = [
        _found_by(world, query.kind, name, query.filters[name]) for name in LOOK_UPS if name in query.filters
    ]
    common = set.intersection(*(set(found) for found in sets))
    entries = [sets[0][oid] for oid in common]
    if query.since is None:
        return iter(sorted((entry for entry in entries if entry.oid > after[1]), key=lambda entry: entry.oid))
    keyed = sorted((entry.stamp, entry.oid, entry) for entry in entries)
    return (entry for stamp, oid, entry in keyed if (stamp, oid) > after)


def _found_by(world: World, kind: str, name: str, value: Any) -> dict[int, Entry]:
    match kind, name:
        case ("Contracts", "contractId") | ("Accounts", "accountId"):
            field = "ContractId" if name == "contractId" else "AccountId"
            found = world.related(kind, field, id_key(value))
        case ("Accounts", "contractId"):
            oids = {
                role["AccountOid"]
                for entry in world.related("Contracts", "ContractId", id_key(value))
                for role in (entry.record or {})["Roles"]
            }
            found = [entry for oid in oids for entry in world.related(kind, "AccountOid", oid)]
        case (_, "accountId"):
            owners = world.related("Accounts", "AccountId", id_key(value))
            found = [entry for owner in owners for entry in world.related(kind, "AccountOid", owner.oid)]
        case _:
            found = world.related(kind, "AccountOid", value)
    return {entry.oid: entry for entry in found}


# Cursors: the list they belong to, and the key of the last record met.


def _fingerprint(query: Query) -> int:
    since = microseconds(query.since) if query.since else None
    return zlib.crc32(repr((query.kind, since, sorted(query.filters.items()))).encode())


def _cursor(mark: int, key: Key) -> str:
    return base64.urlsafe_b64encode(msgspec.json.encode((mark, *key))).rstrip(b"=").decode()


def _resume(query: Query, mark: int) -> Key:
    if query.cursor is None:
        return (microseconds(query.since) - 1, 2**63) if query.since else (0, 0)
    try:
        padded = query.cursor + "=" * (-len(query.cursor) % 4)
        said, stamp, oid = msgspec.json.decode(base64.urlsafe_b64decode(padded), type=tuple[int, int, int])
    except (binascii.Error, msgspec.DecodeError) as problem:
        raise Refusal("InvalidCursor", "This cursor was not made by this list") from problem
    if said != mark:
        raise Refusal("InvalidCursor", "This cursor belongs to another list or other filters")
    return stamp, oid
