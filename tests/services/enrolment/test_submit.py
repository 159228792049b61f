"""Enrolments that are done: the user, the links, the mail, the log and the audit line come together or not at all."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from typing import Any

import pytest
from sqlalchemy import delete, func, select

from portal_admin.domain.enrolment_attempts import Outcome
from portal_admin.domain.people import Status
from portal_admin.domain.permissions import Role
from portal_admin.domain.verdict import Edition
from portal_admin.errors import DatabaseProblem, DeskError, InvalidInput, NotAllowed
from portal_admin.models import aspire_account, aspire_contact, enrollment_attempt, mail_outbox
from portal_admin.models.engine import open_engine, reading, writing
from portal_admin.sandbox.server import Sandbox
from portal_admin.services import access, people
from portal_admin.services.desk import Desk
from portal_admin.services.enrolment.attempts import list_attempts
from portal_admin.services.enrolment.submit import Submitted, submit
from tests.fixtures.operators import appoint
from tests.services.enrolment.world import ACTIVE, BILLING, OLSEN, PENDING, RIGHT, offline
from tests.services.filled import STALE, audit_rows, everything, is_of_now, refuse_audit, set_setting


def enrol(desk: Desk, **changes: Any) -> Submitted:
    return submit(desk, **(RIGHT | changes))


def attempts(desk: Desk) -> int:
    with reading(desk.engine) as connection:
        return int(connection.execute(select(func.count()).select_from(enrollment_attempt)).scalar_one())


def test_that_an_accepted_visitor_becomes_a_pending_user_with_the_customer_of_the_contract(
    enrolment: Desk,
) -> None:
    done = enrol(enrolment)
    assert (done.verdict.verdict, done.warnings) == ("accepted", ())
    user = people.show_user(enrolment, site="MAIN", email=OLSEN)
    assert done.user == user
    assert (user.name, user.status, [one.account_id for one in user.accounts]) == (
        "Ruth Olsen",
        Status.PENDING,
        ["A-001"],
    )
    with reading(enrolment.engine) as connection:
        (mail,) = connection.execute(select(mail_outbox)).all()
    assert (mail.user_id, mail.kind, mail.status) == (user.id, "registration", "queued")
    (line,) = audit_rows(enrolment.engine)
    assert (line.action, line.subject, line.site_key) == ("enrollment.submit", OLSEN, "MAIN")
    assert line.after == {
        "first_name": "Ruth",
        "last_name": "Olsen",
        "status": "Pending",
        "accounts": ["A-001"],
        "contract": "0012-0045",
        "attempt": done.attempt,
    }
    seen = access.contracts(enrolment, site="MAIN", email=OLSEN)
    assert "0012-0045" in {one.contract_id for one in seen.lines}


def test_that_the_attempt_is_kept_as_it_was_typed(enrolment: Desk) -> None:
    done = enrol(enrolment, email=f" {OLSEN.upper()} ", postal_code="68114 - 9")
    (kept,) = list_attempts(enrolment).attempts
    assert kept.id == done.attempt
    assert (kept.email, kept.postal_code, kept.contract_id) == (OLSEN.upper(), "68114 - 9", "0012-0045")
    assert (kept.site, kept.name, kept.edition, kept.outcome) == (
        "MAIN",
        "Ruth Olsen",
        Edition.E2026,
        Outcome.ACCEPTED,
    )
    assert kept.refused_by == ()
    assert done.user is not None
    assert kept.user_id == done.user.id
    assert is_of_now(enrolment, kept.at)


def test_that_a_refused_visitor_leaves_a_row_and_a_line_and_nothing_else(enrolment: Desk) -> None:
    users_before = list(people.list_users(enrolment))
    done = enrol(enrolment, postal_code="1", contract_id="0012-0048")
    assert (done.verdict.verdict, done.user) == ("refused", None)
    (kept,) = list_attempts(enrolment).attempts
    assert (kept.id, kept.outcome, kept.refused_by) == (
        done.attempt,
        Outcome.REFUSED,
        ("postal_code", "contract"),
    )
    assert kept.user_id is None
    assert list(people.list_users(enrolment)) == users_before
    (line,) = audit_rows(enrolment.engine)
    assert (line.action, line.subject) == ("enrollment.refuse", OLSEN)
    assert line.after["refused_by"] == ["postal_code", "contract"]
    with reading(enrolment.engine) as connection:
        assert connection.execute(select(mail_outbox)).all() == []


@pytest.mark.parametrize("email", [ACTIVE, PENDING])
def test_that_a_used_address_creates_nobody_and_sends_no_mail(enrolment: Desk, email: str) -> None:
    done = enrol(enrolment, email=email)
    assert "already_user" in {check.name for check in done.verdict.failed}
    with reading(enrolment.engine) as connection:
        assert connection.execute(select(mail_outbox)).all() == []


@pytest.mark.databases("sqlite")
def test_that_the_edition_in_force_decides_and_is_written_down(enrolment: Desk) -> None:
    with writing(enrolment.engine) as connection:
        set_setting(connection, "edition", "2025")
    assert enrol(enrolment, email=BILLING).verdict.verdict == "refused"
    with writing(enrolment.engine) as connection:
        set_setting(connection, "edition", "2026")
    assert enrol(enrolment, email=BILLING).verdict.verdict == "accepted"
    assert [one.edition for one in list_attempts(enrolment).attempts] == [Edition.E2026, Edition.E2025]


@pytest.mark.databases("sqlite")
def test_that_rule_b_is_not_asked(enrolment: Desk) -> None:
    # All contracts of this customer are terminated: the picker of 2026 does not offer it.
    done = enrol(enrolment, email="books@granitepeak.example", contract_id="0040-0001")
    assert done.user is not None
    assert [one.account_id for one in done.user.accounts] == ["A-004"]


def test_that_what_cannot_be_told_creates_and_writes_nothing(
    enrolment: Desk, aged: Callable[[Desk, datetime | None], Desk]
) -> None:
    desk = aged(enrolment, STALE)
    before = everything(desk.engine)
    done = enrol(offline(desk))
    assert (done.verdict.verdict, done.user, done.attempt) == ("cannot_tell", None, None)
    assert everything(desk.engine) == before
    assert attempts(desk) == 0


@pytest.mark.parametrize("fault", [{"latency": 5}, {"deny": "Contracts/10"}, {"truncate": True}])
@pytest.mark.databases("sqlite")
def test_that_a_fault_of_aspire_creates_nothing_on_an_old_copy_and_warns_on_a_fresh_one(
    hasty: Desk, sandbox: Sandbox, fault: dict[str, Any], aged: Callable[[Desk, datetime | None], Desk]
) -> None:
    sandbox.fault(**fault)
    assert enrol(aged(hasty, STALE)).verdict.verdict == "cannot_tell"
    assert attempts(hasty) == 0
    done = enrol(aged(hasty, hasty.clock()))
    assert (done.verdict.verdict, len(done.warnings)) == ("accepted", 1)
    assert done.warnings[0].startswith("Saved, but A-001 was not read")


@pytest.mark.databases("sqlite")
def test_that_a_customer_nobody_can_name_is_not_guessed(enrolment: Desk) -> None:
    with writing(enrolment.engine) as connection:
        connection.execute(delete(aspire_contact))
        connection.execute(delete(aspire_account))
    with pytest.raises(DeskError, match="Nothing was created"):
        enrol(offline(enrolment), email=BILLING)
    assert attempts(enrolment) == 0


def test_that_of_two_at_once_one_is_accepted_and_one_is_told(enrolment: Desk) -> None:
    url = enrolment.engine.url.render_as_string(hide_password=False)
    done: list[Submitted] = []
    ready = threading.Barrier(2)

    def enter() -> None:
        engine = open_engine(url)
        ready.wait()
        done.append(enrol(replace(offline(enrolment), engine=engine)))
        engine.dispose()

    crowd = [threading.Thread(target=enter) for _ in range(2)]
    for one in crowd:
        one.start()
    for one in crowd:
        one.join()
    assert sorted(one.verdict.verdict for one in done) == ["accepted", "refused"]
    (refused,) = (one for one in done if one.user is None)
    assert [check.name for check in refused.verdict.failed] == ["already_user"]
    assert len([user for user in people.list_users(enrolment) if user.email == OLSEN]) == 1
    assert attempts(enrolment) == 2


def test_that_without_its_audit_line_nothing_is_created(enrolment: Desk) -> None:
    refuse_audit(enrolment.engine)
    before = everything(enrolment.engine)
    with pytest.raises(DatabaseProblem):
        enrol(enrolment)
    with pytest.raises(DatabaseProblem):
        enrol(enrolment, postal_code="1")
    assert everything(enrolment.engine) == before
    assert attempts(enrolment) == 0


@pytest.mark.parametrize(
    ("field", "text"),
    [
        ("first_name", " "),
        ("last_name", "\n"),
        ("email", "x" * 321),
        ("postal_code", "9" * 33),
        ("contract_id", "9" * 65),
    ],
)
@pytest.mark.databases("sqlite")
def test_that_what_the_log_cannot_hold_is_told_by_its_field(enrolment: Desk, field: str, text: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        enrol(enrolment, **{field: text})
    assert refused.value.field == field


@pytest.mark.databases("sqlite")
def test_that_a_csr_may_not_enrol_anybody(enrolment: Desk) -> None:
    appoint(enrolment.engine, "casey", Role.CSR)
    with pytest.raises(NotAllowed, match="Submit Enrollment"):
        enrol(replace(enrolment, operator="casey"))


@pytest.mark.databases("sqlite")
def test_that_attempts_are_found_by_person_site_contract_outcome_and_time(enrolment: Desk) -> None:
    refused = enrol(enrolment, postal_code="1").attempt
    other = enrol(enrolment, site="PRAIRIE").attempt
    done = enrol(enrolment)
    assert done.user is not None

    def found(**wanted: Any) -> list[int | None]:
        return [one.id for one in list_attempts(enrolment, **wanted).attempts]

    assert found() == [done.attempt, other, refused]
    assert found(site="prairie") == [other]
    assert found(email=OLSEN.upper()) == [done.attempt, other, refused]
    assert found(email="x@y.example") == []
    assert found(user_id=done.user.id) == [done.attempt, other, refused]
    assert found(contract_id=" 0012-0045") == [done.attempt, other, refused]
    assert found(outcome=Outcome.ACCEPTED) == [done.attempt]
    assert found(since=enrolment.clock().replace(year=2030)) == []
    newest = list_attempts(enrolment, limit=2)
    assert (len(newest.attempts), newest.more) == (2, True)
