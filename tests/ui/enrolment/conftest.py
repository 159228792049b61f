"""The Enrolment page at a portal that was synced from the hand-written ASPIRE."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

import pytest

from portal_admin.sandbox.portfolio import FilePortfolio
from portal_admin.sandbox.server import Sandbox
from portal_admin.services.desk import Desk
from portal_admin.services.enrolment.submit import submit
from portal_admin.ui.enrolment.page import EnrolmentPage
from portal_admin.ui.navigation import Target
from tests.fixtures.database import Databases
from tests.services.enrolment.world import (
    RIGHT,
    fill,
    portfolio,
)

Settle = Callable[[], None]
Open = Callable[..., EnrolmentPage]


@pytest.fixture(scope="session")
def enrolling() -> FilePortfolio:
    return portfolio()


@pytest.fixture
def sandbox(enrolling: FilePortfolio) -> Iterator[Sandbox]:
    with Sandbox(enrolling) as box:
        yield box


@pytest.fixture
def database_url(databases: Databases, enrolling: FilePortfolio) -> Iterator[str]:
    url = databases.fresh(databases.template("enrolment", partial(fill, found=enrolling)))
    yield url
    databases.give_back(url)


@pytest.fixture
def open_page(page: Callable[..., Any], desk: Desk, settle: Settle) -> Open:
    def build(target: Target | None = None, at: Desk = desk) -> EnrolmentPage:
        made: EnrolmentPage = page(EnrolmentPage, at)
        made.open(target or Target("enrolment", site="MAIN"))
        settle()
        return made

    return build


@pytest.fixture
def tried(desk: Desk) -> Desk:
    """Three attempts: refused twice, then accepted."""
    submit(desk, **(RIGHT | {"postal_code": "1", "contract_id": "0012-0048"}))
    submit(
        desk, **(RIGHT | {"site": "PRAIRIE", "email": "<b>x</b>@nobody.example", "contract_id": "0012-0049"})
    )
    submit(desk, **RIGHT)
    return desk
