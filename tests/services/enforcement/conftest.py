"""A portal on a real server whose logins have what `db grants` gives them, and nothing else."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import Engine, make_url

from portal_admin.aspire.client import AspireClient
from portal_admin.domain.permissions import Role
from portal_admin.models.engine import open_engine
from portal_admin.services.desk import Desk
from portal_admin.services.grants_script import script
from tests.fixtures.database import PostgresDatabases
from tests.fixtures.desk import Clock
from tests.fixtures.operators import appoint, filling
from tests.fixtures.postgres import SUPERUSER, PostgresServer, programs
from tests.services.conftest import RUTH
from tests.services.portal_rows import add_payment, add_request

NAMES = {Role.READ_ONLY: "rhea", Role.CSR: "casey", Role.ADMINISTRATOR: "adele"}


def run_script(server: PostgresServer, database: str, text: str) -> None:
    """Give the script to psql, as whoever looks after the server would."""
    folder = programs()
    assert folder is not None
    where = ("--host", str(server.folder), "--username", SUPERUSER, "--dbname", database)
    done = subprocess.run(
        [folder / "psql", "--no-psqlrc", "--quiet", "--output", "/dev/null", *where, "--file", "-"],
        input=text.encode("ascii"),
        capture_output=True,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, b""), done.stderr.decode()


class EnforcedPortal:
    """One database, and the desks of its operators, each with a login of its own."""

    def __init__(self, url: str, server: PostgresServer, aspire: AspireClient, clock: Clock) -> None:
        self.url = url
        self.server = server
        self.database = str(make_url(url).database)
        self._aspire = aspire
        self._clock = clock
        self._engines: list[Engine] = []
        self.owner = self.engine()

    def engine(self, login: str | None = None) -> Engine:
        """An engine of that login, or of the owner of the tables."""
        address = make_url(self.url) if login is None else make_url(self.url).set(username=login)
        engine = open_engine(address.render_as_string(hide_password=False))
        self._engines.append(engine)
        return engine

    def desk(self, who: Role | str) -> Desk:
        """The desk of an operator, or of the operator with that role."""
        name = NAMES[who] if isinstance(who, Role) else who
        return Desk(self.engine(name), self._aspire, self._clock, name)

    def enforce(self) -> None:
        """Do again what `db grants` prints, as after a change of operators."""
        run_script(self.server, self.database, script(self.owner))

    def close(self) -> None:
        for engine in self._engines:
            assert engine.pool.checkedout() == 0, "a connection was not given back"  # type: ignore[attr-defined]
            engine.dispose()


@pytest.fixture(scope="session")
def enforced_template(office_template: str, databases: PostgresDatabases) -> str:
    """The office with an operator of each role, what people did in the portal, and what `db grants` printed done."""

    def fill(engine: Engine) -> None:
        for role, name in NAMES.items():
            appoint(engine, name, role)
        with filling(engine) as connection:
            add_payment(connection, RUTH)
            add_request(connection, RUTH)
        run_script(databases.server, str(engine.url.database), script(engine))

    return databases.template("enforced", fill, of=office_template)


@pytest.fixture
def portal(
    enforced_template: str, databases: PostgresDatabases, aspire: AspireClient, clock: Clock
) -> Iterator[EnforcedPortal]:
    """An enforced portal of this test's own."""
    url = databases.fresh(enforced_template)
    found = EnforcedPortal(url, databases.server, aspire, clock)
    yield found
    found.close()
    databases.give_back(url)


def sqlstate(refused: pytest.ExceptionInfo[Any]) -> str | None:
    """What the server said no with, None when it was not the server that did."""
    cause = refused.value.__cause__
    return getattr(getattr(cause, "orig", None), "sqlstate", None)
