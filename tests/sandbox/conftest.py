"""A signed-in HTTP client of the test's own sandbox, and a generated portfolio."""

from __future__ import annotations

from collections.abc import Iterator

import httpx
import pytest

from portal_admin.sandbox.generated import generate
from portal_admin.sandbox.portfolio import Portfolio, Record
from portal_admin.sandbox.server import PASSWORD, USER, Sandbox
from portal_admin.sandbox.world import World
from tests.sandbox.generated import NOW, records


def signed_in(url: str) -> httpx.Client:
    """A client with a fresh token."""
    # Reading the system's certificates would cost each test a tenth of a second, and loopback needs none.
    client = httpx.Client(base_url=url, timeout=10, verify=False, trust_env=False)
    session = client.post("/session", json={"UserName": USER, "Password": PASSWORD}).json()
    client.headers["Authorization"] = f"Bearer {session['Token']}"
    return client


@pytest.fixture
def http(sandbox: Sandbox) -> Iterator[httpx.Client]:
    client = signed_in(sandbox.url)
    yield client
    client.close()


@pytest.fixture(scope="module")
def portfolio() -> Portfolio:
    return generate(2000, 7, NOW)


@pytest.fixture(scope="module")
def world(portfolio: Portfolio) -> World:
    return World(portfolio)


@pytest.fixture(scope="module")
def contracts(world: World) -> list[Record]:
    return records(world, "Contracts")


@pytest.fixture(scope="module")
def accounts(world: World) -> list[Record]:
    return records(world, "Accounts")
