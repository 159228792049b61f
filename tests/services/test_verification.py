"""Callers are verified before a password or an address is touched, and resets that come too soon are flagged."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import insert, update

from portal_admin.domain.permissions import Role
from portal_admin.domain.verification import Method, Proof
from portal_admin.errors import InvalidInput, NotAllowed, NotFound, Refused
from portal_admin.models import aspire_contact, end_user, operator
from portal_admin.models.engine import writing
from portal_admin.services import early_resets, users, verification
from portal_admin.services.desk import Desk
from tests.fixtures.desk import Clock
from tests.fixtures.operators import appoint, without_audit
from tests.services.acting import CALLED
from tests.services.conftest import RUTH
from tests.services.filled import audit_rows, everything

ON_RUTH: dict[str, Any] = {"site": "MAIN", "email": RUTH}
NEW = "ruth@new.example"
GUARDED: dict[str, Callable[..., Any]] = {
    "reset": lambda desk, **w: users.reset_password(desk, **ON_RUTH, **w),
    "change email": lambda desk, **w: users.change_email(desk, **ON_RUTH, to=NEW, **w),
}


@pytest.fixture
def casey(office: Desk, desk_of: Callable[[Desk, str], Desk]) -> Desk:
    """The desk of a colleague who is CSR."""
    appoint(office.engine, "casey", Role.CSR)
    return desk_of(office, "casey")


def vouch(casey: Desk, method: Method) -> None:
    verification.verify(casey, **ON_RUTH, method=method, note="knows the voice")


def make_active(desk: Desk, email: str) -> None:
    with writing(desk.engine) as connection:
        without_audit(connection)
        connection.execute(update(end_user).where(end_user.c.email == email).values(status="Active"))


@pytest.mark.parametrize("name", GUARDED)
def test_that_nothing_is_done_for_a_caller_who_was_not_verified(office: Desk, name: str) -> None:
    before = everything(office.engine)
    with pytest.raises(Refused) as refusal:
        GUARDED[name](office)
    assert refusal.value.rule == "caller_verification"
    for part in ("call back", "code", "colleague", f"users verify --site MAIN --email {RUTH}"):
        assert part in refusal.value.message
    assert everything(office.engine) == before


@pytest.mark.parametrize("name", GUARDED)
@pytest.mark.parametrize("method", [Method.CALL_BACK, Method.CODE])
def test_that_what_was_verified_before_is_told_by_what_it_allowed(
    office: Desk, name: str, method: Method
) -> None:
    verification.verify(office, **ON_RUTH, method=method, note=" to 402-555-0142 ")
    GUARDED[name](office)
    recorded, done, *_ = audit_rows(office.engine)
    assert (recorded.action, recorded.subject, recorded.site_key) == ("caller.verify", RUTH, "MAIN")
    assert (recorded.after["method"], recorded.after["note"]) == (method.value, "to 402-555-0142")
    told = done.after["verification"]
    assert (told["method"], told["by"]) == (method.value, "tester")
    at, until = (datetime.fromisoformat(text) for text in (told["at"], recorded.after["until"]))
    assert until - at == timedelta(minutes=30)
    assert abs(recorded.at - at) < timedelta(seconds=2)
    assert recorded.operation_id != done.operation_id


@pytest.mark.parametrize("name", GUARDED)
def test_that_a_proof_given_with_the_action_is_recorded_in_the_same_operation(
    office: Desk, name: str
) -> None:
    GUARDED[name](office, proof=CALLED)
    recorded, done, *_ = audit_rows(office.engine)
    assert (recorded.action, recorded.after["note"]) == ("caller.verify", CALLED.note)
    assert done.after["verification"]["method"] == "call_back"
    assert recorded.operation_id == done.operation_id
    assert verification.caller(office, **ON_RUTH).verified is not None


@pytest.mark.parametrize("name", GUARDED)
def test_that_an_action_that_is_refused_records_no_proof(office: Desk, name: str) -> None:
    users.deactivate(office, **ON_RUTH)
    before = everything(office.engine)
    with pytest.raises(Refused, match="Reactivate User first"):
        GUARDED[name](office, proof=CALLED)
    assert everything(office.engine) == before


@pytest.mark.parametrize("name", GUARDED)
def test_that_a_colleague_approves_at_a_desk_of_their_own(office: Desk, casey: Desk, name: str) -> None:
    with pytest.raises(InvalidInput, match="colleague"):
        GUARDED[name](office, proof=Proof(Method.APPROVAL))
    verification.verify(office, **ON_RUTH, method=Method.APPROVAL)
    with pytest.raises(Refused, match=r"^Your own approval does not count"):
        GUARDED[name](office)
    vouch(casey, Method.APPROVAL)
    GUARDED[name](office)
    done = next(row for row in audit_rows(office.engine) if "verification" in row.after)
    assert done.after["verification"] | {"by": "casey", "method": "approval"} == done.after["verification"]


def test_that_an_address_that_was_replaced_comes_back_for_a_verified_caller_only(
    office: Desk, casey: Desk
) -> None:
    users.change_email(office, **ON_RUTH, to=NEW, proof=CALLED)
    before = everything(office.engine)
    with pytest.raises(Refused, match=f"^{RUTH} was replaced by {NEW} on .*Reactivate User needs") as refusal:
        users.reactivate(casey, **ON_RUTH)
    assert refusal.value.rule == "caller_verification"
    assert everything(office.engine) == before
    assert users.reactivate(casey, **ON_RUTH, proof=CALLED).status == "Active"
    done = audit_rows(office.engine)[-1]
    assert (done.action, done.after["verification"]["by"]) == ("user.reactivate", "casey")


def test_that_a_user_who_was_only_deactivated_comes_back_without_a_caller(office: Desk) -> None:
    users.deactivate(office, **ON_RUTH)
    assert users.reactivate(office, **ON_RUTH).status == "Active"
    assert "verification" not in audit_rows(office.engine)[-1].after


def test_that_an_approval_dies_with_the_role_of_the_approver(office: Desk, casey: Desk) -> None:
    vouch(casey, Method.APPROVAL)
    with writing(office.engine) as connection:
        without_audit(connection)
        connection.execute(update(operator).where(operator.c.name == "casey").values(role="Read-only"))
    with pytest.raises(Refused):
        users.reset_password(office, **ON_RUTH)


def test_that_a_colleagues_call_back_does_not_count_for_others(office: Desk, casey: Desk) -> None:
    vouch(casey, Method.CALL_BACK)
    assert verification.caller(office, **ON_RUTH).verified is None
    found = verification.caller(casey, **ON_RUTH).verified
    assert found is not None
    assert (found.method, found.operator) == (Method.CALL_BACK, "casey")


def test_that_a_verification_counts_for_half_an_hour_and_for_that_user_only(
    office: Desk, clock: Clock
) -> None:
    if office.engine.dialect.name != "sqlite":
        pytest.skip("a server's own clock cannot be moved")
    verification.verify(office, **ON_RUTH, method=Method.CODE)
    with pytest.raises(Refused):
        users.reset_password(office, site="PRAIRIE", email=RUTH)
    clock.now += timedelta(minutes=30)
    users.reset_password(office, **ON_RUTH)
    clock.now += timedelta(seconds=61)
    with pytest.raises(Refused):
        users.reset_password(office, **ON_RUTH)


def test_that_who_may_only_look_records_nothing(office: Desk) -> None:
    appoint(office.engine, "vera", Role.READ_ONLY)
    with pytest.raises(NotAllowed, match="CSRs and Administrators"):
        verification.verify(replace(office, operator="vera"), **ON_RUTH, method=Method.CODE)
    assert audit_rows(office.engine) == []


@pytest.mark.parametrize("note", ["x" * 2001, "a\x00b", "\u202eevil"])
def test_that_a_note_that_cannot_be_shown_is_refused(office: Desk, note: str) -> None:
    with pytest.raises(InvalidInput):
        verification.verify(office, **ON_RUTH, method=Method.CODE, note=note)


def test_that_nobody_is_verified_who_is_no_user(office: Desk) -> None:
    with pytest.raises(NotFound):
        verification.verify(office, site="MAIN", email="x@y.example", method=Method.CODE)


def test_that_channels_of_record_are_recognised_but_not_learned(office: Desk) -> None:
    with writing(office.engine) as connection:
        contact = {
            "oid": 900,
            "account_oid": 1,
            "name": "R. Olsen",
            "email": "r.olsen@mail.example; x@y.example",
        }
        connection.execute(insert(aspire_contact).values(**contact, fingerprint=0, seen=0))
    channels = verification.caller(office, **ON_RUTH).channels
    assert channels[-2:] == ("r•••@mail.example", "x•••@y.example")
    assert not any("olsen" in one for one in channels)
    shown = verification.reveal_channels(office, **ON_RUTH)
    assert shown[-2:] == ("r.olsen@mail.example", "x@y.example")
    (line,) = audit_rows(office.engine)
    assert (line.action, line.subject, tuple(line.after["shown"])) == ("caller.reveal", RUTH, channels)


# An email change, then a reset


def change_and_register(desk: Desk, old: str, new: str) -> None:
    users.change_email(desk, site="MAIN", email=old, to=new, proof=CALLED)
    make_active(desk, new)


def last_line(desk: Desk) -> Any:
    return audit_rows(desk.engine)[-1]


def test_that_a_reset_soon_after_an_email_change_is_flagged(office: Desk) -> None:
    change_and_register(office, RUTH, NEW)
    before = early_resets.caution(office, site="MAIN", email=NEW)
    assert before.changed_at is not None
    assert before.resets == ()
    users.reset_password(office, site="MAIN", email=NEW, proof=CALLED)
    assert last_line(office).after["flag"] == "reset within 24 hours of an email change"
    for email in (RUTH, NEW):
        (found,) = early_resets.caution(office, site="MAIN", email=email).resets
        assert (found.email, found.operator) == (NEW, "tester")


def test_that_any_user_of_the_person_on_the_site_is_flagged_and_nobody_else(office: Desk) -> None:
    change_and_register(office, RUTH, NEW)
    change_and_register(office, NEW, "third@new.example")
    users.reactivate(office, **ON_RUTH)
    users.reset_password(office, **ON_RUTH, proof=CALLED)
    assert "flag" in last_line(office).after
    users.reset_password(office, site="PRAIRIE", email=RUTH, proof=CALLED)
    assert "flag" not in last_line(office).after
    assert early_resets.caution(office, site="PRAIRIE", email=RUTH).resets == ()


def test_that_a_reset_a_day_later_is_not_flagged(office: Desk, clock: Clock) -> None:
    if office.engine.dialect.name != "sqlite":
        pytest.skip("a server's own clock cannot be moved")
    change_and_register(office, RUTH, NEW)
    clock.now += timedelta(hours=24)
    users.reset_password(office, site="MAIN", email=NEW, proof=CALLED)
    assert "flag" in last_line(office).after
    clock.now += timedelta(minutes=2)
    users.reset_password(office, site="MAIN", email=NEW, proof=CALLED)
    assert "flag" not in last_line(office).after
    caution = early_resets.caution(office, site="MAIN", email=NEW)
    assert (caution.changed_at, len(caution.resets)) == (None, 1)
    clock.now += timedelta(days=30)
    assert early_resets.caution(office, site="MAIN", email=NEW).resets == ()


def test_that_without_an_email_change_there_is_nothing_to_say(office: Desk) -> None:
    users.reset_password(office, **ON_RUTH, proof=CALLED)
    assert early_resets.caution(office, **ON_RUTH) == early_resets.Caution(None, ())
