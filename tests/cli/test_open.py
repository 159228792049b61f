"""`open`: what is no place is refused, and without any display nothing hangs or ends badly."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from portal_admin.cli import run


@pytest.mark.parametrize(
    "place",
    [
        "",
        "user:MAIN",
        "contract:",
        "delete:north",
        "rm -rf /",
        "users deactivate",
        "contract:1\n2",
        f"contract:{'1' * 500}",
    ],
)
def test_that_what_is_no_place_is_a_mistake_of_the_line(
    place: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["open", place]) == 2
    assert "user:SITE/EMAIL" in capsys.readouterr().err


def test_that_without_a_window_and_without_a_display_it_says_so(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "portal_admin", "open", "contract:0012-0045", "--json"],
        env={"PORTAL_ADMIN_HOME": str(tmp_path), "PATH": ""},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert done.returncode == 1
    assert "No window is open to show it in." in done.stderr
    assert '"kind":"settings"' in done.stdout
