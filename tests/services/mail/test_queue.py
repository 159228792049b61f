"""Dead letters queued again, and the settings and the key that mails go by."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import insert

from portal_admin.domain.mail import MailKind, MailStatus
from portal_admin.domain.mail_server import MailServer, Security
from portal_admin.domain.permissions import Role
from portal_admin.errors import InvalidInput, NotAllowed, NotFound, Refused, SettingsProblem
from portal_admin.models import setting
from portal_admin.models.engine import reading
from portal_admin.services.desk import Desk
from portal_admin.services.mail.keys import new_mail_key, use_mail_key
from portal_admin.services.mail.queue import list_mails, resend
from portal_admin.services.mail.settings import read_mail_settings
from portal_admin.services.settings import set_setting
from tests.fixtures.desk import Clock
from tests.fixtures.operators import appoint, filling
from tests.services.acting import a_minute_passes, change_mail
from tests.services.filled import audit_rows, everything
from tests.services.mail.conftest import queue


def test_that_a_dead_letter_is_queued_again_under_the_same_message_id(branded: Desk, clock: Clock) -> None:
    mail_id = queue(branded)
    change_mail(branded.engine, mail_id, status="failed", attempts=6, failure="No.", expires_at=clock.now)
    clock.now += timedelta(days=2)
    (again,) = resend(branded, ids=[mail_id, mail_id])
    assert (again.status, again.attempts, again.next_try, again.note) == ("queued", 0, clock.now, None)
    assert again.expires_at is None
    line = audit_rows(branded.engine)[-1]
    assert (line.action, line.site_key, line.before) == (
        "mail.resend",
        "MAIN",
        {"status": "failed", "failure": "No."},
    )


@pytest.mark.parametrize("status", [one for one in MailStatus if one is not MailStatus.FAILED])
def test_that_only_dead_letters_are_queued_again_all_of_them_or_none(
    branded: Desk, status: MailStatus
) -> None:
    mail_id = queue(branded)
    change_mail(branded.engine, mail_id, status=status.value)
    before = everything(branded.engine)
    with pytest.raises(Refused, match="Only mails that failed"):
        resend(branded, ids=[mail_id])
    change_mail(branded.engine, mail_id, status="failed")
    with pytest.raises(NotFound):
        resend(branded, ids=[mail_id, 999])
    change_mail(branded.engine, mail_id, status=status.value)
    assert everything(branded.engine) == before


def test_that_a_csr_queues_no_dead_letters_but_sees_them(branded: Desk) -> None:
    mail_id = queue(branded)
    change_mail(branded.engine, mail_id, status="failed", failure="No.")
    appoint(branded.engine, "casey", Role.CSR)
    casey = replace(branded, operator="casey")
    with pytest.raises(NotAllowed):
        resend(casey, ids=[mail_id])
    assert [mail.note for mail in list_mails(casey)] == ["No."]


def test_that_many_mails_are_listed_page_by_page(branded: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("portal_admin.services.mail.queue.PAGE", 2)
    for _ in range(5):
        queue(branded)
        a_minute_passes(branded.engine)
    ids = [mail.id for mail in list_mails(branded)]
    assert ids == sorted(ids)
    assert len(ids) == 5


def test_that_settings_have_their_defaults_until_they_are_stored(office: Desk) -> None:
    with reading(office.engine) as connection:
        plain = read_mail_settings(connection)
    assert (plain.server, plain.key_fingerprint) == (None, None)
    assert plain.lifetimes == {MailKind.REGISTRATION: timedelta(days=7), MailKind.RESET: timedelta(hours=24)}
    for key, value in {
        "mail.host": " SMTP.Example.com ",
        "mail.lifetime.reset": "90 m",
        "mail.lifetime.registration": "1d",
    }.items():
        set_setting(office, key=key, value=value)
    with reading(office.engine) as connection:
        stored = read_mail_settings(connection)
    assert stored.server == MailServer("smtp.example.com", 587, Security.STARTTLS)
    assert stored.lifetimes == {
        MailKind.REGISTRATION: timedelta(days=1),
        MailKind.RESET: timedelta(minutes=90),
    }
    set_setting(office, key="mail.security", value="TLS")
    with reading(office.engine) as connection:
        assert read_mail_settings(connection).server == MailServer("smtp.example.com", 465, Security.TLS)


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("host", "smtp example"),
        ("host", "https://smtp.example"),
        ("port", "0"),
        ("port", "65536"),
        ("port", "x"),
        ("security", "ssl"),
        ("user", "a\nb"),
        ("lifetime.reset", "0h"),
        ("lifetime.reset", "31d"),
        ("lifetime.registration", "forever"),
    ],
)
def test_that_a_setting_that_cannot_be_used_is_refused_with_what_can(
    office: Desk, key: str, value: str
) -> None:
    with pytest.raises(InvalidInput, match=f"mail.{key} holds"):
        set_setting(office, key=f"mail.{key}", value=value)


def test_that_a_setting_that_somebody_broke_is_named(office: Desk) -> None:
    with filling(office.engine) as connection:
        connection.execute(insert(setting).values(key="mail.port", value="many"))
        connection.execute(insert(setting).values(key="mail.host", value="smtp.example.com"))
    with reading(office.engine) as connection, pytest.raises(SettingsProblem, match=r"mail\.port"):
        read_mail_settings(connection)


def test_that_a_key_is_taken_into_use_once_and_only_its_fingerprint_is_kept(office: Desk) -> None:
    first, second = new_mail_key(), new_mail_key()
    assert [use_mail_key(office, key=key) for key in (first, first, second)] == [True, False, True]
    lines = audit_rows(office.engine)
    assert [line.action for line in lines] == ["mail.use_key"] * 2
    assert lines[1].before == lines[0].after
    assert first not in str(lines)
    with pytest.raises(InvalidInput):
        use_mail_key(office, key="weak")
