from __future__ import annotations

import tomllib
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal_admin import settings
from portal_admin.errors import InvalidInput, NotFound, Refused, SettingsProblem
from portal_admin.models.engine import database_url, sqlite_file
from portal_admin.settings import (
    Profile,
    add_profile,
    choose_profile,
    default_database_url,
    read_profiles,
    remove_profile,
    use_profile,
)

UAT = Profile("uat", "sqlite:///uat.db", "https://uat.example/api", "jdoe")
LIVE = Profile(
    "live", "postgresql+psycopg://portal@db/portal", "https://live.example/api", "jdoe", production=True
)


def written(text: str) -> Path:
    path = settings.profiles_file()
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


def test_that_profiles_are_kept_in_order_and_the_first_becomes_current() -> None:
    add_profile(UAT)
    add_profile(LIVE)
    found = read_profiles()
    assert found.all == (UAT, LIVE)
    assert found.current == "uat"


def test_that_another_profile_can_be_made_current() -> None:
    add_profile(UAT)
    add_profile(LIVE)
    use_profile("live")
    assert choose_profile() == LIVE
    assert choose_profile("uat") == UAT


def test_that_an_existing_profile_is_overwritten_only_on_purpose() -> None:
    add_profile(UAT)
    changed = Profile("uat", "sqlite:///other.db")
    with pytest.raises(Refused):
        add_profile(changed)
    add_profile(changed, change=True)
    assert read_profiles().all == (changed,)


def test_that_removing_the_current_profile_leaves_none_chosen() -> None:
    add_profile(UAT)
    add_profile(LIVE)
    remove_profile("uat")
    assert read_profiles().all == (LIVE,)
    with pytest.raises(SettingsProblem, match="No profile is chosen"):
        choose_profile()


@pytest.mark.parametrize("act", [use_profile, remove_profile, choose_profile])
def test_that_an_unknown_profile_is_named(act: object) -> None:
    with pytest.raises(NotFound, match="nowhere"):
        act("nowhere")  # type: ignore[operator]


def test_that_without_any_profile_the_way_to_one_is_told() -> None:
    with pytest.raises(SettingsProblem, match="profile add"):
        choose_profile()


def test_that_the_environment_alone_is_enough(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PORTAL_ADMIN_DATABASE_URL", "sqlite:///run.db")
    monkeypatch.setenv("PORTAL_ADMIN_ASPIRE_USER", "service")
    assert choose_profile() == Profile("environment", "sqlite:///run.db", None, "service")


def test_that_the_environment_overrides_the_profile_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    add_profile(LIVE)
    monkeypatch.setenv("PORTAL_ADMIN_DATABASE_URL", "sqlite:///run.db")
    found = choose_profile("live")
    assert (found.name, found.database_url, found.aspire_url) == ("live", "sqlite:///run.db", LIVE.aspire_url)


def test_that_the_environment_overrides_its_own_part_of_the_current_profile(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    add_profile(UAT)
    monkeypatch.setenv("PORTAL_ADMIN_DATABASE_URL", "sqlite:///run.db")
    assert choose_profile() == replace(UAT, database_url="sqlite:///run.db")
    monkeypatch.delenv("PORTAL_ADMIN_DATABASE_URL")
    monkeypatch.setenv("PORTAL_ADMIN_ASPIRE_USER", "service")
    assert choose_profile() == replace(UAT, aspire_user="service")


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ('current = "uat"\n[profile.uat\n', "line 2"),
        ("current = ", "at its end"),
        ('[profile.uat]\ndatabase_url = "sqlite:///x.db"\nproduction = "yes"\n', "production"),
        ('[profile.uat]\ndatabase_url = "sqlite:///x.db"\npassword = "x"\n', "password"),
        ("[profile.uat]\nproduction = true\n", "database_url"),
    ],
)
def test_that_a_file_with_a_mistake_is_named_with_the_place(text: str, place: str) -> None:
    path = written(text)
    with pytest.raises(SettingsProblem) as caught:
        read_profiles()
    assert str(path) in caught.value.message
    assert place in caught.value.message


def test_that_a_file_that_is_no_text_is_named() -> None:
    settings.profiles_file().parent.mkdir(parents=True)
    settings.profiles_file().write_bytes(b"\xff\xfe\x00")
    with pytest.raises(SettingsProblem, match="cannot be read"):
        read_profiles()


@pytest.mark.parametrize(
    "profile",
    [
        Profile("", "sqlite:///x.db"),
        Profile("../x", "sqlite:///x.db"),
        Profile("x", "portal.db"),
        Profile("x", "postgresql://portal:hunter2@db/portal"),
        Profile("x", "sqlite:///x.db", "http://aspire.example"),
        Profile("x", "sqlite:///x.db", "aspire.example"),
        Profile("x", "sqlite:///x.db", "https://jdoe:hunter2@aspire.example"),
        Profile("x", "sqlite:///x.db", "https://[::1"),
    ],
)
def test_that_a_profile_that_cannot_work_is_not_stored(profile: Profile) -> None:
    with pytest.raises(InvalidInput) as caught:
        add_profile(profile)
    assert "hunter2" not in caught.value.message
    assert not settings.profiles_file().exists()


def test_that_plain_http_is_for_this_machine_only() -> None:
    add_profile(Profile("sandbox", "sqlite:///x.db", "http://127.0.0.1:8080", "sandbox"))


def test_that_a_failed_write_keeps_the_old_file(monkeypatch: pytest.MonkeyPatch) -> None:
    add_profile(UAT)

    def full(_handle: int) -> None:
        raise OSError("No space left on device")

    monkeypatch.setattr("os.fsync", full)
    with pytest.raises(SettingsProblem, match="cannot be written"):
        add_profile(LIVE)
    assert read_profiles().all == (UAT,)
    assert [path.name for path in settings.profiles_file().parent.iterdir()] == [settings.FILE]


def test_that_the_default_database_lies_in_the_data_folder(home: Path) -> None:
    assert default_database_url("My desk") == f"sqlite:///{home.as_posix()}/My_desk.db"


@given(st.text())
def test_that_any_text_survives_the_file(text: str) -> None:
    quoted = settings._quoted(text.encode("utf-8", "ignore").decode())
    assert tomllib.loads(f"x = {quoted}")["x"] == text.encode("utf-8", "ignore").decode()


def test_that_the_default_database_can_be_opened_whatever_the_folder_is_called(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PORTAL_ADMIN_HOME", str(tmp_path / "100% désk #1?"))
    assert sqlite_file(database_url(default_database_url("uat"))) == tmp_path / "100% désk #1?" / "uat.db"
