"""Mails that wait and can be taken back, and the new user that a new address is."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import update

from portal_admin.domain.mail import NO_SENDER, LastMail, MailKind, MailStatus
from portal_admin.errors import Refused
from portal_admin.models import end_user
from portal_admin.services import outbox, users
from portal_admin.services.desk import Desk
from portal_admin.services.outbox import Replaced
from tests.fixtures.desk import NOW, Clock
from tests.fixtures.operators import filling
from tests.services.acting import CALLED, I, P, a_minute_passes, change_mail, create, mails, show
from tests.services.conftest import INA, PAUL, RUTH
from tests.services.filled import audit_rows, everything

SIGN_UP = MailKind.REGISTRATION
LATER = NOW + timedelta(hours=24)
HOUR = timedelta(hours=1)

# Mails


def test_that_a_resent_registration_supersedes_older_ones_and_undo_brings_them_back(office: Desk) -> None:
    first = users.resend_registration(office, site="MAIN", email=PAUL)
    a_minute_passes(office.engine)
    second = users.resend_registration(office, site="MAIN", email=PAUL)
    assert [status for _, _, status in mails(office.engine)] == ["superseded", "queued"]
    assert second.superseded == (Replaced(first.mail_id, MailStatus.QUEUED),)
    users.withdraw_mail(office, queued=second)
    assert [status for _, _, status in mails(office.engine)] == ["queued", "canceled"]
    users.withdraw_mail(office, queued=first)
    assert [status for _, _, status in mails(office.engine)] == ["canceled", "canceled"]
    assert [row.action for row in audit_rows(office.engine)] == ["user.resend"] * 2 + [
        "user.withdraw_mail"
    ] * 2


def test_that_a_mail_is_taken_back_once_and_only_while_it_waits(office: Desk) -> None:
    first = users.resend_registration(office, site="MAIN", email=PAUL)
    a_minute_passes(office.engine)
    users.resend_registration(office, site="MAIN", email=PAUL)
    before = everything(office.engine)
    with pytest.raises(Refused) as refusal:
        users.withdraw_mail(office, queued=first)
    assert refusal.value.rule == "undo"
    assert everything(office.engine) == before


def test_that_a_mail_that_a_sender_took_up_cannot_be_taken_back(office: Desk, clock: Clock) -> None:
    mail = users.resend_registration(office, site="MAIN", email=PAUL)
    change_mail(office.engine, mail.mail_id, claimed_until=clock.now - timedelta(minutes=1))
    with pytest.raises(Refused, match="no longer waiting"):
        users.withdraw_mail(office, queued=mail)


@pytest.mark.databases("sqlite")
def test_that_twenty_clicks_in_a_minute_queue_one_mail_and_say_so(office: Desk, clock: Clock) -> None:
    first = users.resend_registration(office, site="MAIN", email=PAUL)
    ages = []
    for _ in range(19):
        clock.now += timedelta(seconds=3)
        again = users.resend_registration(office, site="MAIN", email=PAUL)
        assert again.mail_id == first.mail_id
        ages.append(again.age)
    assert (ages[0], ages[-1]) == (timedelta(seconds=3), timedelta(seconds=57))
    assert mails(office.engine) == [("registration", PAUL, "queued")]
    assert [row.action for row in audit_rows(office.engine)] == ["user.resend"]
    clock.now += timedelta(seconds=3)
    assert users.resend_registration(office, site="MAIN", email=PAUL).age is None


def test_that_twenty_clicks_at_once_queue_one_mail(office: Desk) -> None:
    def click(_number: int) -> int:
        return users.resend_registration(office, site="MAIN", email=PAUL).mail_id

    with ThreadPoolExecutor(20) as pool:
        assert len(set(pool.map(click, range(20)))) == 1
    assert mails(office.engine) == [("registration", PAUL, "queued")]


@pytest.mark.databases("postgresql")
def test_that_on_a_server_the_minute_is_the_servers_whatever_the_clocks_of_desks_say(office: Desk) -> None:
    late, early = (replace(office, clock=lambda by=by: NOW + by) for by in (-HOUR, HOUR))
    first = users.resend_registration(late, site="MAIN", email=PAUL)
    assert users.resend_registration(office, site="MAIN", email=PAUL).mail_id == first.mail_id
    a_minute_passes(office.engine)
    second = users.resend_registration(early, site="MAIN", email=PAUL)
    a_minute_passes(office.engine)
    third = users.resend_registration(office, site="MAIN", email=PAUL)
    assert len({first.mail_id, second.mail_id, third.mail_id}) == 3


def test_that_a_mail_just_sent_is_not_sent_again_but_a_failed_one_is(office: Desk, clock: Clock) -> None:
    first = users.resend_registration(office, site="MAIN", email=PAUL)
    change_mail(office.engine, first.mail_id, status="sent", sent_at=clock.now)
    again = users.resend_registration(office, site="MAIN", email=PAUL)
    assert (again.mail_id, again.status) == (first.mail_id, "sent")
    change_mail(office.engine, first.mail_id, status="failed", sent_at=None)
    assert users.resend_registration(office, site="MAIN", email=PAUL).age is None


def test_that_a_newer_mail_kills_the_link_of_one_that_was_sent_and_undo_revives_it(office: Desk) -> None:
    first = users.resend_registration(office, site="MAIN", email=PAUL)
    change_mail(office.engine, first.mail_id, status="sent", sent_at=NOW)
    a_minute_passes(office.engine)
    second = users.resend_registration(office, site="MAIN", email=PAUL)
    assert [status for _, _, status in mails(office.engine)] == ["superseded", "queued"]
    users.withdraw_mail(office, queued=second)
    assert [status for _, _, status in mails(office.engine)] == ["sent", "canceled"]


def test_that_deactivating_a_user_kills_the_mails_that_wait_and_those_that_were_sent(office: Desk) -> None:
    ruth = show(office, RUTH)
    with filling(office.engine) as connection:
        waiting = outbox.queue(connection, office, ruth, "reset")
        sent = outbox.queue(connection, office, ruth, "registration")
    change_mail(office.engine, sent.mail_id, status="sent", sent_at=NOW)
    users.deactivate(office, site="MAIN", email=RUTH)
    assert [status for _, _, status in mails(office.engine)] == ["superseded", "superseded"]
    with pytest.raises(Refused):
        users.withdraw_mail(office, queued=waiting)


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"created_at": NOW}, LastMail(SIGN_UP, MailStatus.QUEUED, NOW, note=NO_SENDER)),
        (
            {"status": "sent", "sent_at": NOW, "expires_at": LATER},
            LastMail(SIGN_UP, MailStatus.SENT, NOW, LATER),
        ),
        (
            {"status": "failed", "due_at": LATER, "failure": "No."},
            LastMail(SIGN_UP, MailStatus.FAILED, LATER, note="No."),
        ),
        ({"status": "superseded"}, None),
        ({"status": "canceled"}, None),
    ],
)
def test_that_a_user_shows_what_became_of_the_last_mail(
    office: Desk, changes: dict[str, Any], expected: LastMail | None
) -> None:
    mail = users.resend_registration(office, site="MAIN", email=PAUL)
    change_mail(office.engine, mail.mail_id, **changes)
    assert show(office, PAUL).last_mail == expected


def test_that_the_link_of_a_mail_that_did_its_work_expires_for_nobody(office: Desk, clock: Clock) -> None:
    mail = users.resend_registration(office, site="MAIN", email=PAUL)
    change_mail(office.engine, mail.mail_id, status="sent", sent_at=clock.now, expires_at=LATER)
    with filling(office.engine) as connection:
        connection.execute(update(end_user).where(end_user.c.email == PAUL).values(status="Active"))
    found = show(office, PAUL).last_mail
    assert found is not None
    assert found.expires_at is None


def test_that_mails_of_others_and_of_another_kind_live_on(office: Desk) -> None:
    create(office)
    users.resend_registration(office, site="MAIN", email=PAUL)
    with filling(office.engine) as connection:
        connection.execute(update(end_user).where(end_user.c.email == PAUL).values(status="Active"))
    users.reset_password(office, site="MAIN", email=PAUL, proof=CALLED)
    users.reset_password(office, site="MAIN", email=RUTH, proof=CALLED)
    users.reset_password(office, site="PRAIRIE", email=RUTH, proof=CALLED)
    assert {status for _, _, status in mails(office.engine)} == {"queued"}


# A new email address


def test_that_a_changed_email_is_a_new_user_with_the_same_links_in_one_operation(office: Desk) -> None:
    with filling(office.engine) as connection:
        connection.execute(update(end_user).where(end_user.c.email == INA).values(status="Active"))
    users.reset_password(office, site="MAIN", email=INA, proof=CALLED)
    change = users.change_email(office, site="MAIN", email=INA, to="Ina@New.example", proof=CALLED)
    assert (change.old.email, change.old.status, change.old.version) == (INA, I, 2)
    assert (change.new.email, change.new.status, change.new.version) == ("ina@new.example", P, 1)
    assert change.new.accounts == change.old.accounts
    assert len(change.new.accounts) == 2
    assert (change.new.first_name, change.new.last_name) == ("Ina", "Old")
    assert mails(office.engine) == [
        ("reset", INA, "superseded"),
        ("registration", "ina@new.example", "queued"),
    ]
    changed, created = audit_rows(office.engine)[-2:]
    assert changed.operation_id == created.operation_id
    assert (changed.before["status"], changed.after["status"]) == ("Active", "Inactive")


@pytest.mark.parametrize("to", [RUTH, RUTH.upper(), PAUL, INA])
def test_that_a_changed_email_must_be_unused_on_the_site(office: Desk, to: str) -> None:
    before = everything(office.engine)
    with pytest.raises(Refused) as refusal:
        users.change_email(office, site="MAIN", email=RUTH, to=to, proof=CALLED)
    assert refusal.value.rule == "unique_email"
    assert ("has already" in refusal.value.message) == (to.lower() == RUTH)
    assert everything(office.engine) == before


def test_that_a_changed_email_keeps_links_that_would_no_longer_be_offered(office: Desk) -> None:
    with filling(office.engine) as connection:
        connection.execute(update(end_user).where(end_user.c.email == INA).values(status="Pending"))
    change = users.change_email(office, site="MAIN", email=INA, to="ina@new.example", proof=CALLED)
    assert [a.account_id for a in change.new.accounts] == ["A-001", "A-004"]
