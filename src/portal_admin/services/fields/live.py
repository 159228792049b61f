"""What ASPIRE says about one contract now: every class of data at once, within one budget, each failing alone."""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any

from portal_admin.aspire.client import ACCOUNT_DETAILS, CONTRACT_DETAILS, AspireClient
from portal_admin.domain.access import booked_first
from portal_admin.domain.fields import ClassProblem
from portal_admin.domain.records import Contract
from portal_admin.domain.text import id_key
from portal_admin.errors import (
    AspireBusy,
    AspireRecordMissing,
    AspireSignInFailed,
    AspireTooSlow,
    AspireUnreachable,
    CouldNotLook,
    DeskError,
    SettingsProblem,
)
from portal_admin.services.desk import Desk
from portal_admin.services.fields.stored import Held, account_record, contact_record, customer_oids
from portal_admin.services.live import NOT_CONFIGURED
from portal_admin.services.sync.details import CLASSES as DETAILS
from portal_admin.services.sync.details import classes_of

CLASSES = (*DETAILS, "accounts", "contacts")
SETTINGS = "settings"
INSTANCE = "instance"
ALWAYS = ("contract", SETTINGS, INSTANCE)
# After one of these no other request can succeed either.
HOPELESS = (AspireUnreachable, AspireTooSlow, AspireBusy, AspireSignInFailed, SettingsProblem)

Question = Callable[[], Any]


@dataclass(frozen=True, slots=True)
class LiveSide:
    """ASPIRE's answers; `in_aspire` is None when it could not say whether it holds the contract.

    `not_offered` are the classes that this ASPIRE does not have at all.
    """

    in_aspire: bool | None
    contract: Contract | None
    held: Mapping[str, Held]
    settings: Mapping[str, Any] = field(default_factory=dict)
    problems: tuple[ClassProblem, ...] = ()
    not_offered: frozenset[str] = frozenset()
    generation: int | None = None


def live_side(
    desk: Desk,
    *,
    contract_id: str,
    stored: Contract | None,
    budget: float,
    classes: Collection[str] = CLASSES,
) -> LiveSide:
    """Read these classes of the contract; where its look-up by id fails, the stored record number serves.

    The contract itself, the settings and the instance are read always.
    """
    if desk.aspire is None:
        return _nothing(desk, CouldNotLook(NOT_CONFIGURED))
    ends = time.monotonic() + budget
    contract = stored
    try:
        with desk.aspire.within(budget):
            contract = _find(desk.aspire, contract_id, stored)
    except (CouldNotLook, SettingsProblem) as failure:
        if stored is None or isinstance(failure, HOPELESS):
            return _nothing(desk, failure)
    if contract is None:
        absent = Held(None, desk.clock(), found=False)
        return LiveSide(False, None, dict.fromkeys((*CLASSES, "contracts"), absent))
    return _read(desk, desk.aspire, contract, ends, classes)


def _find(aspire: AspireClient, contract_id: str, stored: Contract | None) -> Contract | None:
    """Of several contracts of one id the one that the portal shows, else a booked one before others."""
    found = [
        c for c in aspire.contracts(contract_id=contract_id) if id_key(c.contract_id) == id_key(contract_id)
    ]
    return min(
        found, key=lambda c: (stored is not None and c.oid != stored.oid, booked_first(c)), default=None
    )


def _read(
    desk: Desk, aspire: AspireClient, contract: Contract, ends: float, classes: Collection[str]
) -> LiveSide:
    wanted = {*classes, *ALWAYS}
    questions = {name: ask for name, ask in _questions(aspire, contract).items() if name in wanted}
    held: dict[str, Held] = {}
    problems: list[ClassProblem] = []
    with ThreadPoolExecutor(max_workers=len(questions), thread_name_prefix="fields") as pool:
        asked = {name: pool.submit(_ask, aspire, question, ends) for name, question in questions.items()}
        for name, answer in asked.items():
            record, failure = answer.result()
            held[name] = Held(
                record,
                desk.clock(),
                found=record is not None,
                problem=failure.message if isinstance(failure, CouldNotLook | SettingsProblem) else None,
            )
            if held[name].problem is not None and failure is not None and name not in (SETTINGS, INSTANCE):
                problems.append(ClassProblem(name, failure.kind, failure.title, failure.message))
    settings, instance = held.pop(SETTINGS).record or {}, held.pop(INSTANCE).record
    missing = frozenset(DETAILS) - set(classes_of(instance.capabilities)) if instance else frozenset()
    held["contracts"] = own = held["contract"]
    return LiveSide(
        None if own.problem else own.found,
        contract,
        held,
        settings,
        tuple(problem for problem in problems if problem.data_class not in missing),
        missing,
        instance.generation if instance else None,
    )


def _questions(aspire: AspireClient, contract: Contract) -> dict[str, Question]:
    customers = customer_oids(contract.roles)

    def of_contract(name: str) -> Question:
        return lambda: aspire.detail(contract_oid=contract.oid, data_class=name)

    def of_customers(name: str) -> Question:
        return lambda: [record for oid in customers for record in _of_account(aspire, oid, name)]

    return {
        **{name: of_contract(name) for name in CONTRACT_DETAILS},
        **{name: of_customers(name) for name in ACCOUNT_DETAILS},
        "accounts": lambda: [
            account_record(found) for oid in customers for found in aspire.accounts(account_oid=oid)
        ],
        "contacts": lambda: [
            contact_record(found) for oid in customers for found in aspire.contacts_of(account_oid=oid)
        ],
        SETTINGS: aspire.settings,
        INSTANCE: aspire.instance,
    }


def _of_account(aspire: AspireClient, oid: int, name: str) -> Any:
    """A role can name an account that was removed; it has nothing left to show."""
    try:
        return aspire.account_detail(account_oid=oid, data_class=name)
    except AspireRecordMissing:
        return []


def _ask(aspire: AspireClient, question: Question, ends: float) -> tuple[Any, DeskError | None]:
    try:
        with aspire.within(max(0.0, ends - time.monotonic())):
            return question(), None
    except (CouldNotLook, SettingsProblem, AspireRecordMissing) as failure:
        return None, failure


def _nothing(desk: Desk, failure: DeskError) -> LiveSide:
    unread = Held(None, desk.clock(), found=False, problem=failure.message)
    return LiveSide(
        None,
        None,
        dict.fromkeys((*CLASSES, "contracts"), unread),
        problems=(ClassProblem("", failure.kind, failure.title, failure.message),),
    )
