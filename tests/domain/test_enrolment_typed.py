"""What a visitor types: when two postal codes are the same, and which addresses a field holds."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal_admin.domain.enrolment import EnrolmentCase, explain_enrolment
from portal_admin.domain.enrolment_typed import (
    Typed,
    addresses,
    comparable,
    masked_postal_code,
    postal_key,
    same_postal_code,
)
from portal_admin.domain.people import Status
from portal_admin.domain.reading import Stored
from portal_admin.domain.verdict import Edition, Result
from tests.domain.cases import FRESH, OLDER, UNREAD
from tests.domain.enrolment_cases import LEASE, enrolment_case, prairie

COUNTRIES = st.sampled_from(["US", "us", "CA", "GB", "MX", "", None])
CODES = st.one_of(st.text(max_size=12), st.text("0123456789 -", max_size=11), st.none())


@given(CODES)
def test_that_a_postal_code_once_stripped_stays_as_it_is(code: str | None) -> None:
    assert postal_key(postal_key(code)) == postal_key(code)
    assert all(one.isalnum() for one in postal_key(code))


@given(CODES, COUNTRIES)
def test_that_what_is_compared_stays_as_it_is(code: str | None, country: str | None) -> None:
    once = comparable(code, country)
    assert comparable(once, country) == once


@given(CODES, CODES, COUNTRIES)
def test_that_nothing_never_matches_and_comparing_is_symmetric(
    ours: str | None, theirs: str | None, country: str | None
) -> None:
    same = same_postal_code(ours or "", theirs, country)
    assert same == same_postal_code(theirs or "", ours, country)
    if not postal_key(ours) or not postal_key(theirs):
        assert not same


@given(st.text("0123456789", min_size=5, max_size=9), st.text(" -./", max_size=3))
def test_that_signs_between_digits_change_nothing(code: str, signs: str) -> None:
    assert same_postal_code(f"{code[:3]}{signs}{code[3:]}", code, "US")


@given(st.text(max_size=40))
def test_that_a_field_holds_nothing_but_addresses_in_any_edition(field: str) -> None:
    for edition in Edition:
        assert all(Typed(one, "", "").address == one for one in addresses(field, edition))


@pytest.mark.parametrize(
    ("field", "old", "new"),
    [
        ("a@x.example", ["a@x.example"], ["a@x.example"]),
        (" A@X.Example ", ["a@x.example"], ["a@x.example"]),
        ("a@x.example;b@x.example", [], ["a@x.example", "b@x.example"]),
        ("a@x.example, b@x.example;", [], ["a@x.example", "b@x.example"]),
        (" ; , ", [], []),
        ("", [], []),
        (None, [], []),
    ],
)
def test_that_a_field_is_split_in_2026_and_whole_in_2025(
    field: str | None, old: list[str], new: list[str]
) -> None:
    assert list(addresses(field, Edition.E2025)) == old
    assert list(addresses(field, Edition.E2026)) == new


@pytest.mark.parametrize(
    "email", ["", " ", "@", "a@", "@x.example", "a@x.example;b@x.example", "a b@x.example"]
)
def test_that_what_is_no_address_is_looked_for_nowhere(email: str) -> None:
    assert Typed(email, "", "").address == ""


@pytest.mark.parametrize(
    ("code", "shown"), [("68114-1234", "6••••••••"), ("g1r 4p5", "G•••••"), ("", ""), ("-", "")]
)
def test_that_a_masked_postal_code_keeps_its_first_character_alone(code: str, shown: str) -> None:
    assert masked_postal_code(code) == shown


BLANK = st.sampled_from(["", " ", "-", "\t", ";", " , "])
EDITIONS = st.sampled_from(Edition)
STATUSES = st.sampled_from([None, *Status])


@given(
    BLANK,
    st.sampled_from(["email", "postal_code", "contract_id"]),
    EDITIONS,
    st.sampled_from([None, "", "-", ";"]),
)
def test_that_nothing_typed_is_never_accepted(
    blank: str, part: str, edition: Edition, on_file: str | None
) -> None:
    place = replace(LEASE.bill_to, postal_code=on_file, email=on_file) if LEASE.bill_to else None
    bare = replace(LEASE, bill_to=place)
    empty = prairie(bare, email=on_file, contact=on_file or "")
    for case in (enrolment_case(edition=edition), enrolment_case(bare, (empty,), edition=edition)):
        emptied = replace(case, typed=replace(case.typed, **{part: blank}))
        if part == "contract_id" and blank.strip():
            continue  # a sign is an id that nobody has, which the look-up tells
        assert explain_enrolment(emptied).verdict.verdict == "refused"


def blinded(case: EnrolmentCase, contract: bool, holders: bool) -> EnrolmentCase:
    """The same with a copy that is too old and an ASPIRE that does not answer."""
    stored, people = case.contract[0].fact, case.holders[0].fact
    return replace(
        case,
        contract=(Stored(stored, OLDER), UNREAD) if contract else case.contract,
        holders=(Stored(people, OLDER), UNREAD) if holders else case.holders,
    )


@given(
    st.sampled_from(
        ["rolsen@prairie.example", "cfo@prairie.example", "billing@prairie.example", "x@y.example"]
    ),
    st.sampled_from(["68114", "681", "68115", ""]),
    EDITIONS,
    STATUSES,
    st.booleans(),
    st.booleans(),
)
def test_that_not_knowing_never_turns_a_yes_into_a_no_nor_a_no_into_a_yes(
    email: str, code: str, edition: Edition, user: Status | None, contract: bool, holders: bool
) -> None:
    case = enrolment_case(email=email, postal_code=code, edition=edition, user=user)
    knowing, blind = (
        explain_enrolment(case).verdict,
        explain_enrolment(blinded(case, contract, holders)).verdict,
    )
    for known, unsure in zip(knowing.checks, blind.checks, strict=True):
        assert unsure.result in (known.result, Result.UNKNOWN)
    assert blind.verdict in (knowing.verdict, "cannot_tell")


@given(EDITIONS, STATUSES)
def test_that_a_fresh_copy_answers_as_well_as_aspire(edition: Edition, user: Status | None) -> None:
    case = enrolment_case(edition=edition, user=user)
    alone = replace(case, contract=(Stored(LEASE, FRESH), UNREAD), holders=(case.holders[0], UNREAD))
    assert explain_enrolment(alone).verdict.verdict == explain_enrolment(case).verdict.verdict
