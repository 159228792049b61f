"""Signing in on demand, once for all threads, and never a second time with a rejected password."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

import pytest

from portal_admin.aspire.client import AspireClient
from portal_admin.errors import AspirePasswordExpired, AspireSignInFailed
from tests.aspire.conftest import StoppedTime
from tests.aspire.scripted import ScriptedServer, answer, error
from tests.aspire.test_transport import GOOD


def session(token: str, expires_at: str = "2026-11-21T21:00:00Z") -> bytes:
    return answer(200, {"Token": token, "ExpiresAt": expires_at})


@pytest.fixture
def passwords() -> list[str | None]:
    return ["secret-word"]


@pytest.fixture
def client(server: ScriptedServer, time: StoppedTime, passwords: list[str | None]) -> Iterator[AspireClient]:
    client = AspireClient(server.url, user="rep", password=lambda: passwords[-1], timing=time.timing())
    yield client
    client.close()


def test_that_one_sign_in_serves_many_questions(server: ScriptedServer, client: AspireClient) -> None:
    server.script.append(GOOD)
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda _: client.instance(), range(8)))
    assert server.paths.count("/session") == 1
    assert {asked.headers.get("authorization") for asked in server.asked if asked.target != "/session"} == {
        "Bearer token-1"
    }


def test_that_sign_in_says_when_the_session_ends(server: ScriptedServer, client: AspireClient) -> None:
    assert client.sign_in() == datetime(2026, 11, 22, 20, tzinfo=UTC)


def test_that_a_session_is_renewed_before_it_ends(
    server: ScriptedServer, client: AspireClient, time: StoppedTime
) -> None:
    server.script.append(GOOD)
    server.session.clear()
    server.session.extend([session("one"), session("two", "2026-11-21T22:00:00Z")])
    client.instance()
    time.seconds += 3539
    client.instance()
    assert server.paths.count("/session") == 1
    time.seconds += 1
    client.instance()
    assert server.asked[-1].headers["authorization"] == "Bearer two"


def test_that_a_session_that_seems_over_by_our_clock_is_used_until_aspire_rejects_it(
    server: ScriptedServer, client: AspireClient
) -> None:
    server.script.append(GOOD)
    server.session[0] = session("skewed", "2020-01-01T00:00:00Z")
    client.instance()
    client.instance()
    assert server.paths.count("/session") == 1


def test_that_a_rejected_token_is_replaced_once(server: ScriptedServer, client: AspireClient) -> None:
    server.script.extend([error(401, "TokenExpired"), GOOD])
    client.instance()
    assert server.paths == ["/session", "/instance", "/session", "/instance"]


def test_that_a_token_rejected_twice_fails(server: ScriptedServer, client: AspireClient) -> None:
    server.session.clear()
    server.session.extend([session("one"), session("two")])
    server.script.append(error(401, "TokenExpired"))
    with pytest.raises(AspireSignInFailed):
        client.instance()
    assert server.paths.count("/instance") == 2


def test_that_a_wrong_password_is_not_tried_again_for_a_minute(
    server: ScriptedServer, client: AspireClient, time: StoppedTime, passwords: list[str | None]
) -> None:
    server.session[0] = error(401, "SignInFailed")
    for _ in range(3):
        with pytest.raises(AspireSignInFailed) as caught:
            client.instance()
        assert "secret-word" not in caught.value.message
    assert server.paths == ["/session"]
    time.seconds += 60
    with pytest.raises(AspireSignInFailed):
        client.instance()
    assert server.paths == ["/session", "/session"]
    server.session[0] = session("one")
    server.script.append(GOOD)
    passwords.append("new-word")
    client.instance()


def test_that_signing_in_by_hand_always_asks(server: ScriptedServer, client: AspireClient) -> None:
    server.session[0] = error(401, "SignInFailed")
    for _ in range(2):
        with pytest.raises(AspireSignInFailed):
            client.sign_in()
    assert server.paths == ["/session", "/session"]


def test_that_a_stopped_login_has_its_own_message(server: ScriptedServer, client: AspireClient) -> None:
    server.session[0] = error(403, "PasswordChangeRequired")
    for _ in range(2):
        with pytest.raises(AspirePasswordExpired) as caught:
            client.instance()
        assert "Change its password in ASPIRE" in caught.value.message


def test_that_a_forbidden_login_is_a_failed_sign_in(server: ScriptedServer, client: AspireClient) -> None:
    server.session[0] = error(403, "PermissionDenied")
    with pytest.raises(AspireSignInFailed) as caught:
        client.instance()
    assert type(caught.value) is AspireSignInFailed


def test_that_an_unknown_password_is_said_without_asking(
    server: ScriptedServer, client: AspireClient, passwords: list[str | None]
) -> None:
    passwords.append(None)
    with pytest.raises(AspireSignInFailed) as caught:
        client.instance()
    assert "There is no password" in caught.value.message
    assert server.asked == []


def test_that_no_secret_shows_in_what_python_prints(server: ScriptedServer, client: AspireClient) -> None:
    client.sign_in()
    shown = " ".join(
        map(repr, [client, client._auth, vars(client), vars(client._auth), client._auth._session])
    )
    assert "secret-word" not in shown
    assert "token-1" not in shown
