"""Reads resources/field_reference.toml, once, and refuses an entry that the rest of the program could not use."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import msgspec

from portal_admin.domain.field_conditions import CONDITIONS
from portal_admin.domain.field_transforms import EACH, REDUCERS, SELECTORS
from portal_admin.domain.fields import Catalogue, Field, Provenance, Source
from portal_admin.domain.freshness import CADENCES
from portal_admin.errors import SettingsProblem
from portal_admin.paths import resources

FILE = "field_reference.toml"
PORTAL_CLASSES = ("end_users",)


class _Entry(msgspec.Struct, forbid_unknown_fields=True):
    key: str
    screen: str
    label: str
    aspire_screen: str
    wording: str
    provenance: Provenance
    source: Source = Source.ASPIRE
    record: str = ""
    data_class: str = ""
    cadence: str = ""
    select: str = "all"
    transform: str = "text"
    condition: str = ""
    article: str | None = None
    screen_provenance: Provenance = Provenance.INFERRED


class _File(msgspec.Struct, forbid_unknown_fields=True):
    field: list[_Entry]


@cache
def catalogue() -> Catalogue:
    """The field reference that this program is installed with."""
    return read_catalogue(resources() / FILE)


def read_catalogue(path: Path) -> Catalogue:
    """The catalogue in a file; SettingsProblem names the first entry that cannot be used, and why."""
    try:
        file = msgspec.toml.decode(path.read_bytes(), type=_File)
    except (OSError, ValueError) as problem:
        raise SettingsProblem(
            f"The field reference {path.name} cannot be read: install the program again."
        ) from problem
    seen: set[str] = set()
    for entry in file.field:
        fault = "its key is used twice" if entry.key in seen else _fault(entry)
        if fault:
            raise SettingsProblem(
                f"The field reference {path.name} has an unusable entry, {entry.key}: {fault}."
            )
        seen.add(entry.key)
    return Catalogue(tuple(_field(entry) for entry in file.field))


def _fault(entry: _Entry) -> str | None:
    classes = {Source.ASPIRE: tuple(CADENCES), Source.PORTAL: PORTAL_CLASSES, Source.UNREADABLE: ("",)}[
        entry.source
    ]
    faults = {
        "its data class is unknown": entry.data_class not in classes,
        "its record has no property": (len(entry.record.split(".")) < 2)
        != (entry.source is Source.UNREADABLE),
        "its cadence is unknown": bool(entry.cadence) and entry.cadence not in CADENCES,
        "its selection is unknown": entry.select not in SELECTORS,
        "its transform is unknown": entry.transform not in EACH and entry.transform not in REDUCERS,
        "its condition is unknown": bool(entry.condition) and entry.condition not in CONDITIONS,
        "an article is named without being its provenance": bool(entry.article)
        != (entry.provenance is Provenance.ARTICLE),
    }
    return next((fault for fault, found in faults.items() if found), None)


def _field(entry: _Entry) -> Field:
    given = msgspec.structs.asdict(entry)
    cadence_class = given.pop("cadence") or entry.data_class
    return Field(**given, cadence_class=cadence_class)
