from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from portal_admin.cli import frame, run
from portal_admin.errors import DONE, AspireTooSlow, DatabaseProblem, DeskError, NotFound, Refused


def portal_admin(*words: str, home: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "portal_admin", *words],
        env={"PORTAL_ADMIN_HOME": str(home), "PATH": ""},
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
    )


@pytest.fixture
def handler(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Stands in for the command group `sites`; its `act` is what `sites go` does."""
    group = SimpleNamespace(act=lambda _context, _args: DONE)

    def add(commands: frame.Commands) -> None:
        sites = commands.group("sites", help="Sites")
        going = sites.command("go", lambda context, args: group.act(context, args), help="Go")
        going.add_argument("--label", action="append")

    monkeypatch.setattr(frame, "_load", lambda _module: SimpleNamespace(add=add))
    return group


@pytest.mark.parametrize(
    "words",
    [
        ["--json", "--profile", "uat", "sites", "go"],
        ["sites", "--json", "--profile", "uat", "go"],
        ["sites", "go", "--json", "--profile", "uat"],
        ["--profile=uat", "sites", "go", "--json"],
    ],
)
def test_that_the_shared_flags_may_stand_anywhere(words: list[str], handler: Any) -> None:
    seen = []
    handler.act = lambda context, _args: seen.append((context.json, context.profile)) or DONE
    assert run(words) == 0
    assert seen == [(True, "uat")]


def test_that_a_profile_named_like_a_command_is_no_command(handler: Any) -> None:
    seen = []
    handler.act = lambda context, _args: seen.append(context.profile) or DONE
    assert run(["--profile", "users", "sites", "go"]) == 0
    assert seen == ["users"]


@pytest.mark.parametrize(("json_form", "lines"), [(True, 1), (False, 0)])
def test_that_a_refusal_exits_1_and_names_its_rule(
    json_form: bool, lines: int, handler: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    def refuse(_context: object, _args: object) -> int:
        raise Refused("The last link cannot be removed.", rule="last_link")

    handler.act = refuse
    assert run(["sites", "go", *(["--json"] if json_form else [])]) == 1
    captured = capsys.readouterr()
    assert "The last link cannot be removed." in captured.err
    assert len(captured.out.splitlines()) == lines
    if json_form:
        assert json.loads(captured.out)["error"]["rule"] == "last_link"


def test_that_what_could_not_be_looked_at_exits_3(handler: Any) -> None:
    def wait(_context: object, _args: object) -> int:
        raise AspireTooSlow("ASPIRE did not answer within 8 s. Try again.")

    handler.act = wait
    assert run(["sites", "go"]) == 3


def test_that_an_unknown_error_is_in_the_log_and_not_on_the_terminal(
    handler: Any, capsys: pytest.CaptureFixture[str], home: Path
) -> None:
    def fail(_context: object, _args: object) -> int:
        raise ValueError("inner secret workings")

    handler.act = fail
    assert run(["sites", "go", "--json"]) == 1
    captured = capsys.readouterr()
    assert "inner" not in captured.out + captured.err
    assert "Traceback" not in captured.err
    logged = json.loads((home / "logs" / "portal-admin.jsonl").read_text())
    assert logged["correlation_id"] in captured.err
    assert "inner secret workings" in logged["exception"]


@pytest.mark.parametrize(
    ("problem", "printed"),
    [
        (DeskError("Odd."), True),
        (DatabaseProblem("The file is locked."), True),
        (AspireTooSlow("ASPIRE did not answer."), True),
        (Refused("Not that one.", rule="some"), False),
        (NotFound("There is no such site."), False),
    ],
)
@pytest.mark.parametrize("form", [["--json"], []])
def test_that_every_failing_command_is_in_the_log_and_what_is_no_answer_names_its_reference(
    problem: DeskError,
    printed: bool,
    form: list[str],
    handler: Any,
    capsys: pytest.CaptureFixture[str],
    home: Path,
) -> None:
    def fail(_context: object, _args: object) -> int:
        raise problem

    handler.act = fail
    run(["sites", "go", *form])
    captured = capsys.readouterr()
    last = captured.err.splitlines()[-1]
    assert (last == f"Reference: {problem.correlation_id}") is printed
    assert problem.correlation_id not in captured.out
    logged = json.loads((home / "logs" / "portal-admin.jsonl").read_text().splitlines()[-1])
    assert logged["correlation_id"] == problem.correlation_id
    assert problem.kind in logged["message"]
    assert problem.message not in logged["message"]


def test_that_an_interrupt_is_quiet(handler: Any, capsys: pytest.CaptureFixture[str]) -> None:
    def interrupt(_context: object, _args: object) -> int:
        raise KeyboardInterrupt

    handler.act = interrupt
    assert run(["sites", "go"]) == 130
    assert capsys.readouterr() == ("", "")


@pytest.mark.parametrize(
    "words", [["nonsense"], ["sites"], ["sites", "go", "--colour"], ["sites", "go", "--label"]]
)
def test_that_a_mistyped_line_exits_2_with_the_usage(
    words: list[str], handler: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run([*words, "--json"]) == 2
    captured = capsys.readouterr()
    assert "Usage: portal-admin" in captured.err
    assert json.loads(captured.out)["error"]["kind"] == "usage"


def test_that_no_command_means_the_window(monkeypatch: pytest.MonkeyPatch) -> None:
    opened = []

    def add(commands: frame.Commands) -> None:
        commands.command("window", lambda context, _args: opened.append(context.profile) or DONE, help="Open")

    monkeypatch.setattr(frame, "_load", lambda _module: SimpleNamespace(add=add))
    assert run([]) == 0
    assert run(["--profile", "uat"]) == 0
    assert opened == [None, "uat"]


def test_that_help_lists_every_command_and_loads_none(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["--help"]) == 0
    printed = capsys.readouterr().out
    for name, _module, sentence in frame.COMMANDS:
        assert f"  {name} " in printed
        assert sentence.split()[0] in printed


@pytest.mark.parametrize("module", sorted({module for _, module, _ in frame.COMMANDS}))
def test_that_every_command_is_registered_by_the_module_named_for_it(
    module: str, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in [name for name, place, _ in frame.COMMANDS if place == module]:
        assert run([name, "--help"]) == 0
        assert f"usage: portal-admin {name}" in capsys.readouterr().out


def test_that_a_real_process_keeps_stdout_for_data(home: Path) -> None:
    done = portal_admin("profile", "list", "--json", home=home)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    done = portal_admin("profile", "use", "nowhere", "--json", home=home)
    assert done.returncode == 1
    assert json.loads(done.stdout)["error"]["kind"] == "not_found"
    assert done.stderr.startswith("Not found\n")


def test_that_a_reader_who_leaves_early_causes_no_complaint(home: Path) -> None:
    program = (
        "import os, sys; from portal_admin.cli.output import Output\n"
        "from types import SimpleNamespace; from portal_admin.cli import frame\n"
        "def act(context, args): context.out.rows(range(10**6), columns={'N': str}); return 0\n"
        "def add(commands): commands.command('sites', act, help='x')\n"
        "frame._load = lambda module: SimpleNamespace(add=add)\n"
        "sys.exit(frame.run(['sites', '--json']))\n"
    )
    with subprocess.Popen(
        [sys.executable, "-c", program],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env={"PORTAL_ADMIN_HOME": str(home)},
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        assert process.stdout.readline() == b"0\n"
        process.stdout.close()
        assert process.stderr.read() == b""
    assert process.returncode == 1


def test_that_starting_is_cheap() -> None:
    program = (
        "import sys; from portal_admin.cli import frame; frame._parser('profile').parse_args(['profile', 'list'])\n"
        "sys.exit(bool({'sqlalchemy', 'httpx', 'alembic', 'keyring', 'PySide6'} & set(sys.modules)))"
    )
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0
