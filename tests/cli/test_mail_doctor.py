"""What doctor says of mails: nothing wrong, something missing, and something that keeps mails from people."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import Engine, insert

from portal_admin.domain.people import Status
from portal_admin.models import mail_outbox, setting, site_brand
from portal_admin.models.engine import writing
from portal_admin.services.doctor import Finding
from portal_admin.services.mail.settings import KEY_FINGERPRINT
from portal_admin.settings import Profile, add_profile
from portal_admin.wiring import examine_profile
from tests.fixtures.desk import NOW
from tests.services.filled import add_site, add_user

Examine = Callable[[], Finding]


@pytest.fixture
def examine(database_url: str) -> Examine:
    add_profile(Profile("uat", database_url))

    def mail() -> Finding:
        (found,) = [one for one in examine_profile(clock=lambda: NOW) if one.check == "mail"]
        return found

    return mail


def configure(engine: Engine) -> None:
    with writing(engine) as connection:
        rows = {"mail.host": "smtp.example.com", KEY_FINGERPRINT: "x"}
        connection.execute(insert(setting), [{"key": key, "value": value} for key, value in rows.items()])


def add(engine: Engine, key: str, *, brand: bool = True, **mail: object) -> None:
    """A site with one user, and a mail to the user when something is said of it."""
    with writing(engine) as connection:
        site_id = add_site(connection, key)
        if brand:
            address = "a@b.example"
            texts = {"sender_name": "A", "sender_address": address, "support_email": address}
            connection.execute(
                insert(site_brand).values(site_id=site_id, **texts, link_base="https://b.example", version=1)
            )
        user = add_user(connection, site_id, f"u@{key}.example", [], status=Status.PENDING)
        if mail:
            values = {
                "message_key": key,
                "user_id": user,
                "kind": "registration",
                "recipient": "u",
                "attempts": 0,
            }
            times = {"created_at": NOW, "due_at": NOW, "created_by": "tester"}
            connection.execute(insert(mail_outbox).values(values | times | mail))


def test_that_a_portal_without_sites_sends_no_mails(examine: Examine, engine: Engine) -> None:
    assert examine().result == "pass"


def test_that_a_portal_that_sends_mails_passes(examine: Examine, engine: Engine) -> None:
    configure(engine)
    add(engine, "NW", status="queued", created_at=NOW - timedelta(minutes=15))
    assert (examine().result, examine().message) == (
        "pass",
        "Mails are handed to smtp.example.com; 1 mail queued.",
    )


def test_that_what_is_missing_is_advice_while_nobody_waits(examine: Examine, engine: Engine) -> None:
    add(engine, "NW", brand=False)
    found = examine()
    assert found.result == "advice"
    for words in ("No mail server", "no mail key", "no sender yet: NW"):
        assert words in found.message
    for words in ("settings set mail.host", "mail key --new", "sites set-brand"):
        assert words in str(found.fix)


@pytest.mark.parametrize(
    ("brand", "mail", "words"),
    [
        (True, {"status": "failed"}, "1 mail could not be delivered."),
        (False, {"status": "queued"}, "Mails wait, because these sites have no sender yet: NW."),
        (
            True,
            {"status": "queued", "created_at": NOW - timedelta(minutes=16)},
            "the oldest since 2026-11-21 19:44 UTC",
        ),
    ],
)
def test_that_mails_kept_from_people_are_a_failure(
    examine: Examine, engine: Engine, brand: bool, mail: dict[str, object], words: str
) -> None:
    configure(engine)
    add(engine, "NW", brand=brand, **mail)
    assert examine().result == "fail"
    assert words in examine().message


def test_that_many_sites_without_a_sender_are_counted(examine: Examine, engine: Engine) -> None:
    configure(engine)
    for number in range(7):
        add(engine, f"S{number}", brand=False)
    assert "S0, S1, S2, S3, S4 and 2 more" in examine().message
