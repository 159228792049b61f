"""Mails handed to a real mail server, and everything that can go wrong on the way."""

from __future__ import annotations

import socket
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select, update

from portal_admin.domain.mail import BACKOFF, MailStatus
from portal_admin.domain.mail_links import mail_key, token
from portal_admin.domain.mail_server import Security
from portal_admin.domain.people import Status
from portal_admin.domain.permissions import Role
from portal_admin.errors import NotAllowed, SettingsProblem
from portal_admin.log import JsonLines
from portal_admin.models import mail_outbox, setting
from portal_admin.models.engine import reading
from portal_admin.services import brand as brands
from portal_admin.services.desk import Desk
from portal_admin.services.mail.keys import new_mail_key
from portal_admin.services.mail.queue import list_mails
from portal_admin.services.sites import find_site
from tests.fixtures.desk import Clock
from tests.fixtures.operators import appoint, filling
from tests.fixtures.post import Post
from tests.services.acting import a_minute_passes, change_mail, mails, show
from tests.services.conftest import PAUL
from tests.services.filled import add_user
from tests.services.mail.conftest import KEY, PRAIRIE, Send, name_server, queue


def stored(desk: Desk, mail_id: int) -> dict[str, object]:
    with reading(desk.engine) as connection:
        row = connection.execute(select(mail_outbox).where(mail_outbox.c.id == mail_id)).one()
    return dict(row._mapping)


def logged(caplog: pytest.LogCaptureFixture) -> str:
    """What the log file would hold."""
    return "\n".join(map(JsonLines().format, caplog.records))


def crowd(desk: Desk, number: int) -> None:
    """Queue a mail to each of some new people."""
    for one in range(number):
        email = f"new{one}@crowd.example"
        with filling(desk.engine) as connection:
            main = find_site(connection, "MAIN").id
            add_user(connection, main, email, [(1, "A-001")], status=Status.PENDING)
        queue(desk, email)


def test_that_a_due_mail_is_sent_and_recorded(sending: Desk, post: Post, send: Send, clock: Clock) -> None:
    mail_id = queue(sending)
    done = send(sending)
    assert (done.sent, done.retried, done.failed, done.waiting, done.stopped) == (1, 0, 0, 0, None)
    (mail,) = post.received
    row = stored(sending, mail_id)
    assert mail["Message-ID"] == f"<{row['message_key']}@my.northwind.example>"
    assert post.recipients == [PAUL]
    assert (row["status"], row["sent_at"], row["attempts"], row["claimed_until"]) == (
        "sent",
        clock.now,
        1,
        None,
    )
    assert row["expires_at"] == clock.now + timedelta(days=7)
    assert send(sending).sent == 0
    last = show(sending, PAUL).last_mail
    assert last is not None
    assert (last.status, last.at, last.expires_at) == ("sent", clock.now, clock.now + timedelta(days=7))


def test_that_tls_from_the_first_byte_is_spoken_where_it_is_asked_for(
    branded: Desk, post: Post, send: Send
) -> None:
    name_server(branded, port=post.ports["tls"], security=Security.TLS)
    queue(branded)
    assert send(branded).sent == 1


def test_that_a_server_on_this_machine_may_be_spoken_to_plainly(
    branded: Desk, post: Post, send: Send
) -> None:
    name_server(branded, port=post.ports["plain"], security=Security.NONE, user="")
    queue(branded)
    assert send(branded).sent == 1


def test_that_plain_speech_to_another_machine_is_refused(branded: Desk, send: Send) -> None:
    name_server(branded, port=25, security=Security.NONE)
    with filling(branded.engine) as connection:  # past the check that a person meets
        connection.execute(update(setting).where(setting.c.key == "mail.host").values(value="mail.example"))
    queue(branded)
    done = send(branded)
    assert isinstance(done.stopped, SettingsProblem)
    assert "encrypted only" in done.stopped.message


@pytest.mark.parametrize(
    ("port", "security", "words"),
    [
        ("starttls", Security.STARTTLS, "certificate"),
        ("tls", Security.TLS, "certificate"),
        ("plain", Security.STARTTLS, "offers no STARTTLS"),
        ("plain", Security.TLS, "does not speak TLS"),
    ],
)
def test_that_nothing_is_sent_where_the_server_cannot_be_trusted(
    branded: Desk, untrusted_post: Post, send: Send, port: str, security: Security, words: str
) -> None:
    name_server(branded, port=untrusted_post.ports[port], security=security)
    mail_id = queue(branded)
    done = send(branded)
    assert done.stopped is not None
    assert done.stopped.exit_code == 3
    assert words in done.stopped.message
    assert untrusted_post.received == []
    row = stored(branded, mail_id)
    assert (row["status"], row["attempts"], row["claimed_until"]) == ("queued", 0, None)
    assert done.waiting == 1


def test_that_a_wrong_password_stops_the_run_in_our_words_and_costs_no_try(
    sending: Desk, send: Send, caplog: pytest.LogCaptureFixture
) -> None:
    mail_id = queue(sending)
    done = send(sending, password="hunter2")
    assert done.stopped is not None
    assert "does not accept the sign-in" in done.stopped.message
    assert "hunter2" not in done.stopped.message + logged(caplog)
    assert "SMTPAuthenticationError" in logged(caplog)
    assert stored(sending, mail_id)["attempts"] == 0


def test_that_a_server_that_is_down_stops_the_run_and_costs_no_try(branded: Desk, send: Send) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port = listening.getsockname()[1]
    name_server(branded, port=port)
    mail_id = queue(branded)
    done = send(branded)
    assert done.stopped is not None
    assert "cannot be reached" in done.stopped.message
    assert stored(branded, mail_id)["attempts"] == 0


def test_that_a_server_that_says_nothing_is_given_up(branded: Desk, send: Send) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        name_server(branded, port=listening.getsockname()[1])
        queue(branded)
        done = send(branded, timeout=0.05)
    assert done.stopped is not None
    assert "did not answer in time" in done.stopped.message


def test_that_a_mail_whose_handing_over_hangs_is_tried_later(sending: Desk, post: Post, send: Send) -> None:
    mail_id = queue(sending)
    post.play(data=["hang"])
    done = send(sending, budget=0.3)
    assert (done.retried, done.sent) == (1, 0)
    assert "broke off" in str(stored(sending, mail_id)["failure"])


def test_that_a_passing_refusal_is_tried_again_with_the_same_message_id(
    sending: Desk, post: Post, send: Send, clock: Clock
) -> None:
    mail_id = queue(sending)
    post.play(rcpt=["451 4.7.1 Greylisted, hunter2"])
    assert send(sending).retried == 1
    row = stored(sending, mail_id)
    assert (row["status"], row["due_at"]) == ("queued", clock.now + BACKOFF[0])
    assert row["failure"] == "The mail server could not take it just then."
    clock.now += BACKOFF[0] - timedelta(seconds=1)
    assert send(sending).sent == 0
    clock.now += timedelta(seconds=1)
    assert send(sending).sent == 1
    (mail,) = post.received
    assert mail["Message-ID"] == f"<{row['message_key']}@my.northwind.example>"
    assert stored(sending, mail_id)["failure"] is None


def test_that_a_refused_recipient_is_a_dead_letter_at_once(sending: Desk, post: Post, send: Send) -> None:
    mail_id = queue(sending)
    post.play(rcpt=["550 5.1.1 No such user here"])
    assert send(sending).failed == 1
    row = stored(sending, mail_id)
    assert (row["status"], row["failure"]) == ("failed", "The mail server does not deliver to this address.")
    last = show(sending, PAUL).last_mail
    assert last is not None
    assert (last.status, last.note) == ("failed", row["failure"])


def test_that_a_server_that_quotes_a_mail_brings_no_link_into_the_log(
    sending: Desk, post: Post, send: Send, caplog: pytest.LogCaptureFixture
) -> None:
    post.play(data=["quote"])
    mail_id = queue(sending)
    assert send(sending).failed == 1
    made = token(mail_key(KEY), str(stored(sending, mail_id)["message_key"]))
    pieces = [made[start : start + 4] for start in range(len(made) - 3)]
    assert [piece for piece in pieces if piece in logged(caplog)] == []
    assert PAUL not in logged(caplog)
    assert "550" in logged(caplog)


def test_that_a_mail_is_given_up_after_its_last_try(
    sending: Desk, post: Post, send: Send, clock: Clock
) -> None:
    mail_id = queue(sending)
    for pause in (*BACKOFF, timedelta()):
        post.play(data=["452 4.3.1 Disk full"])
        done = send(sending)
        clock.now += pause
    assert done.failed == 1
    assert stored(sending, mail_id)["attempts"] == len(BACKOFF) + 1


def test_that_a_refused_sender_is_tried_later_because_the_mail_is_not_at_fault(
    sending: Desk, post: Post, send: Send
) -> None:
    mail_id = queue(sending)
    post.play(mail=["553 5.7.1 Not your address"])
    assert send(sending).retried == 1
    assert "sender address" in str(stored(sending, mail_id)["failure"])


def test_that_a_server_that_asks_for_a_sign_in_half_way_stops_the_run_and_costs_no_try(
    sending: Desk, post: Post, send: Send
) -> None:
    mail_id = queue(sending)
    post.play(rcpt=["530 5.7.0 Authentication required"])
    assert send(sending).stopped is not None
    row = stored(sending, mail_id)
    assert (row["status"], row["attempts"], row["claimed_until"]) == ("queued", 0, None)


def test_that_one_lost_connection_does_not_keep_the_others_from_being_sent(
    sending: Desk, post: Post, send: Send
) -> None:
    crowd(sending, 3)
    post.play(data=["drop"])
    done = send(sending)
    assert (done.retried, done.sent, done.stopped) == (1, 2, None)


def test_that_a_server_that_breaks_off_again_and_again_ends_the_run(
    sending: Desk, post: Post, send: Send
) -> None:
    crowd(sending, 5)
    post.play(data=["drop"] * 5)
    done = send(sending)
    assert done.retried == 3
    assert done.stopped is not None
    assert "3 times in a row" in done.stopped.message


def test_that_a_connection_is_renewed_after_some_mails(
    sending: Desk, post: Post, send: Send, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("portal_admin.services.mail.smtp.MAILS_A_CONNECTION", 2)
    crowd(sending, 5)
    assert send(sending).sent == 5
    assert len(post.received) == 5


def test_that_a_run_can_be_stopped_between_two_mails(sending: Desk, send: Send) -> None:
    crowd(sending, 3)
    asked = iter([False, True])
    done = send(sending, cancelled=lambda: next(asked))
    assert (done.sent, done.waiting) == (1, 2)


def test_that_mails_of_a_site_without_a_sender_wait_and_say_so(
    sending: Desk, post: Post, send: Send, clock: Clock
) -> None:
    with filling(sending.engine) as connection:
        prairie = find_site(connection, "PRAIRIE").id
        add_user(connection, prairie, "new@prairie.example", [(1, "A-001")], status=Status.PENDING)
    mail_id = queue(sending, "new@prairie.example", "PRAIRIE")
    done = send(sending)
    assert (done.sent, done.waiting, done.no_sender) == (0, 1, ("PRAIRIE",))
    last = show(sending, "new@prairie.example", "PRAIRIE").last_mail
    assert last is not None
    assert last.note == "The site has no sender yet."
    brands.set_brand(sending, site="PRAIRIE", brand=PRAIRIE)
    assert send(sending).sent == 1
    (mail,) = post.received
    assert mail["From"] == "Prairie Finance <mail@prairie.example>"
    assert stored(sending, mail_id)["status"] == "sent"


def test_that_a_mail_superseded_while_it_was_claimed_stays_dead(
    sending: Desk, post: Post, send: Send, clock: Clock
) -> None:
    first = queue(sending)
    a_minute_passes(sending.engine)
    change_mail(sending.engine, first, claimed_until=clock.now + timedelta(minutes=5))
    second = queue(sending)
    assert send(sending).sent == 1
    assert [stored(sending, one)["status"] for one in (first, second)] == ["superseded", "sent"]


def test_that_a_mail_its_user_no_longer_needs_dies_unsent(sending: Desk, post: Post, send: Send) -> None:
    mail_id = queue(sending)
    with filling(sending.engine) as connection:
        connection.exec_driver_sql("update end_user set status = 'Active' where email = 'paul@new.example'")
    done = send(sending)
    assert (done.sent, done.waiting) == (0, 0)
    assert stored(sending, mail_id)["status"] == "superseded"
    assert post.received == []


def test_that_a_claim_that_ran_out_is_taken_again_and_a_fresh_one_is_not(
    sending: Desk, post: Post, send: Send, clock: Clock
) -> None:
    mail_id = queue(sending)
    change_mail(sending.engine, mail_id, claimed_until=clock.now + timedelta(seconds=1))
    assert send(sending).sent == 0
    clock.now += timedelta(seconds=1)
    assert send(sending).sent == 1


def test_that_nothing_due_needs_neither_server_nor_key(branded: Desk, send: Send) -> None:
    assert send(branded, key=None).stopped is None


def test_that_without_a_server_mails_wait_and_the_run_says_how_to_name_one(branded: Desk, send: Send) -> None:
    queue(branded)
    done = send(branded)
    assert done.stopped is not None
    assert "settings set mail.host" in done.stopped.message


@pytest.mark.parametrize(
    ("key", "words"),
    [(None, "not on this machine"), (new_mail_key(), "not the one")],
    ids=["no key", "another key"],
)
def test_that_nothing_is_sent_with_a_missing_or_another_key(
    sending: Desk, post: Post, send: Send, key: str | None, words: str
) -> None:
    queue(sending)
    done = send(sending, key=key)
    assert done.stopped is not None
    assert words in done.stopped.message
    assert post.received == []


def test_that_an_address_that_the_server_cannot_write_to_is_a_dead_letter(
    sending: Desk, post: Post, send: Send
) -> None:
    with filling(sending.engine) as connection:
        main = find_site(connection, "MAIN").id
        add_user(connection, main, "zoë@new.example", [(1, "A-001")], status=Status.PENDING)
    mail_id = queue(sending, "zoë@new.example")
    assert send(sending).failed == 1
    assert "letters other than a to z" in str(stored(sending, mail_id)["failure"])


def test_that_only_an_administrator_sends(sending: Desk, send: Send) -> None:
    appoint(sending.engine, "casey", Role.CSR)
    with pytest.raises(NotAllowed):
        send(replace(sending, operator="casey"))


def test_that_the_outbox_is_listed_by_status(sending: Desk, post: Post, send: Send) -> None:
    crowd(sending, 2)
    post.play(rcpt=["550 no"])
    send(sending)
    queue(sending)
    assert [mail.status for mail in list_mails(sending)] == ["failed", "sent", "queued"]
    (failed,) = list_mails(sending, status=MailStatus.FAILED)
    assert (failed.email, failed.attempts) == ("new0@crowd.example", 1)


def test_that_mails_are_sent_in_the_order_they_were_queued(sending: Desk, post: Post, send: Send) -> None:
    crowd(sending, 3)
    send(sending)
    assert post.recipients == [f"new{one}@crowd.example" for one in range(3)]
    assert len(mails(sending.engine)) == 3
