"""The mail commands as an administrator and an unattended server type them."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from io import StringIO
from pathlib import Path

import keyring
import pytest
from keyring.backends import fail
from sqlalchemy import Engine

from portal_admin.domain.people import Status
from portal_admin.models.engine import writing
from portal_admin.services.sites import find_site
from tests.cli.people import PAUL
from tests.cli.spine import Cli
from tests.conftest import MemoryKeyring
from tests.fixtures.post import PASSWORD, USER, Post
from tests.services.filled import add_user, audit_rows

ON_PAUL = ("--site", "MAIN", "--email", PAUL)
BRAND = (
    *("--sender-name", "Northwind Leasing", "--sender-address", "portal@northwind.example"),
    *("--support-email", "help@northwind.example", "--link-base", "https://my.northwind.example"),
)


@pytest.fixture
def stdin(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is read from stdin is the password."""
    monkeypatch.setattr(sys, "stdin", StringIO(f"{PASSWORD}\n"))


@pytest.fixture
def set_up(cli: Cli, post: Post, stdin: None) -> Cli:
    """A portal that may send."""
    assert cli("sites", "set-brand", "MAIN", *BRAND).code == 0
    for key, value in {"host": "127.0.0.1", "port": str(post.ports["starttls"]), "user": USER}.items():
        assert cli("settings", "set", f"mail.{key}", value).code == 0
    assert cli("mail", "key", "--new").code == 0
    assert cli("mail", "set-password", "--stdin").code == 0
    return cli


def test_that_a_mail_goes_from_the_command_that_queues_it_to_the_person(set_up: Cli, post: Post) -> None:
    set_up("users", "resend", *ON_PAUL)
    sent = set_up("mail", "send", "--json")
    assert (sent.code, sent.row) == (0, {"sent": 1, "retried": 0, "failed": 0, "waiting": 0})
    (mail,) = post.received
    assert mail["To"] == PAUL
    (listed,) = set_up("mail", "list", "--json").rows
    assert (listed["site"], listed["email"], listed["kind"], listed["status"]) == (
        "MAIN",
        PAUL,
        "registration",
        "sent",
    )
    shown = set_up("users", "show", *ON_PAUL, "--json").row["last_mail"]
    assert (shown["status"], shown["at"], shown["expires_at"]) == (
        "sent",
        listed["sent_at"],
        listed["expires_at"],
    )
    told = set_up("users", "show", *ON_PAUL).stdout.decode()
    assert "registration mail sent, " in told
    assert "link expires" in told


def test_that_a_second_request_is_answered_with_the_mail_on_its_way(cli: Cli, portal: Engine) -> None:
    first, second = (cli("users", "resend", *ON_PAUL, "--json") for _ in range(2))
    assert (first.row["repeated"], second.row["repeated"]) == (False, True)
    assert first.row["mail"] == second.row["mail"] == {"kind": "registration", "status": "queued"}
    assert "it is on its way, so no other was queued." in second.stderr
    assert [row.action for row in audit_rows(portal)] == ["user.resend"]


def test_that_a_dead_letter_ends_with_1_is_listed_and_is_queued_again(
    set_up: Cli, post: Post, portal: Engine
) -> None:
    set_up("users", "resend", *ON_PAUL)
    post.play(rcpt=["550 5.1.1 gone"])
    sent = set_up("mail", "send", "--json")
    assert (sent.code, sent.row["failed"]) == (1, 1)
    assert "mail list --status failed" in sent.stderr
    (dead,) = set_up("mail", "list", "--status", "failed", "--json").rows
    assert dead["note"] == "The mail server does not deliver to this address."
    again = set_up("mail", "resend", str(dead["id"]), "--json")
    assert (again.code, again.row["status"], again.row["attempts"]) == (0, "queued", 0)
    assert audit_rows(portal)[-1].action == "mail.resend"
    assert set_up("mail", "send", "--json").row["sent"] == 1
    assert set_up("mail", "resend", str(dead["id"]), "--json").error["rule"] == "resend"
    assert set_up("mail", "resend", "999", "--json").error["kind"] == "not_found"


def test_that_a_mail_server_that_cannot_be_used_ends_with_3_after_the_counts(
    set_up: Cli, monkeypatch: pytest.MonkeyPatch
) -> None:
    set_up("users", "resend", *ON_PAUL)
    monkeypatch.delenv("SSL_CERT_FILE")
    sent = set_up("mail", "send", "--json")
    assert sent.code == 3
    assert sent.rows[0] == {"sent": 0, "retried": 0, "failed": 0, "waiting": 1}
    assert sent.error["kind"] == "mail_server"


def test_that_a_mail_that_is_tried_again_tells_when(set_up: Cli, post: Post) -> None:
    set_up("users", "resend", *ON_PAUL)
    post.play(rcpt=["450 4.2.0 later"])
    sent = set_up("mail", "send").stdout.decode()
    at = set_up("mail", "list", "--json").row["next_try"].replace("T", " ")[:16]
    assert f"1, next try {at}" in sent
    assert set_up("mail", "list").stdout.decode().count(at) == 1


def test_that_a_dead_letter_has_no_time_at_which_its_link_expires(set_up: Cli, post: Post) -> None:
    set_up("users", "resend", *ON_PAUL)
    post.play(rcpt=["550 5.1.1 gone"])
    set_up("mail", "send")
    dead = set_up("mail", "list", "--json").row
    assert dead["expires_at"] is not None
    assert dead["expires_at"].replace("T", " ")[:10] not in set_up("mail", "list").stdout.decode()


def test_that_a_server_without_its_password_ends_with_3(set_up: Cli, memory_keyring: MemoryKeyring) -> None:
    set_up("users", "resend", *ON_PAUL)
    for kept in [name for name in memory_keyring.secrets if name[1].endswith("smtp")]:
        del memory_keyring.secrets[kept]
    sent = set_up("mail", "send", "--json")
    assert (sent.code, sent.error["kind"]) == (3, "mail_server")
    assert "portal-admin mail set-password" in sent.error["message"]


def test_that_mails_of_a_site_without_a_sender_are_told(set_up: Cli, portal: Engine) -> None:
    with writing(portal) as connection:
        prairie = find_site(connection, "PRAIRIE").id
        add_user(connection, prairie, "n@x.example", [(1, "A-001")], status=Status.PENDING)
    set_up("users", "resend", "--site", "PRAIRIE", "--email", "n@x.example")
    sent = set_up("mail", "send")
    assert sent.code == 0
    assert "Mails of site PRAIRIE wait: the site has no sender yet." in sent.stderr
    assert set_up("mail", "list", "--json").row["note"] == "The site has no sender yet."


def test_that_the_password_reaches_only_the_server_it_was_typed_for(set_up: Cli, post: Post) -> None:
    set_up("users", "resend", *ON_PAUL)
    set_up("settings", "set", "mail.host", "localhost")
    sent = set_up("mail", "send", "--json")
    assert sent.error["kind"] == "settings"
    assert "portal at 127.0.0.1" in sent.error["message"]
    assert post.received == []


def test_that_a_password_needs_a_server_with_a_user(cli: Cli, stdin: None) -> None:
    asked = cli("mail", "set-password", "--stdin", "--json")
    assert (asked.code, asked.error["kind"]) == (1, "settings")


def test_that_a_new_key_is_shown_once_and_kept_only_in_the_keyring(
    cli: Cli, portal: Engine, memory_keyring: MemoryKeyring
) -> None:
    made = cli("mail", "key", "--new", "--json")
    key = made.row["mail_key"]
    assert list(memory_keyring.secrets.values()) == [key]
    assert audit_rows(portal)[-1].action == "mail.use_key"
    assert key not in str(audit_rows(portal))
    assert key not in cli("settings", "list", "--json").stdout.decode()
    again = cli("mail", "key", "--new", "--json")
    assert again.row["mail_key"] != key


def test_that_a_key_is_brought_to_another_machine(
    cli: Cli, monkeypatch: pytest.MonkeyPatch, memory_keyring: MemoryKeyring
) -> None:
    key = cli("mail", "key", "--new", "--json").row["mail_key"]
    memory_keyring.secrets.clear()
    monkeypatch.setattr(sys, "stdin", StringIO(f"{key}\n"))
    brought = cli("mail", "key", "--stdin", "--json")
    assert (brought.code, brought.row) == (0, {"changed": False})
    assert list(memory_keyring.secrets.values()) == [key]
    monkeypatch.setattr(sys, "stdin", StringIO("weak\n"))
    assert cli("mail", "key", "--stdin", "--json").error["field"] == "mail_key"


def test_that_a_server_without_a_keyring_is_told_where_the_new_key_belongs(
    cli: Cli, monkeypatch: pytest.MonkeyPatch
) -> None:
    keyring.set_keyring(fail.Keyring())  # type: ignore[no-untyped-call]
    made = cli("mail", "key", "--new", "--json")
    assert "set PORTAL_ADMIN_MAIL_KEY to it" in made.stderr
    monkeypatch.setenv("PORTAL_ADMIN_MAIL_KEY", made.row["mail_key"])
    assert cli("mail", "key", "--json").row == {"changed": False}
    monkeypatch.delenv("PORTAL_ADMIN_MAIL_KEY")
    assert cli("mail", "key", "--stdin", "--json").error["kind"] == "secrets_unavailable"


def test_that_an_unattended_server_takes_both_secrets_from_its_environment(
    set_up: Cli, post: Post, memory_keyring: MemoryKeyring, monkeypatch: pytest.MonkeyPatch
) -> None:
    key = next(value for (_, name), value in memory_keyring.secrets.items() if name.endswith("mail_key"))
    memory_keyring.secrets.clear()
    set_up("users", "resend", *ON_PAUL)
    assert set_up("mail", "send", "--json").error["kind"] == "settings"
    monkeypatch.setenv("PORTAL_ADMIN_MAIL_KEY", key)
    monkeypatch.setenv("PORTAL_ADMIN_SMTP_PASSWORD", PASSWORD)
    assert set_up("mail", "send", "--json").row["sent"] == 1


@pytest.mark.skipif(sys.platform == "win32", reason="Windows ends a process without telling it")
def test_that_the_server_sends_at_an_interval_and_stops_when_told(
    set_up: Cli, portal: Engine, memory_keyring: MemoryKeyring, monkeypatch: pytest.MonkeyPatch
) -> None:
    key = next(value for (_, name), value in memory_keyring.secrets.items() if name.endswith("mail_key"))
    monkeypatch.setenv("PORTAL_ADMIN_MAIL_KEY", key)
    words = [sys.executable, "-m", "portal_admin", "mail", "send", "--every=1s", "--json"]
    set_up("users", "resend", *ON_PAUL)
    process = subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    try:
        assert process.stdout is not None
        # No password: the run fails, and the next one begins all the same.
        first, error, second = (json.loads(process.stdout.readline()) for _ in range(3))
        assert first == second == {"sent": 0, "retried": 0, "failed": 0, "waiting": 1}
        assert error["error"]["kind"] in {"mail_server", "secrets_unavailable"}
        process.send_signal(signal.SIGINT)
        assert process.wait(30) == 0
    finally:
        process.kill()
        process.communicate()


def test_that_a_brand_is_set_printed_and_audited(cli: Cli, portal: Engine) -> None:
    made = cli("sites", "set-brand", "main", *BRAND, "--color", "#0f5c4c", "--json")
    assert (made.code, made.row) == (
        0,
        {
            "site": "MAIN",
            "sender_name": "Northwind Leasing",
            "sender_address": "portal@northwind.example",
            "support_email": "help@northwind.example",
            "link_base": "https://my.northwind.example",
            "color": "#0F5C4C",
            "logo": None,
        },
    )
    (row,) = audit_rows(portal)
    assert (row.action, row.site_key, row.before) == ("site.set_brand", "MAIN", None)
    assert row.after["link_base"] == "https://my.northwind.example"
    listed = cli("sites", "list", "--json").rows[0]
    assert list(listed) == ["key", "name", "labels", "unlabelled"]


def test_that_a_logo_stays_until_it_is_replaced_or_taken_away(cli: Cli, tmp_path: Path) -> None:
    path = tmp_path / "logo.png"
    path.write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(100))
    with_logo = {"type": "png", "bytes": 108}
    assert cli("sites", "set-brand", "MAIN", *BRAND, "--logo", str(path), "--json").row["logo"] == with_logo
    assert cli("sites", "set-brand", "MAIN", *BRAND, "--json").row["logo"] == with_logo
    assert cli("sites", "set-brand", "MAIN", *BRAND, "--no-logo", "--json").row["logo"] is None
    path.write_bytes(b"%PDF")
    assert cli("sites", "set-brand", "MAIN", *BRAND, "--logo", str(path), "--json").error["field"] == "logo"
    path.write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(300_000))
    assert (
        "200 KB" in cli("sites", "set-brand", "MAIN", *BRAND, "--logo", str(path), "--json").error["message"]
    )
    assert cli("sites", "set-brand", "MAIN", *BRAND, "--logo", "/nowhere", "--json").error["field"] == "logo"
