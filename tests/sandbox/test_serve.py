"""The sandbox in the foreground: says where it listens, and ends cleanly when told to."""

from __future__ import annotations

import signal
import subprocess
import sys
from collections.abc import Iterator

import httpx
import pytest

PROGRAM = "from portal_admin.sandbox import generated, server; server.serve(generated.generate(20, 7), 0)"


@pytest.fixture
def served() -> Iterator[subprocess.Popen[str]]:
    process = subprocess.Popen(
        [sys.executable, "-c", PROGRAM], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    with process:
        yield process
        process.kill()


@pytest.mark.skipif(sys.platform == "win32", reason="Windows ends a process without a signal it could handle")
@pytest.mark.parametrize("end", [signal.SIGTERM, signal.SIGINT])
def test_that_it_serves_until_it_is_told_to_stop(served: subprocess.Popen[str], end: signal.Signals) -> None:
    assert served.stdout
    said, _, url = served.stdout.readline().strip().rpartition(" ")
    assert said == "listening on"
    assert httpx.get(f"{url}/instance").json()["Code"] == "NotSignedIn"
    served.send_signal(end)
    out, err = served.communicate(timeout=10)
    assert (served.returncode, out, err) == (0, "", "")
