from __future__ import annotations

import io
import json
from collections.abc import Iterator

import keyring
import pytest
from keyring.backends import fail

from portal_admin.cli import run
from portal_admin.credentials import Secret, get_password
from portal_admin.sandbox.portfolio import from_dict
from portal_admin.sandbox.server import Sandbox
from portal_admin.settings import Profile, add_profile
from tests.conftest import MemoryKeyring


@pytest.fixture
def box() -> Iterator[Sandbox]:
    with Sandbox(from_dict({"Instance": {"InstanceId": "T1", "Version": "5.20.57", "Generation": 1}})) as box:
        add_profile(Profile("uat", "sqlite:///portal.db", box.url, "sandbox"))
        yield box


def typed(monkeypatch: pytest.MonkeyPatch, password: str) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO(f"{password}\n"))


@pytest.mark.usefixtures("box")
def test_that_a_password_that_aspire_accepts_is_kept(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    typed(monkeypatch, "sandbox")
    assert run(["signin", "--password-stdin", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert (told["profile"], told["secret"]) == ("uat", "aspire")
    assert told["expires_at"].endswith("Z")
    assert get_password("uat", Secret.ASPIRE) == "sandbox"


@pytest.mark.usefixtures("box")
def test_that_a_password_that_aspire_refuses_is_not_kept(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], memory_keyring: MemoryKeyring
) -> None:
    typed(monkeypatch, "wrong")
    assert run(["signin", "--password-stdin", "--json"]) == 3
    captured = capsys.readouterr()
    assert json.loads(captured.out)["error"]["kind"] == "aspire_sign_in"
    assert memory_keyring.secrets == {}


@pytest.mark.usefixtures("box")
def test_that_without_a_keyring_the_other_ways_are_told(
    capsys: pytest.CaptureFixture[str],
) -> None:
    keyring.set_keyring(fail.Keyring())  # type: ignore[no-untyped-call]
    assert run(["signin"]) == 1
    assert "or set PORTAL_ADMIN_ASPIRE_PASSWORD." in capsys.readouterr().err
    assert run(["signin", "--database"]) == 1
    assert "or set PORTAL_ADMIN_DATABASE_PASSWORD." in capsys.readouterr().err


@pytest.mark.usefixtures("engine")
def test_that_a_command_without_a_password_says_how_to_give_one(
    box: Sandbox, database_url: str, capsys: pytest.CaptureFixture[str]
) -> None:
    add_profile(Profile("desk", database_url, box.url, "sandbox"))
    assert run(["sync", "--profile", "desk"]) == 3
    said = "There is no password to sign in with: run `portal-admin signin`, or set PORTAL_ADMIN_ASPIRE_PASSWORD."
    assert said in capsys.readouterr().err
    keyring.set_keyring(fail.Keyring())  # type: ignore[no-untyped-call]
    assert run(["sync", "--profile", "desk"]) == 1
    told = capsys.readouterr().err
    assert "There is no password to sign in with" in told
    assert "or set PORTAL_ADMIN_ASPIRE_PASSWORD." in told
