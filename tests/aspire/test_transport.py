"""Budgets, retries, the circuit and everything a server can do wrong on the wire."""

from __future__ import annotations

import logging
import time as real_time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest

from portal_admin.aspire import transport
from portal_admin.aspire.client import AspireClient
from portal_admin.errors import (
    AspireBusy,
    AspireDenied,
    AspireFailed,
    AspirePasswordExpired,
    AspireReplyUnreadable,
    AspireTooSlow,
    AspireUnreachable,
    DeskError,
    InvalidInput,
)
from tests.aspire.conftest import StoppedTime
from tests.aspire.scripted import Answer, ScriptedServer, answer, drip, error, hang_up, silence

INSTANCE = {
    "InstanceId": "T1",
    "Version": "5",
    "Generation": 1,
    "Now": "2026-11-21T20:00:00Z",
    "Capabilities": [],
}
GOOD = answer(200, INSTANCE)

Hasty = Callable[..., AspireClient]


@pytest.mark.parametrize(
    "passing", [error(502, "x"), error(503, "x"), error(504, "x"), error(429, "x"), hang_up]
)
def test_that_a_passing_failure_is_retried_with_growing_waits(
    server: ScriptedServer, client: AspireClient, time: StoppedTime, passing: Answer
) -> None:
    server.script.extend([passing, passing, passing, GOOD])
    assert client.instance().instance_id == "T1"
    assert time.slept == [0.25, 0.5, 1.0]


def test_that_a_request_is_retried_three_times_at_most(server: ScriptedServer, client: AspireClient) -> None:
    server.script.append(error(503, "Unavailable"))
    with pytest.raises(AspireFailed):
        client.instance()
    assert server.paths.count("/instance") == 4


def test_that_an_error_of_aspires_own_is_not_retried(server: ScriptedServer, client: AspireClient) -> None:
    server.script.append(error(500, "InternalError"))
    with pytest.raises(AspireFailed) as caught:
        client.instance()
    assert server.paths.count("/instance") == 1
    assert "UPSTREAM" not in caught.value.message


def test_that_a_wait_within_the_budget_is_obeyed(
    server: ScriptedServer, client: AspireClient, time: StoppedTime
) -> None:
    server.script.extend([error(429, "TooManyRequests", Retry_After="3"), GOOD])
    client.instance()
    assert time.slept == [3.0]


@pytest.mark.parametrize("status", [429, 503])
@pytest.mark.parametrize("wait", ["30", "Sat, 21 Nov 2026 20:00:30 GMT"])
def test_that_a_wait_beyond_the_budget_fails_at_once_and_names_the_time(
    server: ScriptedServer, client: AspireClient, time: StoppedTime, status: int, wait: str
) -> None:
    server.script.append(error(status, "x", Retry_After=wait))
    with pytest.raises(AspireBusy) as caught:
        client.instance()
    assert "2026-11-21 20:00:30 UTC" in caught.value.message
    assert time.slept == []


def test_that_sync_obeys_a_wait_of_a_minute(
    server: ScriptedServer, client: AspireClient, time: StoppedTime
) -> None:
    page = answer(200, {"Items": [], "NextCursor": None})
    server.script.extend([error(503, "Unavailable", Retry_After="60"), page])
    client.account_page(changed_since=None, cursor=None)
    assert time.slept == [60.0]


def test_that_sync_does_not_obey_a_wait_of_ten_minutes(server: ScriptedServer, client: AspireClient) -> None:
    server.script.append(error(503, "Unavailable", Retry_After="600"))
    with pytest.raises(AspireBusy):
        client.account_page(changed_since=None, cursor=None)


HEADERS = b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n"


@pytest.mark.parametrize(
    "slow", [silence, drip(b"HTTP/1.1 200 OK\r\nX-Slow: " + b"x" * 500), drip(HEADERS + b" " * 500, 0.005)]
)
def test_that_no_way_of_being_slow_outlasts_the_budget(
    server: ScriptedServer, hasty: Hasty, slow: Answer
) -> None:
    server.script.append(slow)
    client = hasty()
    client.sign_in()
    began = real_time.monotonic()
    with pytest.raises(AspireTooSlow) as caught:
        client.instance()
    assert real_time.monotonic() - began < 2
    assert "0.3 seconds" in caught.value.message


def test_that_several_calls_share_the_budget_of_one_look_up(
    server: ScriptedServer, client: AspireClient, time: StoppedTime
) -> None:
    server.script.extend([error(429, "x", Retry_After="5"), GOOD, error(429, "x", Retry_After="5"), GOOD])
    with client.within(8):
        client.instance()
        with pytest.raises(AspireBusy):
            client.instance()
    assert time.slept == [5.0]


def test_that_a_refused_connection_is_unreachable(client: AspireClient, time: StoppedTime) -> None:
    closed = AspireClient("http://127.0.0.1:1", user="rep", password=lambda: "x", timing=time.timing())
    with pytest.raises(AspireUnreachable) as caught:
        closed.instance()
    closed.close()
    assert "VPN" in caught.value.message
    assert caught.value.__cause__ is not None


def test_that_a_body_that_stops_short_is_named(server: ScriptedServer, client: AspireClient) -> None:
    server.script.append(lambda connection: connection.sendall(HEADERS + b'{"InstanceId"'))
    with pytest.raises(AspireUnreachable) as caught:
        client.instance()
    assert "broke off" in caught.value.message


@pytest.mark.parametrize(
    ("bad", "kind"),
    [
        (answer(200, b"<html>UPSTREAM</html>"), AspireReplyUnreadable),
        (answer(200, b'{"InstanceId": "T1", '), AspireReplyUnreadable),
        (answer(200, b"\xff\xfe"), AspireReplyUnreadable),
        (answer(200, b"not gzip", Content_Encoding="gzip"), AspireReplyUnreadable),
        (answer(302, b"", Location="https://elsewhere.example/"), AspireFailed),
        (error(400, "InvalidRequest"), AspireFailed),
        (error(403, "PermissionDenied"), AspireDenied),
        (error(403, "PasswordChangeRequired"), AspirePasswordExpired),
        (answer(404, b"<html>UPSTREAM</html>"), AspireFailed),
        (error(418, "Teapot"), AspireFailed),
        (answer(500, b"UPSTREAM"), AspireFailed),
    ],
)
def test_that_every_bad_answer_has_a_name_and_shows_nothing_of_what_was_sent(
    server: ScriptedServer, client: AspireClient, bad: bytes, kind: type[DeskError]
) -> None:
    server.script.append(bad)
    with pytest.raises(kind) as caught:
        client.instance()
    assert type(caught.value) is kind
    assert "UPSTREAM" not in caught.value.message
    assert server.paths.count("/instance") == 1


def test_that_a_redirect_is_never_followed(server: ScriptedServer, client: AspireClient) -> None:
    server.script.append(answer(307, b"", Location="/elsewhere"))
    with pytest.raises(AspireFailed) as caught:
        client.instance()
    assert "never followed" in caught.value.message
    assert "/elsewhere" not in server.paths


def test_that_a_reply_beyond_the_limit_is_not_read(
    server: ScriptedServer, client: AspireClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(transport, "REPLY_LIMIT", 1024 * 1024)
    server.script.append(answer(200, b" " * (1024 * 1024 + 1)))
    with pytest.raises(AspireReplyUnreadable) as caught:
        client.instance()
    assert "larger than 1 MB" in caught.value.message


def test_that_the_circuit_opens_after_five_failures_and_closes_after_a_good_trial(
    server: ScriptedServer, client: AspireClient, time: StoppedTime
) -> None:
    server.script.append(error(500, "InternalError"))
    for _ in range(5):
        with pytest.raises(AspireFailed):
            client.instance()
    asked = len(server.asked)
    with pytest.raises(AspireUnreachable) as caught:
        client.instance()
    assert len(server.asked) == asked
    assert "10 more seconds" in caught.value.message
    time.seconds += 10
    with pytest.raises(AspireFailed):
        client.instance()
    with pytest.raises(AspireUnreachable):
        client.instance()
    time.seconds += 10
    server.script.append(GOOD)
    server.script.popleft()
    client.instance()
    client.instance()


def test_that_a_refusal_does_not_open_the_circuit(server: ScriptedServer, client: AspireClient) -> None:
    server.script.append(error(403, "PermissionDenied"))
    for _ in range(7):
        with pytest.raises(AspireDenied):
            client.instance()


@pytest.mark.parametrize(
    "address",
    [
        "http://aspire.example",
        "ftp://127.0.0.1",
        "aspire.example",
        "",
        "https://",
        "https://user:pass@aspire.example",
        "https://aspire.example/?a=1",
        "http://127.0.0.1.example",
        "http://[::1",
    ],
)
def test_that_only_https_may_leave_this_machine(address: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        transport.checked_address(address)
    assert caught.value.field == "aspire_url"
    assert "pass@" not in caught.value.message


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        (" https://aspire.example/api/ ", "https://aspire.example/api"),
        ("http://127.0.0.1:8080", "http://127.0.0.1:8080"),
        ("http://localhost:1/", "http://localhost:1"),
        ("http://[::1]:5", "http://[::1]:5"),
    ],
)
def test_that_addresses_are_kept_without_a_trailing_slash(typed: str, kept: str) -> None:
    assert transport.checked_address(typed) == kept


def test_that_a_server_without_a_trusted_certificate_is_named(
    server: ScriptedServer, time: StoppedTime
) -> None:
    address = server.url.replace("http:", "https:")
    server.script.append(GOOD)
    client = AspireClient(address, user="rep", password=lambda: "x", timing=time.timing())

    with pytest.raises(AspireUnreachable) as caught:
        client.instance()
    client.close()
    assert "secure connection" in caught.value.message


def test_that_nothing_searched_for_reaches_the_log(
    server: ScriptedServer, client: AspireClient, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG, logger="portal_admin")
    server.script.append(answer(200, {"Items": [], "NextCursor": None}))
    client.accounts(text="prairie@example.org")
    assert "prairie" not in caplog.text
    assert "secret-word" not in caplog.text
    assert "token-1" not in caplog.text


def test_that_waiting_for_a_free_connection_keeps_the_budget_too(
    server: ScriptedServer, hasty: Hasty, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(transport, "CONNECTIONS", 1)
    server.script.append(silence)
    busy, waiting = hasty(budget=1.0), None
    busy.sign_in()
    with ThreadPoolExecutor(1) as pool:
        waiting = pool.submit(busy.instance)
        while "/instance" not in server.paths:
            real_time.sleep(0.01)
        with pytest.raises(AspireTooSlow), busy.within(0.1):
            busy.instance()
        assert not waiting.done()
        assert isinstance(waiting.exception(), AspireTooSlow)
