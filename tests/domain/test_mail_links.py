from __future__ import annotations

import base64
import hmac
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from portal_admin.domain.mail import BACKOFF, MailKind, MailStatus, next_try
from portal_admin.domain.mail_links import StoredMail, fingerprint, is_redeemable, link, mail_key, token
from portal_admin.domain.people import Status
from portal_admin.errors import InvalidInput

NOW = datetime(2026, 11, 21, 20, tzinfo=UTC)
KEY, OTHER = bytes(range(32)), bytes(32)
MESSAGE = "1fb0c46c-95a6-4d3a-9a83-6bdb7b34f7a5"
SENT = StoredMail(MESSAGE, MailKind.REGISTRATION, MailStatus.SENT, NOW + timedelta(days=7), Status.PENDING)


def test_that_a_token_is_the_first_128_bits_of_the_hmac_in_url_safe_base64() -> None:
    digest = hmac.new(KEY, MESSAGE.encode(), sha256).digest()[:16]
    assert base64.urlsafe_b64decode(token(KEY, MESSAGE) + "==") == digest
    assert token(KEY, MESSAGE) == token(KEY, MESSAGE)
    assert len({token(KEY, MESSAGE), token(OTHER, MESSAGE), token(KEY, MESSAGE[::-1]), fingerprint(KEY)}) == 4


def test_that_a_link_carries_the_message_key_and_the_token() -> None:
    parts = urlsplit(link("https://my.northwind.example/portal", MailKind.RESET, MESSAGE, KEY))
    assert (parts.netloc, parts.path) == ("my.northwind.example", "/portal/reset")
    assert parse_qs(parts.query) == {"mail": [MESSAGE], "token": [token(KEY, MESSAGE)]}


@pytest.mark.parametrize(
    ("stored", "asked", "expected"),
    [
        ({}, {}, True),
        # Its sender was stopped before it could record that the mail had left.
        ({"status": MailStatus.QUEUED}, {}, True),
        ({"status": MailStatus.QUEUED, "expires_at": None}, {}, False),
        ({"status": MailStatus.SUPERSEDED}, {}, False),
        ({"status": MailStatus.CANCELED}, {}, False),
        ({"status": MailStatus.FAILED}, {}, False),
        ({"expires_at": NOW}, {}, False),
        ({"expires_at": NOW + timedelta(microseconds=1)}, {}, True),
        ({"user_status": Status.ACTIVE}, {}, False),
        ({"user_status": Status.INACTIVE}, {}, False),
        ({"kind": MailKind.RESET, "user_status": Status.ACTIVE}, {"kind": MailKind.RESET}, True),
        ({"kind": MailKind.RESET}, {"kind": MailKind.RESET}, False),
        ({}, {"kind": MailKind.RESET}, False),
        ({}, {"given": token(OTHER, MESSAGE)}, False),
        ({}, {"given": token(KEY, MESSAGE.upper())}, False),
        ({}, {"given": token(KEY, MESSAGE)[:-1]}, False),
        ({}, {"given": ""}, False),
        ({}, {"given": "\udcff ü"}, False),
        ({}, {"key": OTHER}, False),
    ],
)
def test_that_a_link_is_redeemed_only_while_everything_about_it_holds(
    stored: dict[str, Any], asked: dict[str, Any], expected: bool
) -> None:
    mail = replace(SENT, **stored)
    given = {"kind": MailKind.REGISTRATION, "given": token(KEY, MESSAGE), "key": KEY, "now": NOW} | asked
    assert is_redeemable(mail, **given) is expected


@pytest.mark.parametrize("size", [32, 33, 34, 64])
def test_that_a_mail_key_is_read_from_its_text(size: int) -> None:
    key = bytes(range(200, 200 + min(size, 55))) + bytes(max(0, size - 55))
    text = base64.urlsafe_b64encode(key).decode()
    assert mail_key(text) == mail_key(f" {text.rstrip('=')}\n") == key


@pytest.mark.parametrize("text", ["", "short", "A" * 42, "ü" * 60, "=" * 60, "A" * 50 + "*" + "A" * 9])
def test_that_a_weak_or_broken_mail_key_is_refused(text: str) -> None:
    with pytest.raises(InvalidInput, match="mail key --new"):
        mail_key(text)


def test_that_a_mail_is_tried_again_after_growing_pauses_and_then_given_up() -> None:
    pauses = [next_try(attempts, NOW) for attempts in range(1, 8)]
    assert pauses == [*(NOW + pause for pause in BACKOFF), None, None]
