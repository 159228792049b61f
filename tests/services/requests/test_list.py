"""The queue of service requests: its order, its filters, its pages and its counts."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from portal_admin.domain.permissions import Role
from portal_admin.domain.service_requests import OPEN, RequestKind, RequestStatus
from portal_admin.errors import NotFound
from portal_admin.services.desk import Desk
from portal_admin.services.people import show_user
from portal_admin.services.requests.list import NOBODY, Counts, RequestList, count_requests, list_requests
from tests.fixtures.operators import appoint
from tests.services.conftest import INA, PAUL
from tests.services.requests.asked import NO_CONTRACT, ask

HOUR = timedelta(hours=1)


@pytest.fixture
def queue(office: Desk) -> dict[str, str]:
    """One request of every fate, by name; the server's clock counts there."""
    appoint(office.engine, "Casey", Role.CSR)
    now = office.clock() if office.engine.dialect.name == "sqlite" else datetime.now(office.clock().tzinfo)
    put = office.engine
    return {
        "done": ask(put, status="Done", closed_at=now - HOUR, due_at=now - 9 * HOUR),
        "later": ask(put, due_at=now + 9 * HOUR, kind="document"),
        "late": ask(put, due_at=now - HOUR, status="In Progress", assigned_to="Casey"),
        "waiting": ask(put, PAUL, due_at=now - 2 * HOUR, status="Waiting", assigned_to="tester"),
        "soon": ask(put, due_at=now + HOUR, assigned_to="tester", **NO_CONTRACT),
        "latest": ask(put, INA, due_at=now - 30 * HOUR),
        "declined": ask(put, status="Declined", closed_at=now - 2 * HOUR, due_at=now - 9 * HOUR),
    }


def names(queue: dict[str, str], found: RequestList) -> list[str]:
    told = {number: name for name, number in queue.items()}
    return [told[request.number] for request in found.requests]


ORDER = ["latest", "late", "soon", "later", "waiting", "declined", "done"]


def test_that_what_is_late_comes_first_then_what_is_due_what_waits_and_what_is_closed(
    office: Desk, queue: dict[str, str]
) -> None:
    found = list_requests(office)
    assert (names(queue, found), found.more) == (ORDER, False)


@pytest.mark.parametrize("limit", [1, 2, 3, 5, 7, 8])
def test_that_pages_follow_each_other_without_gap_or_repetition(
    office: Desk, queue: dict[str, str], limit: int
) -> None:
    pages: list[str] = []
    while True:
        page = list_requests(office, limit=limit, offset=len(pages))
        pages += names(queue, page)
        assert page.more is (len(pages) < len(ORDER))
        if not page.more:
            break
    assert pages == ORDER
    assert list_requests(office, offset=99).requests == ()


def test_that_every_filter_narrows_and_several_narrow_together(office: Desk, queue: dict[str, str]) -> None:
    ina = show_user(office, site="MAIN", email=INA)
    for given, wanted in (
        ({"status": RequestStatus.DONE}, ["done"]),
        ({"status": OPEN}, ["latest", "late", "soon", "later", "waiting"]),
        ({"kind": RequestKind.DOCUMENT}, ["later"]),
        ({"user_id": ina.id}, ["latest"]),
        ({"email": PAUL.upper()}, ["waiting"]),
        ({"site": "main", "status": RequestStatus.DECLINED}, ["declined"]),
        ({"site": "PRAIRIE"}, []),
        ({"assigned_to": "CASEY"}, ["late"]),
        ({"assigned_to": "zoe"}, []),
        ({"assigned_to": NOBODY, "status": OPEN}, ["latest", "later"]),
        ({"overdue": True}, ["latest", "late"]),
        ({"overdue": False, "assigned_to": "tester"}, ["soon", "waiting"]),
    ):
        assert names(queue, list_requests(office, **given)) == wanted, given
    with pytest.raises(NotFound, match="There is no site WEST"):
        list_requests(office, site="WEST")


def test_that_the_queue_is_counted(office: Desk, queue: dict[str, str]) -> None:
    assert count_requests(office) == Counts(open=5, overdue=2, unassigned=2, mine=2)
    assert count_requests(office, site="MAIN").open == 5
    assert count_requests(office, site="PRAIRIE") == Counts(0, 0, 0, 0)
