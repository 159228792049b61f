"""A scripted server and a client whose time stands still unless it sleeps."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta

import pytest

from portal_admin.aspire.budget import Timing
from portal_admin.aspire.client import AspireClient
from tests.aspire.scripted import ScriptedServer

NOON = datetime(2026, 11, 21, 20, 0, tzinfo=UTC)


class StoppedTime:
    """Clocks that move only when somebody sleeps."""

    def __init__(self) -> None:
        self.seconds = 0.0
        self.slept: list[float] = []

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.seconds += seconds

    def timing(self) -> Timing:
        return Timing(
            now=lambda: NOON + timedelta(seconds=self.seconds),
            monotonic=lambda: self.seconds,
            sleep=self.sleep,
            jitter=lambda: 1.0,
        )


@pytest.fixture
def time() -> StoppedTime:
    return StoppedTime()


@pytest.fixture
def server() -> Iterator[ScriptedServer]:
    with ScriptedServer() as server:
        yield server


@pytest.fixture
def client(server: ScriptedServer, time: StoppedTime) -> Iterator[AspireClient]:
    """A client with the usual budget of 8 s, which passes only while it sleeps."""
    client = AspireClient(server.url, user="rep", password=lambda: "secret-word", timing=time.timing())
    yield client
    client.close()


@pytest.fixture
def hasty(server: ScriptedServer) -> Iterator[Callable[..., AspireClient]]:
    """Clients with a real clock and a budget of 0.3 s."""
    made: list[AspireClient] = []

    def make(**settings: float) -> AspireClient:
        settings = {"budget": 0.3, "sync_budget": 0.3, **settings}
        made.append(AspireClient(server.url, user="rep", password=lambda: "secret-word", **settings))
        return made[-1]

    yield make
    for client in made:
        client.close()
