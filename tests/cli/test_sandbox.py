from __future__ import annotations

import json
import signal
import subprocess
import sys
import urllib.request
from pathlib import Path

import pytest

from portal_admin.cli import run
from portal_admin.sandbox.faults import from_json

PORTFOLIO = {"Instance": {"InstanceId": "T1", "Version": "5.20.57", "Generation": 1}}


@pytest.mark.parametrize("words", [["--portfolio", "portfolio.json"], ["--contracts", "20", "--seed", "3"]])
def test_that_the_sandbox_says_where_it_listens_and_serves(
    words: list[str], tmp_path: Path, home: Path
) -> None:
    (tmp_path / "portfolio.json").write_text(json.dumps(PORTFOLIO))
    command = [sys.executable, "-m", "portal_admin", "sandbox", *words, "--port", "0"]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, text=True, cwd=tmp_path, env={"PORTAL_ADMIN_HOME": str(home)}
    ) as process:
        try:
            assert process.stdout is not None
            said = process.stdout.readline().strip()
            assert said.startswith("listening on http://127.0.0.1:")
            request = urllib.request.Request(
                f"{said.removeprefix('listening on ')}/session",
                data=b'{"UserName": "sandbox", "Password": "sandbox"}',
                headers={"Content-Type": "application/json"},
            )
            with urllib.request.urlopen(request, timeout=5) as answer:
                assert "Token" in json.load(answer)
        finally:
            process.send_signal(signal.SIGINT)
    assert process.returncode == 0


@pytest.mark.parametrize(
    "words",
    [
        ["--contracts", "1000001"],
        ["--contracts", "-1"],
        ["--port", "65536"],
        ["--port", "http"],
        ["--portfolio", "a.json", "--contracts", "5"],
    ],
)
def test_that_a_mistyped_figure_is_a_usage_error(words: list[str]) -> None:
    assert run(["sandbox", *words]) == 2


def test_that_a_file_that_is_no_portfolio_is_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "list.json").write_text("[1, 2]")
    assert run(["sandbox", "--portfolio", str(tmp_path / "list.json")]) == 1
    assert "portfolio" in capsys.readouterr().err
    assert run(["sandbox", "--portfolio", str(tmp_path / "missing.json")]) == 1


def test_that_help_tells_of_the_portfolio_file_and_of_changes_and_faults(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert run(["sandbox", "--help"]) == 0
    told = " ".join(capsys.readouterr().out.split())
    for part in ("FILE holds lists of records", "/_sandbox/records/Contracts/10", "PUT /_sandbox/faults"):
        assert part in told
    example = told[told.index("such as [") + len("such as ") : told.index(" lets it fail")]
    assert from_json(json.loads(example))
