"""Properties of the rules on small random portfolios, and of the three-valued AND."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal_admin.domain.access import DECIDING, area_of, explain_access, hidden_reasons
from portal_admin.domain.offering import explain_offer
from portal_admin.domain.people import LinkedAccount, Site, Status
from portal_admin.domain.policy import PortalSettings
from portal_admin.domain.reading import Generations, Stored
from portal_admin.domain.records import Contract, Role
from portal_admin.domain.verdict import Check, Edition, Result, Verdict, conjunction
from tests.domain.cases import (
    ABSENT,
    FRESH,
    NOW,
    OLDER,
    UNREAD,
    access_case,
    contract,
    holding,
    offer_case,
    read,
)

PASS, FAIL, UNKNOWN, ADVICE = Result.PASS, Result.FAIL, Result.UNKNOWN, Result.ADVICE


@pytest.mark.parametrize(
    ("found", "expected"),
    [
        ([], PASS),
        ([PASS], PASS),
        ([PASS, ADVICE], PASS),
        ([PASS, UNKNOWN], UNKNOWN),
        ([PASS, FAIL], FAIL),
        ([UNKNOWN, FAIL], FAIL),
        ([FAIL, UNKNOWN, PASS, ADVICE], FAIL),
        ([UNKNOWN, ADVICE], UNKNOWN),
    ],
)
def test_that_the_and_has_three_values(found: list[Result], expected: Result) -> None:
    assert conjunction(found) is expected
    assert conjunction(reversed(found)) is expected


def test_that_a_verdict_gives_a_check_by_name_and_no_other() -> None:
    check = Check("booked", PASS, "Booked.", "article")
    verdict = Verdict("visible", "open", (check,), Edition.E2026)
    assert verdict.check("booked") is check
    with pytest.raises(KeyError):
        verdict.check("role")


labels = st.sampled_from([None, " ", "X", "x ", "Y"])
roles = st.lists(
    st.builds(Role, st.integers(1, 3), st.sampled_from(["Customer", "Guarantor", "Broker"])), max_size=4
).map(tuple)
contracts = st.builds(
    lambda booked, ended, label, parties: contract(
        is_booked=booked, is_terminated=ended, private_label=label, roles=parties
    ),
    st.booleans(),
    st.booleans(),
    labels,
    roles,
)
sites = st.builds(
    lambda taken, blank: Site(1, "s", "S", tuple(taken), blank, 1),
    st.lists(st.sampled_from(["X", "Y"]), unique=True),
    st.booleans(),
)
oids = st.sets(st.integers(1, 3), max_size=3)
portal_settings = st.builds(
    lambda edition, admitted: PortalSettings(edition=edition, admitted_roles=tuple(admitted)),
    st.sampled_from(list(Edition)),
    st.sets(st.sampled_from(["Customer", "Guarantor"]), min_size=1),
)


def accounts_of(linked: set[int]) -> tuple[LinkedAccount, ...]:
    return tuple(LinkedAccount(oid, f"A-{oid}", f"Name {oid}") for oid in sorted(linked))


lives = st.one_of(st.just(ABSENT), st.just(UNREAD), contracts.map(read))
cases = st.builds(
    lambda stored, live, as_of, site, status, linked, settings, alarm: replace(
        access_case(None, live),
        stored=Stored(stored, as_of),
        site=site,
        status=status,
        linked=accounts_of(linked),
        settings=settings,
        generations=Generations(1, 1, alarm),
    ),
    st.none() | contracts,
    lives,
    st.sampled_from([FRESH, OLDER, None]),
    sites,
    st.sampled_from(list(Status)),
    oids,
    portal_settings,
    st.booleans(),
)


def visible(found: Contract, linked: set[int], site: Site, settings: PortalSettings) -> bool:
    return not hidden_reasons(found, accounts=linked, site=site, settings=settings)


@given(found=contracts, linked=oids, more=oids, site=sites, settings=portal_settings)
def test_that_adding_a_link_never_removes_a_contract(
    found: Contract, linked: set[int], more: set[int], site: Site, settings: PortalSettings
) -> None:
    if visible(found, linked, site, settings):
        assert visible(found, linked | more, site, settings)


@given(held=st.lists(contracts, max_size=4), site=sites, live=st.sampled_from(["same", "unread", "absent"]))
def test_that_edition_2026_offers_a_subset_of_2025(held: list[Contract], site: Site, live: str) -> None:
    answers: dict[str, Any] = {"unread": {"live": UNREAD}, "absent": {"live": ABSENT}, "same": {}}
    numbered = [replace(one, oid=n, contract_id=f"C{n}") for n, one in enumerate(held)]
    case = offer_case(*numbered, site=site, **answers[live])
    in_2026, in_2025 = (
        explain_offer(replace(case, settings=PortalSettings(edition=edition)))
        for edition in (Edition.E2026, Edition.E2025)
    )
    if in_2026.verdict == "offered":
        assert in_2025.verdict == "offered"


@given(held=st.lists(contracts, min_size=1, max_size=4), site=sites, settings=portal_settings)
def test_that_an_account_that_is_offered_opens_a_contract(
    held: list[Contract], site: Site, settings: PortalSettings
) -> None:
    case = replace(offer_case(*held), site=site, settings=settings)
    opened = any(visible(one, {1}, site, settings) for one in held)
    if explain_offer(case).verdict == "offered":
        assert opened
    if settings.edition is Edition.E2025:
        assert (explain_offer(case).verdict == "offered") is opened


@given(case=cases)
def test_that_a_verdict_is_the_three_valued_and_of_its_deciding_checks(case: Any) -> None:
    found = explain_access(case)
    deciding = [check.result for check in found.checks if check.name in DECIDING]
    only_live = case.stored.fact is None and case.live.fact is not None
    if only_live:
        deciding.append(found.check("synced").result)
    words = {FAIL: "not_visible", UNKNOWN: "cannot_tell", PASS: "visible"}
    assert found.verdict == words[conjunction(deciding)]
    assert (found.area is not None) == (found.verdict == "visible")


@given(case=cases)
def test_that_a_failed_look_up_never_turns_a_verdict_into_a_no(case: Any) -> None:
    unread = explain_access(replace(case, live=UNREAD))
    if unread.verdict == "not_visible":
        # A no needs a known reason: the user's own status, or a fresh fact of the snapshot.
        fresh = case.stored.fact is not None and case.stored.as_of == FRESH
        assert case.status is not Status.ACTIVE or fresh
        for check in unread.failed:
            assert check.name in {"user_active", "restored"} or fresh
    assert unread.check("synced").result is UNKNOWN


@given(case=cases)
def test_that_a_verdict_from_the_snapshot_is_what_the_list_shows(case: Any) -> None:
    stored = case.stored.fact
    found = explain_access(
        replace(case, live=ABSENT if stored is None else read(stored), status=Status.ACTIVE)
    )
    if stored is not None:
        seen = visible(stored, {a.oid for a in case.linked}, case.site, case.settings)
        assert found.verdict == ("visible" if seen else "not_visible")
        assert found.area == (area_of(stored) if seen else None)


@given(
    stored=st.none() | st.lists(contracts, max_size=3).map(lambda held: holding(*held)),
    as_of=st.sampled_from([FRESH, OLDER, None]),
    site=sites,
    settings=portal_settings,
)
def test_that_a_failed_look_up_never_turns_an_offer_into_a_no(
    stored: Any, as_of: Any, site: Site, settings: PortalSettings
) -> None:
    case = offer_case(stored=Stored(stored, as_of), live=UNREAD, site=site, settings=settings)
    found = explain_offer(case)
    known = stored is not None and as_of == FRESH
    assert known or found.verdict == "cannot_tell"
    assert found.check("synced").result is UNKNOWN


@given(case=cases)
def test_that_every_check_cites_its_source_and_every_known_fact_its_age(case: Any) -> None:
    for check in explain_access(case).checks:
        assert check.source
        assert check.sentence
        if check.result is PASS and check.name in DECIDING:
            assert check.as_of in {NOW, FRESH, OLDER, None}
        if check.result is FAIL and check.name in {
            "exists",
            "booked",
            "private_label",
            "user_active",
            "synced",
        }:
            assert check.fix
