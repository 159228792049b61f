"""The hand-written ASPIRE already received into the snapshot, three sites, and a few end users."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from sqlalchemy import Engine

from portal_admin.aspire.client import AspireClient
from portal_admin.domain.people import Status
from portal_admin.models.engine import open_engine, writing
from portal_admin.sandbox.portfolio import FilePortfolio
from portal_admin.sandbox.server import Sandbox
from portal_admin.services.desk import Desk
from tests.fixtures.database import Databases
from tests.fixtures.desk import Clock
from tests.services.filled import add_site, add_user, receive
from tests.services.sql_server import judged

RUTH, PAUL, INA = "ruth@prairie.example", "paul@new.example", "ina@old.example"


@pytest.fixture(scope="session")
def office_template(small: FilePortfolio, databases: Databases) -> str:
    """Site MAIN takes unlabelled contracts and NORTHWIND, PRAIRIE takes two labels, EASTCOAST takes EASTERN."""

    def fill(engine: Engine) -> None:
        with Sandbox(small) as box:
            client = AspireClient(box.url, user="sandbox", password=lambda: "sandbox")
            receive(engine, client)
            client.close()
        _found(engine)

    return databases.template("office", fill)


def _found(engine: Engine) -> None:
    with writing(engine) as connection:
        main = add_site(connection, "MAIN", ["NORTHWIND"], unlabelled=True)
        prairie = add_site(connection, "PRAIRIE", ["PRAIRIE", "PRAIRIE WEST"])
        add_site(connection, "EASTCOAST", ["EASTERN"])
        add_user(connection, main, RUTH, [(1, "A-001")])
        add_user(connection, main, PAUL, [(2, "A-002")], first="Paul", last="New", status=Status.PENDING)
        ina = [(4, "A-004"), (1, "A-001")]
        add_user(connection, main, INA, ina, first="Ina", last="Old", status=Status.INACTIVE)
        add_user(connection, prairie, RUTH, [(1, "A-001")])


@pytest.fixture
def office(office_template: str, databases: Databases, aspire: AspireClient, clock: Clock) -> Iterator[Desk]:
    """A desk at a portal of its own that is filled already, and at an ASPIRE of its own."""
    url = databases.fresh(office_template)
    engine = open_engine(url)
    yield Desk(engine=engine, aspire=aspire, clock=clock, operator="tester")
    assert engine.pool.checkedout() == 0, "a connection was not given back"  # type: ignore[attr-defined]
    engine.dispose()
    databases.give_back(url)


@pytest.fixture(scope="session")
def statements_for_sql_server() -> Iterator[dict[str, str]]:
    """What SQL Server could not do of the statements that the services executed so far."""
    with judged() as faults:
        yield faults


@pytest.fixture(autouse=True)
def sql_server_could_do_it(statements_for_sql_server: dict[str, str]) -> Iterator[None]:
    """Fails a test whose services asked the database for what SQL Server has not."""
    yield
    found = dict(statements_for_sql_server)
    statements_for_sql_server.clear()
    assert found == {}
