"""What a verdict of rule A rests on: the portal's copy, what ASPIRE says now, and the age of both."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from portal_admin.domain.access import explain_access
from portal_admin.domain.people import Status
from portal_admin.domain.policy import PortalSettings
from portal_admin.domain.reading import Generations, Stored
from portal_admin.domain.records import Role
from tests.domain.cases import (
    ABSENT,
    EXACTLY,
    FRESH,
    NOW,
    OLDER,
    UNREAD,
    YOUNGER,
    access_case,
    contract,
    named,
    read,
    results,
)

ABOUT_THE_CONTRACT = {"exists", "booked", "role", "private_label"}
DIFFERENT = contract(is_booked=False)

# What is known and when, the case, the verdict, the unknown checks, what synced says.
KNOWLEDGE: list[tuple[str, Any, str, set[str], str]] = [
    ("snapshot and ASPIRE agree", access_case(contract()), "visible", set(), "pass"),
    (
        "an old snapshot that ASPIRE confirms counts",
        access_case(contract(), as_of=OLDER),
        "visible",
        set(),
        "pass",
    ),
    (
        "a snapshot never dated that ASPIRE confirms counts",
        access_case(contract(), as_of=None),
        "visible",
        set(),
        "pass",
    ),
    (
        "a difference leaves the verdict to what the portal shows",
        access_case(contract(), read(DIFFERENT)),
        "visible",
        set(),
        "fail",
    ),
    (
        "a difference for the better does not make it visible yet",
        access_case(DIFFERENT, read(contract())),
        "not_visible",
        set(),
        "fail",
    ),
    (
        "a difference counts even when the snapshot is old",
        access_case(contract(), read(DIFFERENT), as_of=OLDER),
        "visible",
        set(),
        "fail",
    ),
    ("gone from ASPIRE but still in the portal", access_case(contract(), ABSENT), "visible", set(), "fail"),
    (
        "unreachable, snapshot younger than twice its cadence",
        access_case(contract(), UNREAD, as_of=YOUNGER),
        "visible",
        {"synced", "restored"},
        "unknown",
    ),
    (
        "unreachable, snapshot of exactly twice its cadence",
        access_case(contract(), UNREAD, as_of=EXACTLY),
        "visible",
        {"synced", "restored"},
        "unknown",
    ),
    (
        "unreachable, snapshot older than twice its cadence",
        access_case(contract(), UNREAD, as_of=OLDER),
        "cannot_tell",
        ABOUT_THE_CONTRACT | {"synced", "restored", "look_alike"},
        "unknown",
    ),
    (
        "unreachable, snapshot never dated",
        access_case(contract(), UNREAD, as_of=None),
        "cannot_tell",
        ABOUT_THE_CONTRACT | {"synced", "restored", "look_alike"},
        "unknown",
    ),
    (
        "unreachable, an old no is no answer either",
        access_case(DIFFERENT, UNREAD, as_of=OLDER),
        "cannot_tell",
        ABOUT_THE_CONTRACT | {"synced", "restored", "look_alike"},
        "unknown",
    ),
    (
        "unreachable, a fresh no stands",
        access_case(DIFFERENT, UNREAD, as_of=YOUNGER),
        "not_visible",
        {"synced", "restored"},
        "unknown",
    ),
    (
        "not in the snapshot and ASPIRE unreachable",
        access_case(None, UNREAD),
        "cannot_tell",
        ABOUT_THE_CONTRACT | {"synced", "restored", "look_alike"},
        "unknown",
    ),
    (
        "a fail beside unknowns decides, and the unknowns are still listed",
        access_case(None, UNREAD, status=Status.PENDING),
        "not_visible",
        ABOUT_THE_CONTRACT | {"synced", "restored", "look_alike"},
        "unknown",
    ),
    (
        "only in ASPIRE: hidden by synced alone",
        access_case(None, read(contract())),
        "not_visible",
        set(),
        "fail",
    ),
    (
        "in neither: exists fails",
        access_case(None, ABSENT),
        "not_visible",
        {"booked", "role", "private_label", "look_alike"},
        "pass",
    ),
]


@pytest.mark.parametrize(
    ("case", "verdict", "unknown", "synced"),
    [row[1:] for row in KNOWLEDGE],
    ids=[row[0] for row in KNOWLEDGE],
)
def test_that_a_verdict_rests_on_what_is_known(
    case: Any, verdict: str, unknown: set[str], synced: str
) -> None:
    unread = case.live is UNREAD
    found = explain_access(replace(case, generations=Generations(1, None if unread else 1)))
    assert (found.verdict, named(found, "unknown"), results(found)["synced"]) == (verdict, unknown, synced)


def test_that_a_contract_only_in_aspire_is_judged_on_the_live_facts_by_all_other_checks() -> None:
    found = explain_access(access_case(None, read(contract(is_booked=False, private_label="Zeta"))))
    assert named(found, "fail") == {"booked", "private_label", "synced"}
    assert found.check("exists").result == "pass"
    assert found.check("role").as_of == NOW
    assert found.verdict == "not_visible"


def test_that_a_contract_in_neither_system_names_the_id_and_how_to_go_on() -> None:
    exists = explain_access(access_case(None, ABSENT, contract_id="0012-45")).check("exists")
    assert exists.result == "fail"
    assert exists.evidence == {"contract_id": "0012-45"}
    assert "leading zeros and dashes" in (exists.fix or "")


def test_that_a_difference_shows_both_values_and_the_time_of_the_next_sync() -> None:
    synced = explain_access(access_case(contract(), read(contract(is_terminated=True)))).check("synced")
    assert synced.evidence["differs"] == {"is_terminated": {"portal": False, "aspire": True}}
    assert synced.evidence["next_sync"] == FRESH + timedelta(minutes=15)
    assert synced.evidence["snapshot_as_of"] == FRESH


def test_that_an_overdue_sync_is_expected_now() -> None:
    synced = explain_access(access_case(contract(), read(DIFFERENT), as_of=OLDER)).check("synced")
    assert synced.evidence["next_sync"] == NOW


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (contract(private_label="Zeta"), contract(private_label=" zeta ")),
        (contract(private_label=None), contract(private_label="  ")),
        (contract(), contract(roles=tuple(reversed(contract().roles)))),
        (contract(), contract(roles=contract().roles * 2)),
        (contract(), contract(payment_amount=1, next_due_date=NOW.date())),
    ],
    ids=[
        "label spelling",
        "blank label",
        "order of roles",
        "a role listed twice",
        "facts rule A does not rest on",
    ],
)
def test_that_the_same_facts_in_another_form_are_no_difference(one: Any, other: Any) -> None:
    assert explain_access(access_case(one, read(other))).check("synced").result == "pass"


@pytest.mark.parametrize(
    ("generations", "expected"),
    [
        (Generations(1, 1), "pass"),
        (Generations(1, 2), "fail"),
        (Generations(1, 1, alarm=True), "fail"),
        (Generations(1, None, alarm=True), "fail"),
        (Generations(None, None, alarm=True), "fail"),
        (Generations(1, None), "unknown"),
        (Generations(None, 1), "unknown"),
    ],
)
def test_that_a_restore_is_told_and_decides_nothing(generations: Generations, expected: str) -> None:
    found = explain_access(access_case(contract(), generations=generations))
    assert found.check("restored").result == expected
    assert found.verdict == "visible"


def test_that_the_age_of_a_check_is_that_of_the_fact_it_rests_on() -> None:
    found = explain_access(access_case(contract(), UNREAD))
    assert {found.check(name).as_of for name in ABOUT_THE_CONTRACT} == {FRESH}


def test_that_another_cadence_moves_the_limit() -> None:
    settings = PortalSettings(cadences=dict(PortalSettings().cadences) | {"contracts": timedelta(hours=1)})
    case = access_case(contract(), UNREAD, as_of=NOW - timedelta(minutes=119), settings=settings)
    assert explain_access(case).verdict == "visible"


def test_that_a_stored_fact_without_a_date_is_never_fresh() -> None:
    case = replace(access_case(contract(), UNREAD), stored=Stored(contract(), None))
    assert explain_access(case).verdict == "cannot_tell"


WAYS_OUT = [
    ("aspire_unreachable", "Retry when ASPIRE answers."),
    ("aspire_too_slow", "Retry when ASPIRE answers."),
    ("aspire_denied", "right"),
    ("aspire_password_expired", "password"),
    ("aspire_sign_in", "sign in again"),
    ("aspire_reply", "gateway"),
    ("settings", "profile"),
]


@pytest.mark.parametrize("as_of", [FRESH, OLDER])
@pytest.mark.parametrize(("kind", "advice"), WAYS_OUT)
def test_that_the_way_out_fits_why_aspire_could_not_be_asked(kind: str, advice: str, as_of: Any) -> None:
    live = replace(UNREAD, kind=kind)
    found = explain_access(access_case(contract(), live, as_of=as_of, generations=Generations(1, None)))
    for check in found.unknown:
        assert advice in (check.fix or "")
        assert ("Retry" in (check.fix or "")) == ("Retry" in advice)
    assert {"synced", "restored"} <= {check.name for check in found.unknown}


def test_that_the_reason_why_aspire_could_not_be_asked_is_told_once() -> None:
    found = explain_access(access_case(contract(), UNREAD, as_of=OLDER))
    told = [check.name for check in found.unknown if (UNREAD.reason or "-") in check.sentence]
    assert told == ["synced"]


def test_that_a_portal_never_synced_is_told_so_where_a_restore_cannot_be_known() -> None:
    found = explain_access(access_case(contract(), generations=Generations(None, 1))).check("restored")
    assert (found.result, "sync" in (found.fix or "")) == ("unknown", True)


def test_that_a_label_changed_in_aspire_since_needs_only_the_next_sync() -> None:
    stored = contract(private_label="Zeta")
    check = explain_access(access_case(stored, read(contract()))).check("private_label")
    assert (check.result, "after the next sync" in (check.fix or "")) == ("fail", True)
    same = explain_access(access_case(stored, read(stored))).check("private_label")
    assert "next sync" not in (same.fix or "")


def test_that_a_role_given_in_aspire_since_needs_only_the_next_sync() -> None:
    stored = contract(roles=(Role(3, "Customer"),))
    check = explain_access(access_case(stored, read(contract()))).check("role")
    assert (check.result, "after the next sync" in (check.fix or "")) == ("fail", True)
    assert "Lakeside Dental PC" in (explain_access(access_case(stored, read(stored))).check("role").fix or "")


@pytest.mark.parametrize(
    ("changes", "hedged"),
    [
        ({}, False),
        ({"is_terminated": True}, True),
        ({"private_label": "Zeta"}, True),
        ({"is_booked": False}, True),
    ],
)
def test_that_a_holder_whom_the_picker_may_refuse_is_named_with_that_condition(
    changes: dict[str, Any], hedged: bool
) -> None:
    check = explain_access(access_case(contract(roles=(Role(3, "Customer"),), **changes))).check("role")
    assert "A-003" in (check.fix or "")
    assert ("if the picker offers it" in (check.fix or "")) == hedged


def test_that_the_roles_of_linked_accounts_that_do_not_count_are_named() -> None:
    check = explain_access(access_case(contract(roles=(Role(1, "customer"), Role(1, "Broker"))))).check(
        "role"
    )
    assert (check.result, "Prairie Hauling LLC (A-001) is Broker and customer" in check.sentence) == (
        "fail",
        True,
    )


@pytest.mark.parametrize("generations", [Generations(1, 2), Generations(1, None, alarm=True)])
def test_that_no_check_promises_anything_of_the_next_sync_after_a_restore(generations: Generations) -> None:
    stored = contract(is_booked=False, private_label="Zeta", roles=(Role(3, "Customer"),))
    found = explain_access(access_case(stored, read(contract()), generations=generations))
    assert {check.name for check in found.failed} == {"booked", "role", "private_label", "synced", "restored"}
    assert not any("next sync" in (check.fix or "") for check in found.checks)
