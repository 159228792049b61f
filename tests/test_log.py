from __future__ import annotations

import json
import logging
import sys
from collections.abc import Iterator
from pathlib import Path
from stat import S_IMODE
from typing import Any

import pytest

from portal_admin.log import last_lines, redacted, start_logging, stop_logging

log = logging.getLogger("portal_admin.test")


@pytest.fixture(autouse=True)
def _logging() -> Iterator[None]:
    start_logging()
    yield
    stop_logging()


def lines(home: Path) -> list[dict[str, Any]]:
    text = (home / "logs" / "portal-admin.jsonl").read_text(encoding="utf-8")
    return [json.loads(line) for line in text.splitlines()]


def test_that_a_line_is_json_with_utc_time_and_correlation_id(home: Path) -> None:
    log.warning("said %s\nover two lines", "so", extra={"correlation_id": "abcd1234"})
    (line,) = lines(home)
    assert line["at"].endswith("Z")
    assert (line["level"], line["message"], line["correlation_id"]) == (
        "warning",
        "said so\nover two lines",
        "abcd1234",
    )


def test_that_a_traceback_is_in_the_log_without_its_secrets(home: Path) -> None:
    try:
        raise ValueError("cannot open postgresql://portal:hunter2@db/portal")
    except ValueError:
        log.exception("failed")
    (line,) = lines(home)
    assert "ValueError" in line["exception"]
    assert "hunter2" not in line["exception"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Authorization: Bearer abc.def-123", "Bearer abc"),
        ('{"Password": "hunter2", "UserName": "jdoe"}', "hunter2"),
        ("password=hunter2 user=jdoe", "hunter2"),
        ("Token: hunter2", "hunter2"),
        ("https://jdoe:hunter2@aspire.example/x", "hunter2"),
        ("account 000123456789 closed", "00012345"),
    ],
)
def test_that_secrets_are_not_written(text: str, expected: str) -> None:
    assert expected not in redacted(text)


def test_that_the_last_four_of_an_account_and_short_numbers_stay() -> None:
    assert (
        redacted("account 000123456789, contract 0012-0045, 30 days")
        == "account …6789, contract 0012-0045, 30 days"
    )


def test_that_starting_twice_writes_once(home: Path) -> None:
    start_logging()
    log.info("once")
    assert len(lines(home)) == 1


def test_that_a_folder_that_cannot_be_made_costs_the_log_only(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").write_text("in the way")
    monkeypatch.setenv("PORTAL_ADMIN_HOME", str(tmp_path / "file"))
    start_logging()
    log.warning("nowhere to go")


def test_that_a_log_held_by_another_process_is_written_on(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def held(_source: str, _target: str) -> None:
        raise PermissionError

    monkeypatch.setattr("portal_admin.log.BYTES_PER_FILE", 300)
    monkeypatch.setattr("os.rename", held)
    start_logging()
    for number in range(9):
        log.info("line %d", number)
    assert [line["message"] for line in lines(home)] == [f"line {number}" for number in range(9)]


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such modes")
def test_that_nobody_else_reads_a_new_log_and_an_old_one_stays_as_it_is(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = home / "logs"
    file = folder / "portal-admin.jsonl"
    log.info("new")
    assert (S_IMODE(folder.stat().st_mode), S_IMODE(file.stat().st_mode)) == (0o700, 0o600)
    file.chmod(0o640)
    start_logging()
    log.info("old")
    assert S_IMODE(file.stat().st_mode) == 0o640
    monkeypatch.setattr("portal_admin.log.BYTES_PER_FILE", 10)
    start_logging()
    log.info("rotated")
    assert S_IMODE(file.stat().st_mode) == 0o600


def test_that_the_newest_lines_are_read_across_a_change_of_files(home: Path) -> None:
    folder = home / "logs"
    stop_logging()
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "portal-admin.jsonl.1").write_text("1\n2\n3\n", encoding="utf-8")
    assert last_lines(2) == ["2", "3"]
    (folder / "portal-admin.jsonl").write_text("4\n5\n", encoding="utf-8")
    assert last_lines(3) == ["3", "4", "5"]
    assert last_lines(2) == ["4", "5"]
    assert last_lines(9) == ["1", "2", "3", "4", "5"]


def test_that_a_log_that_is_not_there_has_no_lines(home: Path) -> None:
    assert last_lines(5) == []
