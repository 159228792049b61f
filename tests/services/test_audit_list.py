"""Finding audit events: by person, operator, action and time; streamed, paged, and as a person's story."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import Engine, update

from portal_admin.domain.verification import Method, Proof
from portal_admin.errors import NotFound
from portal_admin.models import mail_outbox
from portal_admin.models.engine import writing
from portal_admin.services import audit, audit_list, links, users
from portal_admin.services.audit_list import AuditFilter
from portal_admin.services.change import changing
from portal_admin.services.desk import Desk
from portal_admin.services.story import story
from tests.fixtures.desk import NOW, Clock
from tests.services.conftest import RUTH
from tests.services.filled import audit_rows

PROOF = Proof(Method.CALL_BACK)


def write(desk: Desk, *lines: dict[str, Any]) -> None:
    usual = {"action": "user.edit", "subject": "r@x.example", "site_key": "MAIN"}
    usual |= {"before": None, "after": None, "reason": None}
    with changing(desk) as connection:
        audit.record_all(connection, desk, [{**usual, **line} for line in lines])


def ids(desk: Desk, **wanted: Any) -> list[int]:
    return [event.line.id for event in audit_list.list_events(desk, AuditFilter(**wanted))]


@pytest.fixture
def written(offline_desk: Desk) -> Desk:
    """Six lines of two operations."""
    write(offline_desk, {}, {"action": "user.create"}, {"subject": "100%_done"})
    write(offline_desk, {"subject": "R2@x.example"}, {"site_key": None}, {"action": "site.create"})
    return offline_desk


def test_that_events_are_found_by_what_they_are(written: Desk) -> None:
    assert ids(written) == [6, 5, 4, 3, 2, 1]
    assert ids(written, person=" R@X.example ") == [6, 5, 2, 1]
    assert ids(written, action="user.create") == [2]
    assert ids(written, site="MAIN", person="r@x.example") == [6, 2, 1]
    assert ids(written, operator="TESTER") == [6, 5, 4, 3, 2, 1]
    assert ids(written, operator="nobody") == []
    assert ids(written, operation=audit_rows(written.engine)[0].operation_id) == [3, 2, 1]


def test_that_a_part_of_a_name_is_enough_and_signs_are_taken_as_they_are(written: Desk) -> None:
    assert ids(written, text="r2@X") == [4]
    assert ids(written, text="0%_d") == [3]
    assert ids(written, text="%") == [3]


def test_that_events_are_found_by_time(offline_desk: Desk, clock: Clock) -> None:
    start = audit_start(offline_desk)
    assert ids(offline_desk, since=start) == [1]
    assert ids(offline_desk, until=start) == []
    assert ids(offline_desk, since=start, until=start + timedelta(microseconds=1)) == [1]


def audit_start(desk: Desk) -> Any:
    write(desk, {})
    return audit_rows(desk.engine)[0].at


def test_that_listing_crosses_pages(written: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(audit_list, "PAGE", 2)
    assert ids(written) == [6, 5, 4, 3, 2, 1]
    assert audit_list.count(written, AuditFilter()) == 6


def test_that_any_page_is_read_by_rank(written: Desk) -> None:
    ranked = audit_list.rank(written, AuditFilter())
    assert isinstance(ranked, range)
    assert [event.line.id for event in audit_list.page(written, ranked[2:4])] == [4, 3]
    some = audit_list.rank(written, AuditFilter(person="r@x.example"), oldest_first=True)
    assert list(some) == [1, 2, 5, 6]
    assert [event.line.id for event in audit_list.page(written, some[1:3])] == [2, 5]


@pytest.mark.databases("sqlite")
def test_that_ids_with_gaps_are_ranked_too(written: Desk) -> None:
    """Lines from before the chain have gaps; a deleted line stands for them."""
    with writing(written.engine) as connection:
        connection.exec_driver_sql("delete from audit_event where id = 3")
    assert list(audit_list.rank(written, AuditFilter())) == [6, 5, 4, 2, 1]


def test_that_an_empty_audit_has_no_pages(offline_desk: Desk) -> None:
    ranked = audit_list.rank(offline_desk, AuditFilter())
    assert (len(ranked), audit_list.page(offline_desk, ranked[0:10])) == (0, [])
    assert audit_list.choices(offline_desk) == audit_list.Choices((), ())


def test_that_choices_name_everybody_and_everything_once(written: Desk) -> None:
    assert audit_list.choices(written) == audit_list.Choices(
        ("tester",), ("site.create", "user.create", "user.edit")
    )


def test_that_an_operation_shows_its_first_events_and_their_number(written: Desk) -> None:
    mine = audit_rows(written.engine)[0].operation_id
    events, number = audit_list.operation(written, mine, at_most=2)
    assert ([event.line.id for event in events], number) == ([1, 2], 3)


def test_that_linked_accounts_are_named(office: Desk) -> None:
    links.remove(office, site="MAIN", email="ina@old.example", account_id="A-004")
    (event,) = audit_list.list_events(office, AuditFilter(action="link.remove"))
    assert event.headline == "Unlinked A-004 Granite Peak Excavating Inc."


def mark_sent(engine: Engine) -> None:
    with writing(engine) as connection:
        connection.execute(update(mail_outbox).values(status="sent", sent_at=NOW + timedelta(days=300)))


def test_that_a_story_follows_a_person_across_addresses(office: Desk) -> None:
    users.edit_user(office, site="MAIN", email=RUTH, last_name="Olson")
    users.change_email(office, site="MAIN", email=RUTH, to="ruth@married.example", proof=PROOF)
    users.resend_registration(office, site="MAIN", email="ruth@married.example")
    for asked in (RUTH, "ruth@married.example"):
        found = story(office, site="MAIN", email=asked)
        assert set(found.emails) == {RUTH, "ruth@married.example"}
        assert (found.name, found.is_whole, found.site) == ("Ruth Olson", True, "MAIN")
        told = [(moment.headline, moment.email) for moment in found.moments]
        assert ("Changed last name: Olsen → Olson", RUTH) in told
        assert (f"Changed the email from {RUTH} to ruth@married.example", RUTH) in told
        assert ("Verified the caller: called back to the number of record", RUTH) in told
        assert any(headline.startswith("Created Ruth Olson") for headline, _ in told)
        assert any(headline == "Registration mail waits to be sent" for headline, _ in told)


def test_that_a_story_is_newest_first_and_tells_when_a_mail_left(office: Desk) -> None:
    users.resend_registration(office, site="MAIN", email="paul@new.example")
    mark_sent(office.engine)
    moments = story(office, site="MAIN", email="paul@new.example").moments
    assert [(moment.headline, moment.who) for moment in moments] == [
        ("Registration mail sent", "mail delivery"),
        ("Queued a registration mail", "tester"),
    ]


def test_that_a_mail_that_failed_deserves_a_look(office: Desk) -> None:
    users.resend_registration(office, site="MAIN", email="paul@new.example")
    with writing(office.engine) as connection:
        connection.execute(update(mail_outbox).values(status="failed", failure="The server refused it."))
    failed = next(m for m in story(office, site="MAIN", email="paul@new.example").moments if m.line is None)
    assert (failed.headline, failed.reason) == ("Registration mail given up", "The server refused it.")
    assert failed.attention == "The mail was not delivered"


def test_that_people_of_the_same_address_on_another_site_stay_apart(office: Desk) -> None:
    users.edit_user(office, site="PRAIRIE", email=RUTH, first_name="Rut")
    assert story(office, site="MAIN", email=RUTH).moments == ()
    assert len(story(office, site="PRAIRIE", email=RUTH).moments) == 1


def test_that_a_stranger_has_no_story(office: Desk) -> None:
    with pytest.raises(NotFound, match=r"Nothing is known of who@x\.example on site MAIN"):
        story(office, site="MAIN", email="who@x.example")


def test_that_a_flagged_reset_stands_out(office: Desk) -> None:
    users.change_email(office, site="MAIN", email=RUTH, to="ruth@married.example", proof=PROOF)
    with changing(office) as connection:
        audit.record(
            connection,
            replace(office),
            action="user.reset",
            subject="ruth@married.example",
            site="MAIN",
            after={"flag": "reset within 24 hours of an email change"},
        )
    newest = story(office, site="MAIN", email=RUTH).moments
    assert [m.attention for m in newest if m.attention] == ["Reset within 24 hours of an email change"]
