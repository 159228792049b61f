"""The list of recent callers and the small files of this desk."""

from __future__ import annotations

import stat
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from portal_admin.ui.local_files import local_file, read_local, write_local
from portal_admin.ui.recent_callers import FOLDER, MOST, RecentCaller, note_caller, recent_callers

NOW = datetime(2026, 11, 20, 14, 2, tzinfo=UTC)


def caller(number: int) -> RecentCaller:
    at = NOW + timedelta(minutes=number)
    return RecentCaller("northwind", f"c{number}@prairie.example", f"Caller {number}", at)


def test_that_the_newest_caller_stands_first_and_once() -> None:
    for number in (1, 2, 1):
        note_caller("UAT", caller(number))
    assert [one.email for one in recent_callers("UAT")] == ["c1@prairie.example", "c2@prairie.example"]


def test_that_no_more_than_the_last_twelve_are_kept() -> None:
    for number in range(MOST + 3):
        note_caller("UAT", caller(number))
    kept = recent_callers("UAT")
    assert len(kept) == MOST
    assert kept[0] == caller(MOST + 2)


def test_that_profiles_do_not_share_their_callers() -> None:
    note_caller("UAT", caller(1))
    assert recent_callers("PROD") == ()


def test_that_a_damaged_file_is_no_list_and_is_written_anew() -> None:
    note_caller("UAT", caller(1))
    local_file(FOLDER, "UAT").write_text("{ half", encoding="utf-8")
    assert recent_callers("UAT") == ()
    note_caller("UAT", caller(2))
    assert recent_callers("UAT") == (caller(2),)


def test_that_records_that_name_nobody_are_left_out() -> None:
    broken = [
        None,
        {"site": "s"},
        {"site": "s", "email": "e", "at": "yesterday"},
        {"email": 3, "at": "2026-11-20T14:02"},
    ]
    write_local(local_file(FOLDER, "UAT"), broken)
    assert recent_callers("UAT") == ()


@pytest.mark.skipif(sys.platform == "win32", reason="Windows keeps rights in the folder")
def test_that_the_file_is_for_its_owner_alone(home: Path) -> None:
    note_caller("UAT", caller(1))
    path = local_file(FOLDER, "UAT")
    assert path.is_relative_to(home)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700


def test_that_a_write_that_fails_leaves_what_was_there() -> None:
    path = local_file(FOLDER, "UAT")
    write_local(path, ["kept"])
    with pytest.raises(TypeError):
        write_local(path, [object()])
    assert read_local(path) == ["kept"]
    assert list(path.parent.iterdir()) == [path]


def test_that_a_list_that_cannot_be_written_still_names_the_caller(home: Path) -> None:
    home.mkdir(exist_ok=True)
    (home / FOLDER).write_text("in the way", encoding="utf-8")
    assert note_caller("UAT", caller(1)) == (caller(1),)
