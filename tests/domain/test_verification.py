"""Which recorded verification lets whom act, and for how long."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal_admin.domain.permissions import Role
from portal_admin.domain.verification import (
    VALID_FOR,
    Method,
    Verification,
    counts,
    masked,
    missing,
    newest_that_counts,
)

NOW = datetime(2026, 11, 21, 20, tzinfo=UTC)
OWN, OTHERS = (Method.CALL_BACK, Method.CODE), (Method.APPROVAL,)


def verified(
    method: Method, *, age: timedelta = timedelta(0), by: str = "casey", role: Role | None = Role.CSR
) -> Verification:
    return Verification(method, "", NOW - age, by, role)


@pytest.mark.parametrize("method", Method)
@pytest.mark.parametrize(
    ("age", "is_valid"),
    [
        (timedelta(seconds=-1), False),
        (timedelta(0), True),
        (timedelta(minutes=30), True),
        (timedelta(minutes=30, microseconds=1), False),
        (timedelta(days=1), False),
    ],
)
def test_that_a_verification_counts_for_thirty_minutes(
    method: Method, age: timedelta, is_valid: bool
) -> None:
    me = "casey" if method in OWN else "robin"
    assert counts(verified(method, age=age), operator=me, now=NOW) is is_valid


@pytest.mark.parametrize("method", OWN)
def test_that_a_call_back_or_a_code_counts_for_who_did_it(method: Method) -> None:
    assert counts(verified(method), operator="CASEY", now=NOW)
    assert not counts(verified(method), operator="robin", now=NOW)


def test_that_an_approval_counts_for_everybody_but_the_approver() -> None:
    assert counts(verified(Method.APPROVAL), operator="robin", now=NOW)
    for spelling in ("casey", " Casey", "CASEY"):
        assert not counts(verified(Method.APPROVAL), operator=spelling, now=NOW)


@pytest.mark.parametrize(
    ("role", "is_valid"),
    [(Role.ADMINISTRATOR, True), (Role.CSR, True), (Role.READ_ONLY, False), (None, False)],
)
def test_that_the_approver_is_csr_or_administrator_still(role: Role | None, is_valid: bool) -> None:
    assert counts(verified(Method.APPROVAL, role=role), operator="robin", now=NOW) is is_valid


verifications = st.builds(
    Verification,
    method=st.sampled_from(Method),
    note=st.just(""),
    at=st.timedeltas(min_value=timedelta(hours=-1), max_value=timedelta(hours=1)).map(lambda age: NOW - age),
    operator=st.sampled_from(("casey", "Casey", "robin", "kim")),
    role=st.sampled_from((*Role, None)),
)


@given(st.lists(verifications, max_size=8), st.sampled_from(("casey", "ROBIN", "kim")))
def test_that_the_newest_is_taken_and_nothing_that_does_not_count(found: list[Verification], me: str) -> None:
    taken = newest_that_counts(found, operator=me, now=NOW)
    counting = [one for one in found if counts(one, operator=me, now=NOW)]
    if taken is None:
        assert counting == []
    else:
        assert taken in counting
        assert all(one.at <= taken.at <= NOW <= taken.until for one in counting)


@given(verifications)
def test_that_nobody_can_approve_alone_and_no_approval_lasts(found: Verification) -> None:
    if found.method is Method.APPROVAL:
        assert not counts(found, operator=found.operator.swapcase(), now=NOW)
    assert not counts(found, operator="robin", now=found.at + VALID_FOR + timedelta(microseconds=1))


def test_that_the_refusal_names_the_three_ways_and_the_command_and_no_personal_data() -> None:
    told = missing("Reset Password", site="MAIN", email="r@x.example")
    for part in (
        "call back",
        "code",
        "colleague",
        "portal-admin users verify --site MAIN --email r@x.example",
    ):
        assert part in told
    assert "birth" not in told.lower()


@pytest.mark.parametrize(
    ("address", "shown"),
    [
        ("ap@prairie.example", "a•••@prairie.example"),
        (" x@y.example ", "x•••@y.example"),
        ("no address", "•••"),
        ("", "•••"),
    ],
)
def test_that_a_channel_is_recognised_but_not_learned(address: str, shown: str) -> None:
    assert masked(address) == shown
