from __future__ import annotations

import keyring
import pytest
from keyring.backends import fail, null
from keyring.errors import KeyringLocked

from portal_admin.credentials import (
    Secret,
    check_keyring,
    delete_passwords,
    get_password,
    remember_for_session,
    set_password,
)
from portal_admin.errors import InvalidInput, SecretsUnavailable
from tests.conftest import MemoryKeyring


class LockedKeyring(MemoryKeyring):
    def get_password(self, service: str, username: str) -> str | None:
        raise KeyringLocked("locked")

    def set_password(self, service: str, username: str, password: str) -> None:
        raise KeyringLocked("locked")


class WindowsLike(MemoryKeyring):
    pass


WindowsLike.__module__ = "keyring.backends.Windows"


def test_that_a_password_is_kept_for_each_profile_and_purpose() -> None:
    set_password("uat", Secret.ASPIRE, "one")
    set_password("uat", Secret.DATABASE, "two")
    assert get_password("uat", Secret.ASPIRE) == "one"
    assert get_password("uat", Secret.DATABASE) == "two"
    assert get_password("live", Secret.ASPIRE) is None


def test_that_the_environment_wins(monkeypatch: pytest.MonkeyPatch) -> None:
    set_password("uat", Secret.ASPIRE, "kept")
    remember_for_session("uat", Secret.ASPIRE, "remembered")
    monkeypatch.setenv("PORTAL_ADMIN_ASPIRE_PASSWORD", "given")
    assert get_password("uat", Secret.ASPIRE) == "given"


def test_that_forgetting_a_profile_forgets_all_its_passwords(memory_keyring: MemoryKeyring) -> None:
    set_password("uat", Secret.ASPIRE, "one")
    remember_for_session("uat", Secret.DATABASE, "two")
    delete_passwords("uat")
    assert get_password("uat", Secret.ASPIRE) is None
    assert get_password("uat", Secret.DATABASE) is None
    assert memory_keyring.secrets == {}


@pytest.mark.parametrize("backend", [fail.Keyring(), null.Keyring()])
def test_that_a_keyring_that_keeps_nothing_is_refused_and_the_session_serves(backend: object) -> None:
    keyring.set_keyring(backend)  # type: ignore[arg-type]
    with pytest.raises(SecretsUnavailable, match="this session"):
        set_password("uat", Secret.ASPIRE, "one")
    with pytest.raises(SecretsUnavailable):
        get_password("uat", Secret.ASPIRE)
    with pytest.raises(SecretsUnavailable):
        check_keyring()
    remember_for_session("uat", Secret.ASPIRE, "one")
    assert get_password("uat", Secret.ASPIRE) == "one"


def test_that_a_locked_keyring_is_told_in_our_words() -> None:
    keyring.set_keyring(LockedKeyring())
    with pytest.raises(SecretsUnavailable, match="locked"):
        get_password("uat", Secret.ASPIRE)
    with pytest.raises(SecretsUnavailable, match="locked"):
        set_password("uat", Secret.ASPIRE, "one")


def test_that_a_password_too_long_for_windows_is_refused_there() -> None:
    keyring.set_keyring(WindowsLike())
    set_password("uat", Secret.ASPIRE, "x" * 1280)
    with pytest.raises(InvalidInput, match="1,280"):
        set_password("uat", Secret.ASPIRE, "x" * 1281)


def test_that_an_empty_password_is_refused() -> None:
    with pytest.raises(InvalidInput):
        set_password("uat", Secret.ASPIRE, "")
