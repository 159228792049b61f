from __future__ import annotations

from datetime import UTC, datetime

import keyring
import pytest
from keyring.backends.fail import Keyring as NoKeyring

from portal_admin.credentials import Secret, set_password
from portal_admin.errors import SchemaMismatch
from portal_admin.models.engine import open_engine, reading
from portal_admin.settings import Profile, add_profile, choose_profile
from portal_admin.wiring import (
    close_desk,
    full_database_url,
    open_desk,
    open_profile,
    operator_name,
    password_name,
)

NOW = datetime(2026, 11, 21, 20, tzinfo=UTC)


def test_that_a_desk_opens_on_the_current_profile(database_url: str) -> None:
    add_profile(Profile("uat", database_url))
    desk = open_desk(clock=lambda: NOW)
    with reading(desk.engine) as connection:
        assert connection.exec_driver_sql("select count(*) from site").scalar() == 0
    assert (desk.aspire, desk.clock(), desk.operator) == (None, NOW, operator_name())
    close_desk(desk)


def test_that_a_desk_with_aspire_asks_it_nothing_yet(database_url: str) -> None:
    desk = open_profile(Profile("uat", database_url, "http://127.0.0.1:9", "sandbox"))
    assert desk.aspire is not None
    close_desk(desk)


def test_that_a_database_of_another_age_is_not_opened(tmp_path: object) -> None:
    url = f"sqlite:///{tmp_path}/old.db"
    open_engine(url, create=True).connect().close()
    with pytest.raises(SchemaMismatch):
        open_profile(Profile("uat", url))


def test_that_the_password_of_a_server_comes_from_the_keyring() -> None:
    profile = Profile("live", "postgresql://portal@db/portal")
    assert full_database_url(profile) == "postgresql+psycopg://portal@db/portal"
    set_password("live", Secret.DATABASE, "p@ss/word")
    assert full_database_url(profile) == "postgresql+psycopg://portal:p%40ss%2Fword@db/portal"


def test_that_what_was_typed_for_a_profile_never_reaches_what_the_environment_puts_in_its_place(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    add_profile(Profile("live", "postgresql://portal@db/portal", "https://live.example/api", "jdoe"))
    for secret in Secret:
        set_password("live", secret, f"{secret} of live")
    monkeypatch.setenv("PORTAL_ADMIN_DATABASE_URL", "postgresql://portal@elsewhere/portal")
    profile = choose_profile()
    assert full_database_url(profile) == "postgresql+psycopg://portal@elsewhere/portal"
    names = {secret: password_name(profile, secret) for secret in Secret}
    assert names == dict.fromkeys(Secret, "environment") | {Secret.ASPIRE: "live"}
    monkeypatch.delenv("PORTAL_ADMIN_DATABASE_URL")
    monkeypatch.setenv("PORTAL_ADMIN_ASPIRE_URL", "https://elsewhere.example/api")
    names = {secret: password_name(choose_profile(), secret) for secret in Secret}
    assert names == dict.fromkeys(Secret, "live") | {Secret.ASPIRE: "environment"}


def test_that_a_machine_without_a_keyring_asks_the_server_without_a_password() -> None:
    keyring.set_keyring(NoKeyring())
    profile = Profile("live", "postgresql://portal@db/portal")
    assert full_database_url(profile) == "postgresql+psycopg://portal@db/portal"


@pytest.mark.databases("postgresql")
def test_that_the_operator_of_a_server_is_its_login(database_url: str) -> None:
    desk = open_profile(Profile("live", database_url))
    assert desk.operator == "tester"
    close_desk(desk)


def test_that_the_operator_is_the_process_owner_whatever_the_environment_says(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    named = operator_name()
    for name in ("USER", "LOGNAME", "USERNAME"):
        monkeypatch.setenv(name, "somebody else")
    assert operator_name() == named != "somebody else"
