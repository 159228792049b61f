"""Whatever goes wrong, and however often it is tried: a request is one comment in ASPIRE, or none."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection, event

from portal_admin.aspire.budget import Timing
from portal_admin.aspire.client import AspireClient
from portal_admin.domain.service_requests import HandOver
from portal_admin.errors import DeskError
from portal_admin.sandbox.server import Sandbox
from portal_admin.services.desk import Desk
from portal_admin.services.requests import hand_over
from tests.fixtures.desk import NOW
from tests.services.requests.asked import ask, change, stored

pytestmark = pytest.mark.databases("sqlite")
WRITES: dict[str, dict[str, Any]] = {
    "lost before": {"drop": "before"},
    "lost after": {"drop": "after"},
    "failed": {"status": 500},
    "no right": {"status": 403},
    "busy": {"status": 429, "retry_after": 60},
    "a web page": {"html": True},
    "half": {"truncate": True},
    "done": {},
}
BLIND: dict[str, Any] = {"operation": "getComments", "status": 500}
STEPS = st.tuples(
    st.sampled_from(("hand over", "killed before", "killed after", "resolve")),
    st.sampled_from(sorted(WRITES)),
    # Whether the comments can be read: throughout, only before something is sent, or not at all.
    st.sampled_from(("seen", "lost from sight", "unseen")),
)


class Killed(BaseException):
    """The process ends here."""


@contextmanager
def ready(office: Desk, sandbox: Sandbox) -> Iterator[Desk]:
    """A desk whose ASPIRE is not taken for dead after what failed before."""
    timing = Timing(sleep=lambda _seconds: None)
    client = AspireClient(sandbox.url, user="sandbox", password=lambda: "sandbox", budget=2.0, timing=timing)
    yield replace(office, aspire=client)
    client.close()


@contextmanager
def losing_sight(desk: Desk, sandbox: Sandbox, wanted: bool) -> Iterator[None]:
    """Once something is stored, the comments cannot be read any more."""

    def blind(_connection: Connection) -> None:
        if wanted:
            sandbox.fault(**BLIND)

    event.listen(desk.engine, "commit", blind)
    try:
        yield
    finally:
        event.remove(desk.engine, "commit", blind)


def step(office: Desk, sandbox: Sandbox, number: str, what: str, write: str, sight: str) -> None:
    with ready(office, sandbox) as desk:
        if WRITES[write]:
            sandbox.fault(operation="createComment", **WRITES[write])
        if sight == "unseen":
            sandbox.fault(**BLIND)
        with suppress(DeskError, Killed), losing_sight(desk, sandbox, sight == "lost from sight"):
            if what == "resolve":
                hand_over.resolve(desk, number=number)
            elif what == "hand over":
                hand_over.hand_over(desk, number=number)
            else:
                die(desk, number, after=what == "killed after")
    sandbox.clear_faults()
    if stored(office.engine, number).hand_over == "sending":  # a minute passes
        change(office.engine, number, handed_over_at=NOW - timedelta(minutes=2))


def die(desk: Desk, number: str, *, after: bool) -> None:
    """The process is killed while it sends, before or after ASPIRE did it."""
    assert desk.aspire is not None
    send = desk.aspire.create_comment

    def killed(**asked: Any) -> Any:
        if after:
            send(**asked)
        raise Killed

    desk.aspire.create_comment = killed  # type: ignore[method-assign]
    hand_over.hand_over(desk, number=number)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=st.lists(STEPS, min_size=2, max_size=4))
def test_that_no_sequence_of_failures_makes_two_comments_or_loses_one(
    office: Desk, sandbox: Sandbox, steps: list[tuple[str, str, str]]
) -> None:
    number = ask(office.engine)
    for one in steps:
        step(office, sandbox, number, *one)
        held = held_by(office, sandbox, number)
        row = stored(office.engine, number)
        assert len(held) <= 1
        # What is stored never says more than ASPIRE does, and what ASPIRE holds is never called refused.
        assert (row.hand_over == "sent") <= (held == [row.comment_oid])
        assert not (row.hand_over in (None, "refused") and held)
    with ready(office, sandbox) as desk:
        found = hand_over.resolve(desk, number=number).request
        done = found if found.hand_over is HandOver.SENT else hand_over.hand_over(desk, number=number)
    assert held_by(office, sandbox, number) == [done.comment_oid]


def held_by(office: Desk, sandbox: Sandbox, number: str) -> list[int]:
    with ready(office, sandbox) as desk:
        assert desk.aspire is not None
        found = desk.aspire.comments(contract_oid=10)
        return [comment.oid for comment in found if comment.reference == number]
