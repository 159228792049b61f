"""Every fault of ASPIRE on the caller's page: the rest stays usable, what failed says so, and Retry fills it."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

import pytest
from PySide6.QtWidgets import QWidget
from sqlalchemy import Engine

from portal_admin.aspire.budget import Timing
from portal_admin.aspire.circuit import COOL_DOWN
from portal_admin.aspire.client import AspireClient
from portal_admin.domain.verdict import Result
from portal_admin.sandbox.server import Sandbox
from portal_admin.services import call_notes
from portal_admin.services.desk import Desk
from portal_admin.services.fields.facts import contract_facts
from portal_admin.ui.customer_care.caller_view import CallerView
from portal_admin.ui.customer_care.page import CustomerCarePage
from portal_admin.ui.panels.caller_part import CallerPart
from portal_admin.ui.widgets.state_panel import State
from tests.fixtures.desk import Clock
from tests.fixtures.operators import filling
from tests.services.portal_rows import add_attempt, add_payment, add_request, user_of
from tests.ui.account_access.world import OLSEN, button, said
from tests.ui.customer_care.acting import Settle, look_at, view_of

BUDGET = 0.3
SLOW = 2 * BUDGET
CONTRACT = "0012-0045"
# What ASPIRE does, in groups that share a page, because opening one takes longer than any of it.
WHOLE: dict[str, dict[str, dict[str, Any]]] = {
    "is slow": {"latency": {"latency": SLOW}, "drip": {"drip": SLOW / 5}},
    "says no": {
        "429, come again": {"status": 429, "retry_after": 2},
        "503, come again": {"status": 503, "retry_after": 120},
        "500": {"status": 500},
    },
    "breaks off": {
        "half a body": {"truncate": True},
        "a web page": {"html": True},
        "no answer": {"drop": "before"},
        "an answer that is lost": {"drop": "after"},
        "a session that ends at once": {"expire_token": True},
    },
}
PARTLY: dict[str, dict[str, Any]] = {
    "a record denied": {"deny": "Contracts/10"},
    "a field gone": {"missing": "ContractId"},
    "a field renamed": {"rename": "IsBooked:Booked"},
    "a field mistyped": {"mistype": "Details"},
}
SIGN_IN: dict[str, dict[str, Any]] = {
    "refused": {"expire_token": True, "refuse_sign_in": True},
    "password to change": {"expire_token": True, "password_change": True},
}


class Machine:
    """A clock that can be put forward, so that nobody waits until ASPIRE is asked again."""

    def __init__(self) -> None:
        self.ahead = 0.0

    def __call__(self) -> float:
        return time.monotonic() + self.ahead


@pytest.fixture
def machine() -> Machine:
    return Machine()


@pytest.fixture
def impatient(engine: Engine, sandbox: Sandbox, machine: Machine, clock: Clock) -> Iterator[Desk]:
    """A desk whose look-ups wait for a moment only."""
    timing = Timing(monotonic=machine, sleep=lambda _seconds: None)
    client = AspireClient(
        sandbox.url, user="sandbox", password=lambda: "sandbox", budget=BUDGET, timing=timing
    )
    yield Desk(engine, client, clock, "tester")
    client.close()


@pytest.fixture
def view(
    page: Callable[..., CustomerCarePage],
    impatient: Desk,
    settle: Settle,
    monkeypatch: pytest.MonkeyPatch,
) -> CallerView:
    """A caller of whom there is something in every part, asking about a contract; all is well."""
    monkeypatch.setattr(
        "portal_admin.ui.panels.caller.facts.contract_facts", partial(contract_facts, budget=BUDGET)
    )
    with filling(impatient.engine) as connection:
        add_payment(connection, OLSEN)
        add_request(connection, OLSEN)
        add_attempt(connection, user_of(connection, OLSEN).site_id, OLSEN)
    call_notes.write_note(impatient, site="northwind", email=OLSEN, note="Asked about the trailer.")
    shown = look_at(page(CustomerCarePage, impatient), settle, contract=CONTRACT)
    found = view_of(shown)
    found.parts.choose(found.facts)  # which are read only while they are seen
    settle()
    assert_whole(found)
    return found


def parts(view: CallerView) -> dict[str, CallerPart[Any]]:
    found: list[QWidget] = [view.contracts, *view.parts.parts]
    return {type(part).__name__: part for part in found if isinstance(part, CallerPart)}


def assert_rest_is_usable(view: CallerView) -> None:
    """What needs no ASPIRE is there, and what the portal's copy knows is told."""
    assert view.state.state is State.CONTENT
    assert {name: part.state.state for name, part in parts(view).items()} == dict.fromkeys(
        parts(view), State.CONTENT
    )
    assert len(parts(view)) == 6
    assert view.contracts.panel.current == CONTRACT
    assert view.note.isEnabled()
    verdict = view.why.verdict.verdict
    assert verdict is not None
    # A look-up that failed is never a no.
    assert (view.why.state.state, verdict.verdict) == (State.CONTENT, "visible")


def assert_whole(view: CallerView) -> None:
    assert_rest_is_usable(view)
    assert view.facts.facts is not None
    assert view.facts.facts.is_live
    assert not view.facts.retry_button.isVisible()
    assert view.facts.facts.problem is None
    assert not view.aspire.isVisible()


def look_again(view: CallerView, settle: Settle) -> None:
    view.refresh()
    settle()


def assert_told_and_retried(view: CallerView, sandbox: Sandbox, machine: Machine, settle: Settle) -> None:
    """The facts say that they are the portal's, and why; Retry reads them once ASPIRE answers."""
    facts = view.facts
    assert facts.facts is not None
    assert not facts.facts.is_live
    assert facts.problem.isVisible()
    assert facts.problem.text() == facts.facts.problem
    assert "stored" in facts.age.text() or "not received" in facts.age.text()
    sandbox.clear_faults()
    machine.ahead += COOL_DOWN + 1
    button(facts, "Retry").click()
    settle()
    assert (facts.facts.is_live, facts.facts.problem) == (True, None)
    look_again(view, settle)
    assert_whole(view)


@pytest.mark.parametrize("group", WHOLE)
def test_that_an_aspire_that_does_not_answer_leaves_the_page_usable(
    view: CallerView, sandbox: Sandbox, machine: Machine, settle: Settle, group: str
) -> None:
    for name, fault in WHOLE[group].items():
        sandbox.fault(**fault)
        look_again(view, settle)
        assert_rest_is_usable(view)
        assert view.aspire.isVisible(), name
        assert "What is shown is the portal's copy" in said(view.aspire), name
        assert_told_and_retried(view, sandbox, machine, settle)


def test_that_records_which_cannot_be_read_keep_nothing_else_from_being_read(
    view: CallerView, sandbox: Sandbox, machine: Machine, settle: Settle
) -> None:
    for name, fault in PARTLY.items():
        sandbox.fault(**fault)
        look_again(view, settle)
        assert_rest_is_usable(view)
        assert not view.aspire.isVisible(), name
        assert_told_and_retried(view, sandbox, machine, settle)


@pytest.mark.parametrize("trouble", SIGN_IN)
def test_that_a_login_that_stopped_working_is_told_and_not_tried_again(
    view: CallerView, sandbox: Sandbox, settle: Settle, trouble: str
) -> None:
    sandbox.fault(**SIGN_IN[trouble])
    for _ in range(2):
        look_again(view, settle)
        assert_rest_is_usable(view)
        assert view.aspire.isVisible()
        assert view.facts.facts is not None
        assert "password" in str(view.facts.facts.problem)


def test_that_a_restored_aspire_is_told_and_everything_is_read(
    view: CallerView, sandbox: Sandbox, settle: Settle
) -> None:
    sandbox.restore(60)
    look_again(view, settle)
    assert_rest_is_usable(view)
    verdict = view.why.verdict.verdict
    assert verdict is not None
    assert verdict.check("restored").result is Result.FAIL
    assert view.facts.facts is not None
    assert view.facts.facts.is_live


# What is gone from the database, and the parts that cannot be read without it: a story tells of payments, too.
GONE = {
    "payment": {"CallerPayments", "CallerEvents"},
    "service_request": {"CallerRequests", "CallerEvents"},
    "enrollment_attempt": {"CallerAttempts", "CallerEvents"},
    "call_note": {"CallerNotes"},
}


def rename(engine: Engine, old: str, new: str) -> None:
    with filling(engine) as connection:
        connection.exec_driver_sql(f"alter table {old} rename to {new}")


def test_that_a_part_whose_records_cannot_be_read_fails_by_itself(
    view: CallerView, engine: Engine, settle: Settle
) -> None:
    for table, failing in GONE.items():
        rename(engine, table, f"{table}_gone")
        look_again(view, settle)
        states = {name: part.state.state for name, part in parts(view).items()}
        expected = {name: State.FAILED if name in failing else State.CONTENT for name in states}
        assert states == expected, table
        tabs = [view.parts.bar.tabText(place) for place in range(view.parts.bar.count())]
        assert len([tab for tab in tabs if tab.endswith("?")]) == len(failing), table
        rename(engine, f"{table}_gone", table)
        for name in failing:
            part = parts(view)[name]
            view.parts.choose(part)
            assert "The portal database lacks a table" in said(part), table
            button(part, "Retry").click()
        settle()
        assert_rest_is_usable(view)
