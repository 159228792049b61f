"""A queue of four requests, and the page that shows it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import Engine

from portal_admin.models.engine import writing
from portal_admin.services.desk import Desk
from portal_admin.ui.navigation import Target
from portal_admin.ui.requests.page import RequestsPage
from tests.fixtures.desk import NOW
from tests.services.filled import add_site, add_user
from tests.services.requests.asked import NO_CONTRACT, RUTH, ask
from tests.ui.requests.acting import HOUR, PAUL, Open, Settle


@pytest.fixture
def queue(engine: Engine) -> dict[str, str]:
    """A late request, one that is due, one that waits, and one that is done."""
    with writing(engine) as connection:
        main = add_site(connection, "MAIN", ["NORTHWIND"], unlabelled=True)
        add_user(connection, main, RUTH, [(1, "A-001")])
        add_user(connection, main, PAUL, [(2, "A-002")], first="Paul", last="New")
    return {
        "due": ask(engine, due_at=NOW + 9 * HOUR, kind="document", subject="Signed lease", **NO_CONTRACT),
        "late": ask(
            engine, due_at=NOW - HOUR, message="Where is it?\n<b>now</b>", subject="Payoff <i>now</i>"
        ),
        "waiting": ask(engine, PAUL, status="Waiting", due_at=NOW - HOUR, assigned_to="tester"),
        "done": ask(engine, status="Done", closed_at=NOW - HOUR, due_at=NOW - HOUR),
    }


@pytest.fixture
def open_page(queue: dict[str, str], page: Callable[..., Any], desk: Desk, settle: Settle) -> Open:
    def build(target: Target | None = None, at: Desk = desk) -> RequestsPage:
        made: RequestsPage = page(RequestsPage, at)
        made.open(target or Target("requests"))
        settle()
        return made

    return build
