"""Sites and the private labels mapped to them."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import Connection, delete, func, insert, select

from portal_admin.domain.people import Site
from portal_admin.domain.permissions import Permission
from portal_admin.domain.text import is_showable, label_key, whole
from portal_admin.errors import Conflict, InvalidInput, NotFound, Refused
from portal_admin.models import aspire_contract, site, site_private_label
from portal_admin.models.engine import reading
from portal_admin.services import audit
from portal_admin.services.change import action, advance, changing
from portal_admin.services.desk import Desk
from portal_admin.services.settings import read_settings
from portal_admin.services.snapshot import Freshness, freshness
from portal_admin.services.visibility import Sight, sights_of_labels

KEY = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,63}")
LONGEST = 200


@dataclass(frozen=True, slots=True)
class LabelChange:
    """Who gains and who loses which contracts when a site's labels change; active or not, each with its status.

    `site` is as it stands, `proposed` as it is once the change is made.
    """

    site: Site
    proposed: Site
    gained: tuple[Sight, ...]
    lost: tuple[Sight, ...]
    freshness: Freshness


@dataclass(frozen=True, slots=True)
class KnownLabel:
    """A private label on booked contracts of the snapshot, None for no label, and the keys of the sites that take it."""

    label: str | None
    contracts: int
    sites: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class KnownLabels:
    """The labels of all booked contracts, and how old that knowledge is."""

    labels: tuple[KnownLabel, ...]
    freshness: Freshness


def known_labels(desk: Desk) -> KnownLabels:
    """Every private label in the snapshot with its booked contracts and its sites; those without a label come first."""
    contract = aspire_contract
    query = (
        select(contract.c.label_key, func.min(contract.c.private_label), func.count())
        .where(contract.c.is_booked)
        .group_by(contract.c.label_key)
        .order_by(contract.c.label_key)
    )
    with reading(desk.engine) as connection:
        taken: dict[str, list[str]] = defaultdict(list)
        for found in all_sites(connection):
            for key in {label_key(label) for label in found.labels} | ({""} if found.unlabelled else set()):
                taken[key].append(found.key)
        labels = tuple(
            KnownLabel(label.strip() if key else None, count, tuple(taken[key]))
            for key, label, count in connection.execute(query)
        )
        return KnownLabels(labels, freshness(connection, read_settings(connection), desk.clock()))


def label_warnings(desk: Desk, *, site: Site) -> tuple[str, ...]:
    """What looks like a slip in the labels that a site takes or would take: on no contract, or another site's too."""
    known = known_labels(desk)
    there = {label_key(one.label) for one in known.labels}
    named = ", ".join(one.label for one in known.labels if one.label) or "none"
    found = [
        f"No booked contract has the label {label}; known labels: {named}."
        for label in site.labels
        if known.freshness.as_of is not None and label_key(label) not in there
    ]
    mine = {label_key(label): f"the label {label}" for label in site.labels}
    if site.unlabelled:
        mine[""] = "contracts without a label"
    for other in list_sites(desk):
        theirs = {label_key(label) for label in other.labels} | ({""} if other.unlabelled else set())
        if other.id != site.id and (both := [words for key, words in mine.items() if key in theirs]):
            found.append(f"Site {other.key} takes {' and '.join(both)} too: each contract shows on both.")
    return tuple(found)


def list_sites(desk: Desk) -> tuple[Site, ...]:
    """All sites by key."""
    with reading(desk.engine) as connection:
        return all_sites(connection)


@action(Permission.CREATE_SITE)
def create_site(
    desk: Desk, *, key: str, name: str, labels: Iterable[str] = (), unlabelled: bool = False
) -> Site:
    """Create a site with its labels; a key is used once, in whatever case."""
    key, name = key.strip(), name.strip()
    if not KEY.fullmatch(key):
        raise InvalidInput("A site key has letters, digits, - and _ only, 64 at most.", field="key")
    if not is_showable(name) or len(name) > LONGEST:
        raise InvalidInput(
            f"A site needs a name that can be shown, of at most {LONGEST} characters.", field="name"
        )
    mapping = _mapping(labels, unlabelled)
    with changing(desk) as connection:
        for other in all_sites(connection):
            if other.key.casefold() == key.casefold():
                raise Refused(f"There is a site {other.key} already.", rule="unique_site")
        values = {"key": key, "name": name, "version": 1, "created_at": desk.clock()}
        site_id = connection.execute(insert(site).values(values).returning(site.c.id)).scalar_one()
        _write_labels(connection, site_id, mapping)
        created = find_site(connection, key)
        audit.record(connection, desk, action="site.create", subject=key, site=key, after=_audited(created))
    return created


def preview_labels(desk: Desk, *, key: str, labels: Iterable[str], unlabelled: bool) -> LabelChange:
    """What `set_labels` would change, from the snapshot."""
    mapping = _mapping(labels, unlabelled)
    with reading(desk.engine) as connection:
        return _change(connection, desk, find_site(connection, key), mapping)


@action(Permission.MAP_LABELS)
def set_labels(
    desk: Desk, *, key: str, labels: Iterable[str], unlabelled: bool, version: int | None = None
) -> LabelChange:
    """Replace the whole set of a site's labels, and tell who gained and lost what."""
    mapping = _mapping(labels, unlabelled)
    with changing(desk) as connection:
        before = find_site(connection, key)
        if version is not None and version != before.version:
            raise Conflict(
                f"Somebody else changed the labels of {before.key}. Look at them again, then save."
            )
        change = _change(connection, desk, before, mapping)
        connection.execute(delete(site_private_label).where(site_private_label.c.site_id == before.id))
        _write_labels(connection, before.id, mapping)
        advance(connection, site, site.c.id == before.id, version=before.version, values={})
        after = find_site(connection, key)
        audit.record(
            connection,
            desk,
            action="site.set_labels",
            subject=before.key,
            site=before.key,
            before=_audited(before),
            after=_audited(after) | {"gained": len(change.gained), "lost": len(change.lost)},
        )
    return replace(change, site=after, proposed=after)


def all_sites(connection: Connection) -> tuple[Site, ...]:
    """All sites by key, within the caller's transaction."""
    labels: dict[int, list[str]] = defaultdict(list)
    keys: dict[int, set[str]] = defaultdict(set)
    for row in connection.execute(select(site_private_label).order_by(site_private_label.c.label)):
        keys[row.site_id].add(row.label_key)
        if row.label_key:
            labels[row.site_id].append(row.label)
    return tuple(
        Site(row.id, row.key, row.name, tuple(labels[row.id]), "" in keys[row.id], row.version)
        for row in connection.execute(select(site).order_by(site.c.key))
    )


def find_site(connection: Connection, key: str) -> Site:
    """The site of that key in whatever case; NotFound names the sites there are."""
    sites = all_sites(connection)
    for found in sites:
        if found.key.casefold() == key.strip().casefold():
            return found
    known = f"There are: {', '.join(s.key for s in sites)}." if sites else "No site has been created yet."
    raise NotFound(f"There is no site {whole(key)}. {known}")


def _mapping(labels: Iterable[str], unlabelled: bool) -> dict[str, str]:
    mapping: dict[str, str] = {}
    for label in labels:
        trimmed = label.strip()
        if not trimmed:
            raise InvalidInput(
                "A label cannot be blank; contracts without a label are a choice of their own.", field="label"
            )
        if not is_showable(trimmed) or max(len(trimmed), len(label_key(trimmed))) > LONGEST:
            raise InvalidInput(f"A label can be shown and has at most {LONGEST} characters.", field="label")
        mapping[label_key(trimmed)] = trimmed
    if unlabelled:
        mapping[""] = ""
    return mapping


def _write_labels(connection: Connection, site_id: int, mapping: dict[str, str]) -> None:
    rows = [{"site_id": site_id, "label_key": key, "label": label} for key, label in mapping.items()]
    if rows:
        connection.execute(insert(site_private_label), rows)


def _change(connection: Connection, desk: Desk, before: Site, mapping: dict[str, str]) -> LabelChange:
    settings = read_settings(connection)
    old = {label_key(label) for label in before.labels} | ({""} if before.unlabelled else set())
    gained = sights_of_labels(connection, settings, site_id=before.id, label_keys=set(mapping) - old)
    lost = sights_of_labels(connection, settings, site_id=before.id, label_keys=old - set(mapping))
    labels = tuple(sorted(label for label in mapping.values() if label))
    proposed = replace(before, labels=labels, unlabelled="" in mapping)
    return LabelChange(before, proposed, gained, lost, freshness(connection, settings, desk.clock()))


def _audited(found: Site) -> dict[str, Any]:
    return {"name": found.name, "labels": list(found.labels), "unlabelled": found.unlabelled}
