from __future__ import annotations

import io
import json
from pathlib import Path

import keyring
import pytest
from keyring.backends import fail

from portal_admin.cli import run
from portal_admin.credentials import Secret, get_password, set_password


def out(capsys: pytest.CaptureFixture[str]) -> list[dict[str, object]]:
    return [json.loads(line) for line in capsys.readouterr().out.splitlines()]


def test_that_a_profile_without_address_gets_a_database_in_the_data_folder(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["profile", "add", "uat", "--json"]) == 0
    assert out(capsys) == [
        {
            "name": "uat",
            "database_url": f"sqlite:///{home}/uat.db",
            "aspire_url": None,
            "aspire_user": None,
            "production": False,
            "current": True,
        }
    ]


def test_that_profiles_are_listed_chosen_and_removed(capsys: pytest.CaptureFixture[str]) -> None:
    run(["profile", "add", "uat"])
    run(
        [
            "profile",
            "add",
            "live",
            "--production",
            "--aspire-url",
            "https://aspire.example",
            "--aspire-user",
            "jdoe",
        ]
    )
    assert run(["profile", "use", "live"]) == 0
    set_password("live", Secret.ASPIRE, "hunter2")
    capsys.readouterr()
    assert run(["profile", "list", "--json"]) == 0
    assert [(line["name"], line["current"], line["production"]) for line in out(capsys)] == [
        ("uat", False, False),
        ("live", True, True),
    ]
    assert run(["profile", "list"]) == 0
    assert "*  live" in capsys.readouterr().out
    assert run(["profile", "remove", "live", "--json"]) == 0
    assert out(capsys) == [{"removed": "live"}]
    assert get_password("live", Secret.ASPIRE) is None


def test_that_removing_a_profile_works_without_a_keyring(capsys: pytest.CaptureFixture[str]) -> None:
    run(["profile", "add", "uat"])
    keyring.set_keyring(fail.Keyring())  # type: ignore[no-untyped-call]
    assert run(["profile", "remove", "uat"]) == 0
    assert "keyring did not answer" in capsys.readouterr().err


def test_that_no_profile_is_told_with_the_way_to_one(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["profile", "list"]) == 0
    assert "profile add" in capsys.readouterr().err
    assert run(["db", "check"]) == 1
    assert "profile add" in capsys.readouterr().err


def test_that_the_database_password_is_kept_apart(monkeypatch: pytest.MonkeyPatch) -> None:
    run(["profile", "add", "live", "--database-url", "postgresql://portal@db/portal"])
    monkeypatch.setattr("sys.stdin", io.StringIO("s3cret\n"))
    assert run(["signin", "--database", "--password-stdin"]) == 0
    assert get_password("live", Secret.DATABASE) == "s3cret"


@pytest.mark.parametrize("typed", ["", "\n"])
def test_that_an_empty_password_is_refused(typed: str, monkeypatch: pytest.MonkeyPatch) -> None:
    run(["profile", "add", "live"])
    monkeypatch.setattr("sys.stdin", io.StringIO(typed))
    assert run(["signin", "--database", "--password-stdin"]) == 1


def test_that_without_a_terminal_nobody_is_asked(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    run(["profile", "add", "live"])
    monkeypatch.setattr("sys.stdin", io.StringIO("hunter2\n"))
    assert run(["signin", "--database"]) == 1
    assert "--password-stdin" in capsys.readouterr().err


def test_that_signing_in_needs_an_aspire(capsys: pytest.CaptureFixture[str]) -> None:
    run(["profile", "add", "uat"])
    assert run(["signin"]) == 1
    assert "names no ASPIRE" in capsys.readouterr().err


def test_that_changing_a_profile_keeps_what_is_not_given(capsys: pytest.CaptureFixture[str]) -> None:
    run(["profile", "add", "live", "--production", "--database-url", "sqlite:///live.db"])
    assert run(["profile", "add", "live", "--aspire-user", "jdoe"]) == 1
    capsys.readouterr()
    assert run(["profile", "add", "live", "--change", "--aspire-user", "jdoe", "--json"]) == 0
    (found,) = out(capsys)
    assert (found["database_url"], found["aspire_user"], found["production"]) == (
        "sqlite:///live.db",
        "jdoe",
        True,
    )
    assert run(["profile", "add", "live", "--change", "--no-production", "--json"]) == 0
    assert out(capsys)[0]["production"] is False


@pytest.mark.parametrize(
    ("change", "kept"), [(["--production"], "hunter2"), (["--aspire-url", "https://other.example"], None)]
)
def test_that_a_password_never_follows_to_another_server(change: list[str], kept: str | None) -> None:
    run(["profile", "add", "live", "--aspire-url", "https://aspire.example", "--aspire-user", "jdoe"])
    set_password("live", Secret.ASPIRE, "hunter2")
    assert run(["profile", "add", "live", "--change", *change]) == 0
    assert get_password("live", Secret.ASPIRE) == kept
