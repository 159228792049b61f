"""An ASPIRE of any size with what a process needs to work with it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from portal_admin.aspire.client import AspireClient
from portal_admin.sandbox.generated import generate
from portal_admin.sandbox.server import Sandbox

SEED = 7


class Portal(NamedTuple):
    """A generated ASPIRE whose clock runs, a client of it, and the environment of a run that nobody watches."""

    box: Sandbox
    aspire: AspireClient
    environment: dict[str, str]


@contextmanager
def open_portal(contracts: int, *, database_url: str, home: Path) -> Iterator[Portal]:
    """A fresh one of that many contracts."""
    with Sandbox(generate(contracts, SEED)) as box:
        aspire = AspireClient(box.url, user="sandbox", password=lambda: "sandbox")
        environment = {
            "PORTAL_ADMIN_HOME": str(home),
            "PORTAL_ADMIN_DATABASE_URL": database_url,
            "PORTAL_ADMIN_ASPIRE_URL": box.url,
            "PORTAL_ADMIN_ASPIRE_USER": "sandbox",
            "PORTAL_ADMIN_ASPIRE_PASSWORD": "sandbox",
        }
        try:
            yield Portal(box, aspire, environment)
        finally:
            aspire.close()
