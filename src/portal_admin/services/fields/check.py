"""Proves the field reference: every path stands in the HTTP contract, and a live ASPIRE sends it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from importlib.resources import files
from typing import Any

import yaml
from sqlalchemy import Connection, func, select

from portal_admin.aspire.client import LOOK_UP_BUDGET
from portal_admin.domain.field_transforms import leaves, records_of
from portal_admin.domain.fields import ClassProblem, Field, Source
from portal_admin.errors import AspireReplyUnreadable, NotFound
from portal_admin.models import aspire_contract, aspire_contract_detail, metadata
from portal_admin.models.engine import reading
from portal_admin.services.desk import Desk
from portal_admin.services.fields.entries import catalogue
from portal_admin.services.fields.live import LiveSide, live_side
from portal_admin.services.fields.sheet import NOT_OFFERED
from portal_admin.services.fields.stored import stored_side
from portal_admin.services.settings import read_settings


class Proof(StrEnum):
    """What was found at one path; MISSING is a fault, NOT_READABLE means that nobody could look."""

    PRESENT = "present"
    ABSENT = "absent"
    MISSING = "missing"
    NOT_READABLE = "not_readable"
    NO_RECORD = "no_record"
    NOT_ASKED = "not_asked"


SENTENCES = {
    Proof.PRESENT: "",
    Proof.ABSENT: "The sample record has no value here, which the contract allows.",
    Proof.MISSING: "ASPIRE's record does not hold this property.",
    Proof.NO_RECORD: "The sample contract has no such record, so there was nothing to look at.",
    Proof.NOT_ASKED: "",
}
NOT_IN_CONTRACT = "openapi.yaml has no such property."
NOT_IN_DATABASE = "The portal database has no such column."


@dataclass(frozen=True, slots=True)
class PathCheck:
    """One field's path: in openapi.yaml (or the portal database), and in a live ASPIRE's records."""

    field_key: str
    record: str
    contract: Proof
    live: Proof
    message: str


@dataclass(frozen=True, slots=True)
class Property:
    """A property of the HTTP contract; `required` also means that it may not be null."""

    required: bool


def check(desk: Desk | None, *, contract_id: str | None = None) -> tuple[PathCheck, ...]:
    """Every path against openapi.yaml and, with a desk, against one contract of a live ASPIRE."""
    live = None if desk is None else _sample(desk, contract_id)
    return tuple(
        _checked(entry, live) for entry in catalogue().fields if entry.source is not Source.UNREADABLE
    )


def find_property(record: str) -> Property | None:
    """The property at `Schema.Property…` in openapi.yaml, through references and arrays; None where there is none."""
    name, *steps = record.split(".")
    schema: Mapping[str, Any] | None = _schemas().get(name)
    required = False
    for step in steps:
        schema = _inner(schema)
        if schema is None or step not in schema.get("properties", {}):
            return None
        inner = schema["properties"][step]
        required = step in schema.get("required", ()) and not _nullable(inner)
        schema = inner
    return Property(required) if steps and schema is not None else None


@cache
def _schemas() -> Mapping[str, Any]:
    text = files("portal_admin.aspire").joinpath("openapi.yaml").read_text(encoding="utf-8")
    found: Mapping[str, Any] = yaml.load(text, yaml.CSafeLoader)["components"]["schemas"]
    return found


def _resolved(schema: Mapping[str, Any]) -> Mapping[str, Any]:
    while "$ref" in schema:
        schema = _schemas()[schema["$ref"].rsplit("/", 1)[1]]
    return schema


def _inner(schema: Mapping[str, Any] | None) -> Mapping[str, Any] | None:
    """The object schema behind references, nullable alternatives and arrays."""
    while schema is not None:
        schema = _resolved(schema)
        if "properties" in schema:
            return schema
        choices = [c for c in schema.get("anyOf", ()) if c.get("type") != "null"]
        schema = schema.get("items") or (choices[0] if choices else None)
    return None


def _nullable(schema: Mapping[str, Any]) -> bool:
    schema = _resolved(schema)
    kinds = schema.get("type", ())
    return "null" in ([kinds] if isinstance(kinds, str) else kinds) or any(
        _nullable(choice) for choice in schema.get("anyOf", ())
    )


def _sample(desk: Desk, contract_id: str | None) -> LiveSide:
    with reading(desk.engine) as connection:
        wanted = contract_id or _richest(connection)
        if wanted is None:
            raise NotFound(
                "The portal holds no contract to look at yet. Name one with --contract, or sync first."
            )
        stored = stored_side(connection, read_settings(connection), wanted)
    live = live_side(desk, contract_id=wanted, stored=stored.contract, budget=LOOK_UP_BUDGET)
    if live.in_aspire is False:
        raise NotFound(f"ASPIRE has no contract {wanted.strip()} to look at. Name another with --contract.")
    return live


def _richest(connection: Connection) -> str | None:
    """The booked contract about which the portal holds most, so that few paths stay without a record."""
    detail, contract = aspire_contract_detail, aspire_contract
    size = (
        select(func.count())
        .where(detail.c.contract_oid == contract.c.oid, func.length(detail.c.record) > 2)
        .scalar_subquery()
    )
    query = (
        select(contract.c.contract_id)
        .where(contract.c.is_booked)
        .order_by(contract.c.is_terminated, size.desc(), contract.c.oid)
        .limit(1)
    )
    found: str | None = connection.execute(query).scalar()
    return found


def _checked(entry: Field, live: LiveSide | None) -> PathCheck:
    if entry.source is Source.PORTAL:
        there = _in_database(entry.record)
        proof = Proof.PRESENT if there else Proof.MISSING
        return PathCheck(entry.key, entry.record, proof, Proof.NOT_ASKED, "" if there else NOT_IN_DATABASE)
    found = find_property(entry.record)
    if found is None:
        return PathCheck(entry.key, entry.record, Proof.MISSING, Proof.NOT_ASKED, NOT_IN_CONTRACT)
    if live is None:
        return PathCheck(entry.key, entry.record, Proof.PRESENT, Proof.NOT_ASKED, "")
    proof, message = _live_proof(entry, found, live)
    return PathCheck(entry.key, entry.record, Proof.PRESENT, proof, message)


def _in_database(record: str) -> bool:
    table, column = record.split(".")
    return table in metadata.tables and column in metadata.tables[table].columns


def _live_proof(entry: Field, found: Property, live: LiveSide) -> tuple[Proof, str]:
    if entry.data_class in live.not_offered:
        return Proof.NOT_ASKED, NOT_OFFERED
    held = live.held[entry.data_class]
    if held.problem is not None:
        proof = Proof.MISSING if _names(live.problems, entry) else Proof.NOT_READABLE
        return proof, held.problem
    parents = [p for p in leaves(records_of(held.record), entry.path[:-1]) if isinstance(p, Mapping)]
    if not parents:
        proof = Proof.NO_RECORD
    elif any(entry.path[-1] in parent for parent in parents):
        proof = Proof.PRESENT
    else:
        proof = Proof.MISSING if found.required else Proof.ABSENT
    return proof, SENTENCES[proof]


def _names(problems: tuple[ClassProblem, ...], entry: Field) -> bool:
    """Whether ASPIRE's reply was refused for this very property."""
    return any(
        problem.kind == AspireReplyUnreadable.kind
        and problem.data_class in (entry.data_class, "contract" if entry.data_class == "contracts" else "")
        and entry.path[-1] in re.findall(r"[.](\w+)", problem.message)
        for problem in problems
    )
