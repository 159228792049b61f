"""What every test gets: no screen, no real settings or keyring, and no thread left behind."""

from __future__ import annotations

import os

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

import threading
import time
from collections.abc import Iterator
from pathlib import Path

import hypothesis
import keyring
import pytest
from keyring.backend import KeyringBackend
from keyring.errors import PasswordDeleteError

from portal_admin import credentials
from portal_admin.log import stop_logging

pytest_plugins = [
    "tests.fixtures.sandbox",
    "tests.fixtures.postgres",
    "tests.fixtures.database",
    "tests.fixtures.desk",
    "tests.fixtures.post",
]

hypothesis.settings.register_profile(
    "portal", derandomize=True, deadline=None, max_examples=50, database=None
)
hypothesis.settings.load_profile("portal")

SECONDS_TO_FINISH = 2.0


class MemoryKeyring(KeyringBackend):
    """A keyring that forgets everything when the test ends."""

    priority = 1

    def __init__(self) -> None:
        super().__init__()
        self.secrets: dict[tuple[str, str], str] = {}

    def get_password(self, service: str, username: str) -> str | None:
        return self.secrets.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        self.secrets[service, username] = password

    def delete_password(self, service: str, username: str) -> None:
        if self.secrets.pop((service, username), None) is None:
            raise PasswordDeleteError("no such secret")


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """The folder that holds this test's settings, data and logs."""
    for name in [name for name in os.environ if name.startswith("PORTAL_ADMIN_")]:
        monkeypatch.delenv(name)
    folder = tmp_path / "home"
    monkeypatch.setenv("PORTAL_ADMIN_HOME", str(folder))
    yield folder
    stop_logging()


@pytest.fixture(autouse=True)
def memory_keyring(monkeypatch: pytest.MonkeyPatch) -> MemoryKeyring:
    """The keyring of this test, empty at its start, as is what the session remembers."""
    monkeypatch.setattr(credentials, "_session", {})
    backend = MemoryKeyring()
    keyring.set_keyring(backend)
    return backend


@pytest.fixture(autouse=True)
def no_thread_is_left_behind() -> Iterator[None]:
    """Fails a test whose threads outlive it; Qt's pool threads belong to Qt."""
    before = set(threading.enumerate())
    yield
    deadline = time.monotonic() + SECONDS_TO_FINISH
    for thread in _new_threads(before):
        thread.join(max(0.0, deadline - time.monotonic()))
    assert not _new_threads(before), "threads outlived the test"


def _new_threads(before: set[threading.Thread]) -> list[threading.Thread]:
    return [
        thread
        for thread in threading.enumerate()
        if thread not in before and not isinstance(thread, threading._DummyThread)
    ]
