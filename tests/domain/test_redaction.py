from __future__ import annotations

import re

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from portal_admin.domain.redaction import redacted

LONG_RUN = re.compile(r"\d{5,}")


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("Mail to ann.o'hara+x@prairie.example failed.", "Mail to [email] failed."),
        ("a@b.example;c@d.example, e@f.example", "[email];[email], [email]"),
        ("<jürgen@müller.example>", "<[email]>"),
        ("email=ann%40prairie.example&x=1", "[email]"),
        ('"ann hara"@prairie.example', "[email]"),
        ("postgresql+psycopg://jdoe:pa@ss@db.example:5432/portal", "postgresql+psycopg://[user]@db.example:5432/portal"),
        ("https://aspire.example/contracts", "https://aspire.example/contracts"),
        ("password=hunter2 next", "password=[secret] next"),
        ('{"Password": "two words", "User": "x"}', '{"Password": [secret], "User": "x"}'),
        ("Authorization: Bearer abc.def-1", "Authorization: [secret]"),
        ("sent with bearer abc.def", "sent with bearer [secret]"),
        ("account 000123456789 was", "account [number] was"),
        ("card 4111 1111 1111 1111.", "card [number]."),
        ("contract 0012-0045 and NW-25-0140", "contract [number] and [id]"),
        ("account A-001 on UTF-8", "account [id] on UTF-8"),
        ("amount 46210.55 USD", "amount [number].55 USD"),
        ("ending …6789", "ending …6789"),
        ("token 6f1c2a9e0b7d4c5e8f90aa11bb22cc33 kept", "token [token] kept"),
        ("operation 0f8fad5b-d9cb-469f-a165-70867728950e", "operation [token]"),
        ("id 6f1c2a9e in the log", "id 6f1c2a9e in the log"),
        ("at 2026-11-21T20:00:00.123Z, line 1234", "at 2026-11-21T20:00:00.123Z, line 1234"),
        ("at 2026-11-21 20:00 UTC", "at 2026-11-21 20:00 UTC"),
        ("process 4711 2026-11-21", "process 4711 2026-11-21"),
        ("contract 2026-13-45 no date", "contract [number] no date"),
        ("2026-11-2112345", "[number]"),
        (r"C:\Users\Jane Doe\x", r"C:\Users\[user] Doe\x"),
        ("/home/jane/portal.db", "/home/[user]/portal.db"),
        ('File "/Users/jane/a.py", line 12', 'File "/Users/[user]/a.py", line 12'),
        ("version 0.1.0, Python 3.11.7, 4 checks", "version 0.1.0, Python 3.11.7, 4 checks"),
        ("", ""),
    ],
)  # fmt: skip
def test_that_text_keeps_what_helps_and_loses_what_tells_on_people(text: str, left: str) -> None:
    assert redacted(text) == left


@pytest.mark.parametrize(
    ("text", "folder", "left"),
    [
        (r"C:\Users\Jane Doe\portal.db is locked", r"C:\Users\Jane Doe", r"~\portal.db is locked"),
        (r"sqlite:///c:/users/jane doe/p.db", r"C:\Users\Jane Doe", "sqlite:///~/p.db"),
        (r'"C:\\Users\\Jane Doe\\p.db"', r"C:\Users\Jane Doe", r'"~\\p.db"'),
        ("/root/.local/x", "/root", "~/.local/x"),
        ("/rooted/x", "/root", "/rooted/x"),
        ("/a/b", "/", "/a/b"),
        ("/a/b", "", "/a/b"),
    ],
)
def test_that_a_folder_is_replaced_however_it_is_written(text: str, folder: str, left: str) -> None:
    assert redacted(text, folders=[folder]) == left


@given(before=st.text(max_size=30), email=st.emails(), after=st.text(max_size=30))
def test_that_no_email_survives(before: str, email: str, after: str) -> None:
    assert email not in redacted(f"{before}{email}{after}")


@given(st.text(alphabet=st.sampled_from("0123456789 -/.:TZa@é")))
def test_that_no_long_run_of_digits_survives(text: str) -> None:
    assert not LONG_RUN.search(redacted(text))


@given(st.text(max_size=30), st.from_regex(r"[0-9]{5,17}", fullmatch=True), st.text(max_size=30))
def test_that_no_long_number_survives_whatever_stands_around_it(before: str, number: str, after: str) -> None:
    assert not LONG_RUN.search(redacted(f"{before}{number}{after}"))


@given(st.text())
def test_that_what_was_redacted_stays_as_it_is(text: str) -> None:
    once = redacted(text)
    assert redacted(once) == once


@given(st.text(alphabet=st.characters(codec="ascii", exclude_characters="@\\/:%"), min_size=1))
def test_that_a_password_does_not_survive_in_a_url(password: str) -> None:
    assume(len(password) > 3 and not re.search(r"[\s\"<>]", password))
    assert password not in redacted(f"postgresql://jdoe:{password}@db/portal").removesuffix("@db/portal")
