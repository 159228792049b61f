"""The demonstration: every call to try is answered by the place it opens."""

from __future__ import annotations

import tomllib
from collections import Counter
from decimal import Decimal

import pytest

from portal_admin.cli.demo_world import demo_world
from portal_admin.domain.enrolment_attempts import Outcome
from portal_admin.domain.imports import Column, Options
from portal_admin.domain.payments import PaymentStatus
from portal_admin.domain.people import Status
from portal_admin.domain.service_requests import RequestStatus
from portal_admin.domain.verdict import Result
from portal_admin.errors import Refused, SwitchedOff
from portal_admin.paths import config_folder
from portal_admin.services import (
    access,
    accounts,
    audit_trail,
    call_notes,
    cash_preview,
    fields,
    find,
    people,
    story,
    users,
)
from portal_admin.services.desk import Desk
from portal_admin.services.enrolment.attempts import list_attempts
from portal_admin.services.enrolment.rehearse import rehearse as rehearse_enrolment
from portal_admin.services.health import health
from portal_admin.services.imports.mapping import recognise
from portal_admin.services.imports.plan import rehearse
from portal_admin.services.imports.source import open_table, read_source
from portal_admin.services.mail.queue import list_mails
from portal_admin.services.payments.list import list_payments
from portal_admin.services.payments.trace import trace
from portal_admin.services.requests.show import show
from portal_admin.ui.navigation import SCREENS
from portal_admin.wiring import close_desk, open_desk
from tests.fixtures.desk import NOW

# Contract asked about, verdict, area, and the checks that fail or advise.
ANSWERS = {
    "NW-24-0117": ("visible", "open", set()),
    "NW-19-0032": ("visible", "closed", set()),
    "LG-21-0008": ("not_visible", None, {"private_label"}),
    "NW-26-0201": ("not_visible", None, {"booked"}),
    "PR-26-0311": ("not_visible", None, {"booked", "synced"}),
    "NW-25-0140": ("not_visible", None, {"role", "look_alike"}),
    "PR-24-0188": ("visible", "open", set()),
    "EC-25-0064": ("not_visible", None, {"private_label"}),
}


def calls() -> list[dict[str, dict[str, str]]]:
    found: list[dict[str, dict[str, str]]] = tomllib.loads(
        (config_folder() / "calls_to_try.toml").read_text()
    )["calls"]
    return found


def check_explanations(desk: Desk) -> None:
    asked = {}
    for call in calls():
        place = call["open"]
        assert place["screen"] in SCREENS
        if place["screen"] == "customer_care" and "contract" in place:
            verdict = access.explain(
                desk, site=place["site"], email=place["email"], contract_id=place["contract"]
            )
            said = {c.name for c in verdict.checks if c.result in (Result.FAIL, Result.ADVICE)}
            asked[place["contract"]] = (verdict.verdict, verdict.area, said)
    assert asked == ANSWERS


def check_the_other_calls(desk: Desk) -> None:
    quarry = accounts.explain(desk, site="PRAIRIE", account_id="A-90009").verdict
    assert (quarry.verdict, [c.name for c in quarry.failed]) == (
        "not_offered",
        ["active_contract", "same_contract"],
    )
    assert (
        people.show_user(desk, site="NORTHWIND", email="nina.reyes@redcedar.example").status is Status.PENDING
    )
    check_provisioning(desk)
    balance = {row.field.key: row for row in fields.show(desk, contract_id="EC-23-0044").rows}
    assert "differs" in {row.state for row in balance.values()}


def check_provisioning(desk: Desk) -> None:
    """A mail that waits, a reset that asks who is calling, a story of three deeds, and a file with mistakes."""
    assert health(desk).mail.has_server is False
    assert "nina.reyes@redcedar.example" in {mail.email for mail in list_mails(desk)}
    with pytest.raises(Refused, match="needs a verified caller"):
        users.reset_password(desk, site="NORTHWIND", email="maria.olsen@prairiehauling.example")
    told = story.story(desk, site="NORTHWIND", email="steve.hart@prairiehauling.example")
    linked = [
        moment.who for moment in told.moments if moment.headline.startswith(("Linked", "Unlinked", "Created"))
    ]
    assert linked == ["morgan", "morgan", "casey"]
    (name,) = (call["open"]["file"] for call in calls() if "file" in call["open"])
    table = open_table(read_source(config_folder() / name))
    mapping = recognise(table.header) | {Column.EMAIL: 0}
    plan = rehearse(desk, site="NORTHWIND", table=table, mapping=mapping, options=Options())
    assert (plan.counts.created, plan.counts.changed, plan.counts.unchanged, plan.counts.refused) == (
        3,
        1,
        1,
        3,
    )


def check_the_name_that_is_heard(desk: Desk) -> None:
    groups = find.search(desk, text="kris meyer").groups
    assert "Cris Maier" in groups[0].hits[0].title


# Reference, what it means, the step that a caller asks about, and how that stands.
PAYMENTS = {
    "P-104417": ("Posted to the contract; a return can still follow", "applied", "done"),
    "P-104498": ("Returned by the bank", "returned", "failed"),
    "P-104655": ("Canceled before any batch took it", "cancel", "done"),
    "P-104702": ("Sent to the bank, not yet collected", "posted_to_contract", "waiting"),
    "P-104733": ("Scheduled, but no batch will pick it up by itself", "picked", "failed"),
    "P-104741": ("Scheduled in ASPIRE", "picked", "waiting"),
    "P-104768": ("Waiting to be sent to ASPIRE", "sent", "overdue"),
    "P-104775": ("Pending Cancel, not confirmed yet", "cancel", "waiting"),
}


def check_payments(desk: Desk) -> None:
    found = {one.reference: one for one in list_payments(desk).payments}
    assert found.keys() == PAYMENTS.keys()
    assert {one.status for one in found.values()} == set(PaymentStatus)
    assert {one.is_business for one in found.values()} == {True, False}
    for reference, (words, step, state) in PAYMENTS.items():
        told = trace(desk, reference=reference)
        assert (told.timeline.status_words, told.problems) == (words, ()), reference
        assert {one.kind.value: one.state.value for one in told.timeline.steps}[step] == state, reference
    asked = {call["open"]["payment"] for call in calls() if "payment" in call["open"]}
    assert asked < PAYMENTS.keys()
    with pytest.raises(SwitchedOff):
        list_payments(desk, site="EASTCOAST")
    left = cash_preview.preview(desk, contract_id="NW-25-0140", amount="2500.00")
    assert (left.application.method.value, left.application.unapplied) == ("PriorityPost", Decimal(0))


def check_enrolment_and_requests(desk: Desk) -> None:
    tried = list_attempts(desk).attempts
    assert Counter(one.outcome for one in tried) == {Outcome.REFUSED: 8, Outcome.ACCEPTED: 2}
    refused = {check for one in tried for check in one.refused_by}
    assert refused == {"email", "postal_code", "contract", "already_user"}
    (place,) = (call["open"] for call in calls() if call["open"]["screen"] == "enrolment")
    typed = {"site": place["site"], "email": place["email"], "contract_id": place["contract"]}
    assert rehearse_enrolment(desk, **typed, postal_code="68510").verdict == "refused"
    assert rehearse_enrolment(desk, **typed, postal_code="68508").verdict == "accepted"
    (number,) = (call["open"]["request"] for call in calls() if "request" in call["open"])
    request = show(desk, number=number).request
    assert (request.email, request.status) == ("maria.olsen@prairiehauling.example", RequestStatus.NEW)
    maria = people.show_user(desk, site="NORTHWIND", email=request.email)
    assert call_notes.list_notes(desk, user_id=maria.id)


def test_that_every_call_to_try_is_answered_by_the_place_it_opens() -> None:
    with demo_world(say=lambda _: None, now=NOW) as profile:
        desk = open_desk(profile, clock=lambda: NOW)
        check_explanations(desk)
        check_the_other_calls(desk)
        check_the_name_that_is_heard(desk)
        check_payments(desk)
        check_enrolment_and_requests(desk)
        audited = audit_trail.verify(desk)
        assert audited is not None
        assert audited.sound
        close_desk(desk)
    assert len(calls()) >= 10
