"""The field reference for the contract on the phone: what the portal shows, what ASPIRE says, and whether they agree."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from portal_admin.aspire.client import LOOK_UP_BUDGET
from portal_admin.domain.field_conditions import CONDITIONS
from portal_admin.domain.field_transforms import NotInThisForm, value_of
from portal_admin.domain.fields import (
    ContractFacts,
    Field,
    FieldRow,
    FieldSheet,
    Reading,
    Source,
    State,
    compare,
)
from portal_admin.domain.freshness import is_stale, next_due
from portal_admin.domain.policy import PortalSettings
from portal_admin.errors import CouldNotLook, InvalidInput, NotFound
from portal_admin.models.engine import reading
from portal_admin.services.desk import Desk
from portal_admin.services.fields.entries import catalogue
from portal_admin.services.fields.live import CLASSES, LiveSide, live_side
from portal_admin.services.fields.stored import Held, StoredSide, stored_side
from portal_admin.services.settings import read_settings

NOT_KEPT = Reading(found=False)
NOT_SYNCED = "The portal has not received this contract from ASPIRE."
NO_DETAIL = (
    "The portal keeps this only of contracts that an end user can see, and has not received it for this one."
)
NOT_OFFERED = "This ASPIRE does not offer this class of data, so the portal cannot show it."
GONE = "ASPIRE no longer has this contract."
PORTAL_ONLY = "The portal database keeps this itself; ASPIRE has no copy to compare with."
UNREADABLE = "Staff cannot read this anywhere, so there is nothing to compare."
RESTORED = "ASPIRE was restored from a backup after the portal last read it. Differences may come from that; run a full sync."
BAD_FORM = "{side} has a value for this that is not in the expected form."
NO_SCHEDULE_SAVED = (
    "ASPIRE's Global Setting Save Customer Amortization Schedule is not Yes, so no schedule is saved."
)


@dataclass(frozen=True, slots=True)
class _Look:
    stored: StoredSide
    live: LiveSide
    facts: ContractFacts
    settings: PortalSettings
    now: datetime
    today: date


def find(*, text: str = "", screen: str | None = None) -> tuple[Field, ...]:
    """The fields found by portal label or ASPIRE name, on one portal screen or on all."""
    return catalogue().find(text=text, screen=screen)


def show(
    desk: Desk, *, contract_id: str, budget: float = LOOK_UP_BUDGET, only: Collection[str] | None = None
) -> FieldSheet:
    """All fields for one contract, or `only` those of these keys, for which less of ASPIRE is read.

    NotFound only if ASPIRE answered that it has no such contract, else CouldNotLook.
    """
    wanted = contract_id.strip()
    if not wanted:
        raise InvalidInput("Type a contract id.", field="contract_id")
    with reading(desk.engine) as connection:
        settings = read_settings(connection)
        stored = stored_side(connection, settings, wanted)
    entries = catalogue().fields if only is None else tuple(f for f in catalogue().fields if f.key in only)
    classes = CLASSES if only is None else {entry.data_class for entry in entries}
    live = live_side(desk, contract_id=wanted, stored=stored.contract, budget=budget, classes=classes)
    if stored.contract is None and live.contract is None:
        _nowhere(wanted, live)
    now = desk.clock()
    today = now.astimezone(ZoneInfo(settings.time_zone)).date()
    look = _Look(stored, live, _facts(stored, live), settings, now, today)
    known = stored.contract or live.contract
    return FieldSheet(
        contract_id=known.contract_id if known else wanted,
        customer=_customer(look),
        currency=known.currency if known else "",
        looked_at=now,
        time_zone=settings.time_zone,
        in_snapshot=stored.contract is not None,
        in_aspire=live.in_aspire,
        rows=tuple(_row(entry, look) for entry in entries),
        problems=live.problems,
        restored=None not in (stored.generation, live.generation) and stored.generation != live.generation,
    )


def _nowhere(contract_id: str, live: LiveSide) -> None:
    if live.in_aspire is None:
        reason = live.problems[0].message if live.problems else ""
        raise CouldNotLook(
            f"The portal has no copy of contract {contract_id}, and ASPIRE could not be asked. {reason}".strip()
        )
    raise NotFound(f"Neither the portal nor ASPIRE has a contract {contract_id}.")


def _facts(stored: StoredSide, live: LiveSide) -> ContractFacts:
    """The portal decides by its own copy what it shows."""
    contract = stored.contract or live.contract
    return ContractFacts(
        contract_type=contract.contract_type if contract else None,
        is_terminated=contract.is_terminated if contract else None,
        payments_enabled=live.settings.get("PaymentsEnabled"),
        saves_schedule=live.settings.get("SaveCustomerAmortizationSchedule"),
    )


def _customer(look: _Look) -> str | None:
    for held in (look.stored.held.get("accounts"), look.live.held.get("accounts")):
        if held is not None and held.record:
            name: str = held.record[0]["Name"]
            return name
    return None


def _row(entry: Field, look: _Look) -> FieldRow:
    if entry.source is Source.UNREADABLE:
        return FieldRow(entry, State.NOT_COMPARED, reason=UNREADABLE)
    condition = CONDITIONS.get(entry.condition)
    if condition is not None and condition.holds(look.facts) is False:
        return FieldRow(entry, State.NOT_APPLICABLE, reason=condition.otherwise)
    if entry.data_class in look.live.not_offered:
        return FieldRow(entry, State.NOT_APPLICABLE, reason=NOT_OFFERED)
    portal = _reading(entry, look.stored.held, look, "The portal")
    if entry.source is Source.PORTAL:
        return FieldRow(entry, State.NOT_COMPARED, portal, reason=PORTAL_ONLY)
    aspire = _reading(entry, look.live.held, look, "ASPIRE")
    cadence = look.settings.cadences[entry.cadence_class]
    state = compare(portal, aspire, now=look.now, cadence=cadence)
    row = FieldRow(
        entry,
        state,
        portal,
        aspire,
        is_stale=portal.found and is_stale(portal.as_of, look.now, cadence),
        next_update=next_due(portal.as_of, look.now, cadence) if portal.found else None,
    )
    return FieldRow(entry, state, portal, aspire, _reason(row, look), row.is_stale, row.next_update)


def _reading(entry: Field, side: Mapping[str, Held], look: _Look, name: str) -> Reading:
    held = side.get(entry.data_class)
    if held is None:
        return NOT_KEPT
    if held.problem is not None or not held.found:
        return Reading(None, held.as_of, held.found, held.problem)
    try:
        return Reading(value_of(entry, held.record, today=look.today), held.as_of)
    except NotInThisForm:
        return Reading(None, held.as_of, problem=BAD_FORM.format(side=name))


def _reason(row: FieldRow, look: _Look) -> str | None:
    portal, aspire = row.portal or NOT_KEPT, row.aspire or NOT_KEPT
    match row.state:
        case State.NOT_READABLE:
            return aspire.problem or portal.problem
        case State.NOT_STORED:
            return NO_DETAIL if look.stored.contract else NOT_SYNCED
        case State.DIFFERS:
            return "The portal shows ASPIRE's value after its next update." if aspire.found else GONE
        case State.STALE:
            return "The portal has not read this for more than twice its cadence; look at the state of sync."
    unsaved = row.field.data_class == "amortization" and look.facts.saves_schedule is False
    return NO_SCHEDULE_SAVED if unsaved and aspire.value in (None, 0) else None
