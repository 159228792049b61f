"""Several senders at once, and senders that are killed: each mail at least once, and told apart by its Message-ID."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from sqlalchemy import event

from portal_admin.models import patience
from portal_admin.models.engine import open_engine
from portal_admin.services.desk import Desk
from portal_admin.services.mail.claims import CLAIM
from tests.fixtures.database import Databases
from tests.fixtures.post import PASSWORD, Post
from tests.services.conftest import PAUL
from tests.services.mail.conftest import KEY, Send, queue
from tests.services.mail.test_delivery import crowd, stored
from tests.services.proxy import Proxy

MAILS = 12
PATIENCE = 30.0
# The whole message: an isolation level has the word in its name.
COMMIT = b"COMMIT\0"


def test_that_two_senders_at_once_send_each_mail_once(sending: Desk, post: Post, send: Send) -> None:
    crowd(sending, MAILS)
    with ThreadPoolExecutor(2) as pool:
        done = list(pool.map(lambda _number: send(sending), range(2)))
    assert sum(one.sent for one in done) == MAILS
    assert sorted(post.recipients) == sorted(f"new{one}@crowd.example" for one in range(MAILS))


def test_that_a_sender_killed_before_it_could_record_is_followed_by_one_with_the_same_message_id(
    sending: Desk, post: Post, send: Send, databases: Databases
) -> None:
    mail_id = queue(sending)
    post.play(data=["hang"])
    url = sending.engine.url.render_as_string(hide_password=False)
    environment = os.environ | {
        "PORTAL_ADMIN_DATABASE_URL": databases.logged_in(url, "tester"),
        "PORTAL_ADMIN_DATABASE_PASSWORD": "not asked for",
        "PORTAL_ADMIN_MAIL_KEY": KEY,
        "PORTAL_ADMIN_SMTP_PASSWORD": PASSWORD,
    }
    process = subprocess.Popen([sys.executable, "-m", "portal_admin", "mail", "send"], env=environment)
    until(lambda: bool(post.received) or process.poll() is not None)
    assert process.poll() is None
    process.kill()
    process.wait()
    row = stored(sending, mail_id)
    assert row["status"] == "queued"
    assert row["claimed_until"] is not None
    soon, later = datetime.now(UTC), datetime.now(UTC) + CLAIM
    assert send(replace(sending, clock=lambda: soon)).sent == 0
    assert send(replace(sending, clock=lambda: later)).sent == 1
    first, second = post.received
    assert first["Message-ID"] == second["Message-ID"]
    assert first.get_body(("plain",)) is not None
    assert str(first.get_body(("plain",))) == str(second.get_body(("plain",)))
    assert post.recipients == [PAUL, PAUL]


def until(happened: Callable[[], bool]) -> None:
    """Wait for another process."""
    deadline = time.monotonic() + PATIENCE
    while not happened():
        if time.monotonic() > deadline:
            pytest.fail("it did not happen")
        time.sleep(0.02)


@pytest.mark.databases("postgresql")
@pytest.mark.parametrize("arrives", [True, False])
def test_that_a_mail_whose_recording_lost_its_answer_is_recorded_and_not_sent_again(
    sending: Desk, post: Post, send: Send, monkeypatch: pytest.MonkeyPatch, arrives: bool
) -> None:
    monkeypatch.setattr(patience, "SECONDS_TO_COMMIT", 0.3)
    mail_id = queue(sending)
    network = Proxy(sending.engine.url.render_as_string(hide_password=False))
    engine = open_engine(network.url)

    def break_off(data: bytes) -> None:
        if COMMIT in data and post.received:
            network.watch = lambda _data: None
            network.silent.set() if arrives else network.cut()

    network.watch = break_off
    event.listen(engine, "invalidate", lambda *_: network.silent.clear())
    try:
        done = send(replace(sending, engine=engine))
    finally:
        engine.dispose()
        network.close()
    assert (done.sent, len(post.received)) == (1, 1)
    row = stored(sending, mail_id)
    assert (row["status"], row["attempts"], row["claimed_until"]) == ("sent", 1, None)
