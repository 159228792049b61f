"""A signed-in HTTP client of the test's own sandbox."""

from __future__ import annotations

from collections.abc import Iterator

import httpx
import pytest

from portal_admin.sandbox.server import PASSWORD, USER, Sandbox


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
