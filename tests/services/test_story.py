"""What people did in the portal and what the desk did about it belong to their story."""

from __future__ import annotations

from datetime import timedelta

import pytest

from portal_admin.domain.service_requests import request_number
from portal_admin.services import audit, call_notes, users
from portal_admin.services.change import changing
from portal_admin.services.desk import Desk
from portal_admin.services.story import story
from tests.fixtures.desk import NOW
from tests.fixtures.operators import filling
from tests.services.acting import CALLED
from tests.services.conftest import PAUL, RUTH
from tests.services.portal_rows import add_attempt, add_payment, add_request, user_of

NEW = "ruth@married.example"


def told(desk: Desk, email: str, site: str = "MAIN") -> list[tuple[str, str, str]]:
    return [(one.headline, one.who, one.email) for one in story(desk, site=site, email=email).moments]


def test_that_what_the_person_did_in_the_portal_is_told_with_its_time(office: Desk) -> None:
    with filling(office.engine) as connection:
        add_payment(connection, RUTH)
        add_request(connection, RUTH)
        add_attempt(connection, user_of(connection, RUTH).site_id, RUTH)
    assert told(office, RUTH) == [
        ("Requested a payment in the portal: 250.00 USD on 0012-0045, P-0001", "the portal", RUTH),
        ("Tried to enroll in the portal, which refused it (postal code)", "the portal", RUTH),
        ("Asked in the portal: Question, Insurance certificate", "the portal", RUTH),
    ]
    moments = story(office, site="MAIN", email=RUTH).moments
    assert [NOW - moment.at for moment in moments] == [timedelta(minutes=n) for n in (1, 3, 60)]


def test_that_what_the_desk_did_about_it_is_found_by_the_person(office: Desk) -> None:
    with filling(office.engine) as connection:
        payment = add_payment(connection, RUTH, origin="desk", reference="P-7")
        request = add_request(connection, RUTH)
        other = add_payment(connection, PAUL, reference="P-8")
    assert payment != other
    call_notes.write_note(office, site="MAIN", email=RUTH, note="Wants a receipt.", contract_id="0012-0045")
    with changing(office) as connection:
        for action, subject in (
            ("payment.submit", "P-7"),
            ("payment.cancel", "P-8"),
            ("request.note", request_number(request)),
        ):
            audit.record(
                connection, office, action=action, subject=subject, site="MAIN", after={"amount": "1.00"}
            )
    moments = story(office, site="MAIN", email=RUTH).moments
    assert [one.headline for one in moments if one.line] == [
        f"Wrote on service request {request_number(request)}",
        "Submitted a payment for the caller: P-7",
        "Wrote a call note",
    ]
    assert {one.email for one in moments} == {RUTH}
    assert ("Note", None, "Wants a receipt.") in next(
        one for one in moments if "call note" in one.headline
    ).changes
    assert ("Asked to cancel payment P-8", "tester", PAUL) in told(office, PAUL)


def test_that_payments_and_requests_are_followed_across_a_change_of_email(office: Desk) -> None:
    with filling(office.engine) as connection:
        add_payment(connection, RUTH)
    users.change_email(office, site="MAIN", email=RUTH, to=NEW, proof=CALLED)
    assert any(headline.endswith("P-0001") and email == RUTH for headline, _, email in told(office, NEW))
    assert told(office, RUTH, site="PRAIRIE") == []


@pytest.mark.parametrize(
    ("outcome", "words"),
    [
        ("accepted", "Enrolled in the portal"),
        ("refused", "Tried to enroll in the portal, which refused it"),
        ("cannot_tell", "Tried to enroll in the portal, which could not tell"),
    ],
)
@pytest.mark.databases("sqlite")
def test_that_somebody_who_is_no_user_has_the_story_of_the_attempts(
    office: Desk, outcome: str, words: str
) -> None:
    with filling(office.engine) as connection:
        site = user_of(connection, RUTH).site_id
        add_attempt(connection, site, "Who@X.example", outcome=outcome, refused_by="")
    assert told(office, "who@x.example") == [(words, "the portal", "who@x.example")]


def test_that_an_enrolment_that_the_audit_tells_is_not_told_twice(office: Desk) -> None:
    with filling(office.engine) as connection:
        attempt = add_attempt(connection, user_of(connection, RUTH).site_id, RUTH)
    with changing(office) as connection:
        after = {"attempt": attempt, "refused_by": ["postal_code"]}
        audit.record(connection, office, action="enrollment.refuse", subject=RUTH, site="MAIN", after=after)
    assert told(office, RUTH) == [("Refused an enrolment", "tester", RUTH)]
    (moment,) = story(office, site="MAIN", email=RUTH).moments
    assert ("Refused by", None, "postal code") in moment.changes
