"""Rule B, the picker, in both editions."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from portal_admin.domain.offering import explain_offer
from portal_admin.domain.policy import PortalSettings
from portal_admin.domain.reading import Live, Stored
from portal_admin.domain.records import Account, Contract, Role
from portal_admin.domain.verdict import Edition
from tests.domain.cases import (
    ABSENT,
    EXACTLY,
    FRESH,
    NOTHING,
    NOW,
    OLDER,
    UNREAD,
    VENDOR,
    YOUNGER,
    contract,
    holding,
    named,
    offer_case,
    read,
    results,
)

E2025, E2026 = Edition.E2025, Edition.E2026
LIFE = {E2025: "booked_contract", E2026: "active_contract"}
FIND = "can-t-find-the-accounts-to-link-to-an-end-user"
PICKER = "why-is-a-customer-not-available-to-link-to-a-portal-user"
FRESHNESS = "how-often-is-data-updated-in-the-portal-from-aspire"

ACTIVE = contract()
CLOSED = contract(11, "0011", is_terminated=True)
DRAFT = contract(12, "0012", is_booked=False)
BROKERED = contract(13, "0013", roles=(Role(1, "Broker"), Role(2, "Customer")))
GUARANTEED = contract(14, "0014", roles=(Role(1, "Guarantor"),))
LABELLED = contract(15, "0015", private_label="Vendor-X")

BOTH = (set[str](), set[str]())


def fails(*names: str) -> tuple[set[str], set[str]]:
    """The failed checks in edition 2025 and in edition 2026; `life` stands for the edition's own check."""
    return tuple({LIFE[e] if name == "life" else name for name in names} for e in (E2025, E2026))  # type: ignore[return-value]


# What the account holds, its contracts, changes to the case, the failed checks of 2025, and of 2026.
RULE_B: list[tuple[str, tuple[Contract, ...], dict[str, Any], set[str], set[str]]] = [
    ("a customer of an active contract is offered", (ACTIVE,), {}, *BOTH),
    ("a guarantor of an active contract is offered", (GUARANTEED,), {}, *BOTH),
    ("another role type is not enough", (BROKERED,), {}, *fails("role", "same_contract")),
    ("a contract that is not booked is not enough", (DRAFT,), {}, *fails("life", "same_contract")),
    (
        "only terminated contracts are enough in 2025 alone",
        (CLOSED,),
        {},
        set(),
        fails("life", "same_contract")[1],
    ),
    ("one active contract beside terminated ones is enough", (CLOSED, ACTIVE), {}, *BOTH),
    ("a label of another site is not enough", (LABELLED,), {}, *fails("private_label", "same_contract")),
    ("a label of the site is, whatever its case", (LABELLED,), {"site": VENDOR}, *BOTH),
    (
        "no label is not enough where labelled contracts are taken",
        (ACTIVE,),
        {"site": VENDOR},
        *fails("private_label", "same_contract"),
    ),
    (
        "role and label on different contracts are not enough",
        (BROKERED, LABELLED),
        {},
        *fails("same_contract"),
    ),
    (
        "life and label on different contracts are not enough",
        (DRAFT, LABELLED),
        {},
        *fails("same_contract"),
    ),
    (
        "an active contract of another label and a closed one of this label divide the editions",
        (CLOSED, LABELLED),
        {},
        set(),
        {"same_contract"},
    ),
    (
        "an account on no contract fails everything",
        (),
        {},
        *fails("role", "life", "private_label", "same_contract"),
    ),
    (
        "a guarantor is not offered where only customers are admitted",
        (GUARANTEED,),
        {"settings": PortalSettings(admitted_roles=("Customer",))},
        *fails("role", "same_contract"),
    ),
]


@pytest.mark.parametrize("edition", [E2025, E2026])
@pytest.mark.parametrize(
    ("contracts", "changes", "in_2025", "in_2026"),
    [row[1:] for row in RULE_B],
    ids=[row[0] for row in RULE_B],
)
def test_that_rule_b_holds(
    contracts: tuple[Contract, ...],
    changes: dict[str, Any],
    in_2025: set[str],
    in_2026: set[str],
    edition: Edition,
) -> None:
    case = offer_case(*contracts, **changes)
    found = explain_offer(replace(case, settings=replace(case.settings, edition=edition)))
    failed = in_2025 if edition is E2025 else in_2026
    assert named(found, "fail") == failed
    assert found.verdict == ("not_offered" if failed else "offered")
    assert (found.area, found.edition) == (None, edition)


@pytest.mark.parametrize("edition", [E2025, E2026])
def test_that_the_checks_stand_in_their_order_with_their_articles(edition: Edition) -> None:
    found = explain_offer(offer_case(ACTIVE, edition=edition))
    assert list(results(found)) == [
        "exists", "role", LIFE[edition], "private_label", "same_contract", "synced", "look_alike",
    ]  # fmt: skip
    assert [c.source for c in found.checks] == [FIND, PICKER, PICKER, PICKER, PICKER, FRESHNESS, FIND]


DECIDING = {"exists", "role", "active_contract", "private_label", "same_contract"}
STORED = Stored(holding(ACTIVE), FRESH)

# What is known and when, the case, the verdict, the unknown checks, what synced says.
KNOWLEDGE: list[tuple[str, Any, str, set[str], str]] = [
    ("snapshot and ASPIRE agree", offer_case(ACTIVE), "offered", set(), "pass"),
    ("an old snapshot that ASPIRE confirms", offer_case(ACTIVE, as_of=OLDER), "offered", set(), "pass"),
    (
        "unreachable, younger than twice the cadence",
        offer_case(ACTIVE, live=UNREAD, as_of=YOUNGER),
        "offered",
        {"synced"},
        "unknown",
    ),
    (
        "unreachable, exactly twice the cadence",
        offer_case(ACTIVE, live=UNREAD, as_of=EXACTLY),
        "offered",
        {"synced"},
        "unknown",
    ),
    (
        "unreachable, older than twice the cadence",
        offer_case(ACTIVE, live=UNREAD, as_of=OLDER),
        "cannot_tell",
        DECIDING | {"synced", "look_alike"},
        "unknown",
    ),
    (
        "unreachable, an old no",
        offer_case(DRAFT, live=UNREAD, as_of=OLDER),
        "cannot_tell",
        DECIDING | {"synced", "look_alike"},
        "unknown",
    ),
    ("unreachable, a fresh no stands", offer_case(DRAFT, live=UNREAD), "not_offered", {"synced"}, "unknown"),
    (
        "not in the snapshot and unreachable",
        offer_case(stored=NOTHING, live=UNREAD),
        "cannot_tell",
        DECIDING | {"synced", "look_alike"},
        "unknown",
    ),
    ("only in ASPIRE", offer_case(stored=NOTHING, live=read(holding(ACTIVE))), "offered", set(), "fail"),
    (
        "only in ASPIRE, and not active",
        offer_case(stored=NOTHING, live=read(holding(DRAFT))),
        "not_offered",
        set(),
        "fail",
    ),
    (
        "in neither",
        offer_case(stored=NOTHING, live=ABSENT),
        "not_offered",
        DECIDING - {"exists"} | {"look_alike"},
        "pass",
    ),
    ("gone from ASPIRE", offer_case(ACTIVE, live=ABSENT), "offered", set(), "fail"),
    (
        "a difference leaves the verdict to the portal",
        offer_case(ACTIVE, live=read(holding(DRAFT))),
        "offered",
        set(),
        "fail",
    ),
    (
        "a contract more in ASPIRE",
        offer_case(DRAFT, live=read(holding(DRAFT, ACTIVE))),
        "not_offered",
        set(),
        "fail",
    ),
    (
        "a contract less in ASPIRE",
        offer_case(DRAFT, ACTIVE, live=read(holding(DRAFT))),
        "offered",
        set(),
        "fail",
    ),
    ("no contract left in ASPIRE", offer_case(ACTIVE, live=read(holding())), "offered", set(), "fail"),
]


@pytest.mark.parametrize(
    ("case", "verdict", "unknown", "synced"),
    [row[1:] for row in KNOWLEDGE],
    ids=[row[0] for row in KNOWLEDGE],
)
def test_that_an_offer_rests_on_what_is_known(
    case: Any, verdict: str, unknown: set[str], synced: str
) -> None:
    found = explain_offer(case)
    assert (found.verdict, named(found, "unknown"), results(found)["synced"]) == (verdict, unknown, synced)


def test_that_a_contract_missing_from_aspire_is_told_as_a_difference() -> None:
    found = explain_offer(offer_case(ACTIVE, DRAFT, live=read(holding(DRAFT)))).check("synced")
    assert set(found.evidence["differs"]) == {"0012-0045"}
    assert found.evidence["differs"]["0012-0045"]["aspire"] is None


def test_that_two_contracts_of_one_number_are_compared_each_with_itself() -> None:
    twin = contract(99, "0012-0045", is_booked=False)
    assert (
        explain_offer(offer_case(ACTIVE, twin, live=read(holding(twin, ACTIVE)))).check("synced").result
        == "pass"
    )
    assert explain_offer(offer_case(ACTIVE, twin, live=read(holding(twin)))).check("synced").result == "fail"


def booked(minutes: float, oid: int = 20, **changes: Any) -> Contract:
    return contract(oid, f"00{oid}", booked_at=NOW - timedelta(minutes=minutes), **changes)


WAITS: list[tuple[str, tuple[Contract, ...], Edition, float | None]] = [
    ("2026: booked 14 minutes ago, one minute left", (booked(14),), E2026, 1),
    ("2026: booked exactly 15 minutes ago, no wait", (booked(15),), E2026, None),
    ("2025: booked 4 minutes ago, one minute left", (booked(4),), E2025, 1),
    ("2025: booked exactly 5 minutes ago, no wait", (booked(5),), E2025, None),
    ("2025: booked 14 minutes ago, no wait", (booked(14),), E2025, None),
    ("an older relevant contract makes the wait irrelevant", (booked(3), ACTIVE), E2026, None),
    ("an older contract that is not relevant does not", (booked(3), LABELLED, BROKERED), E2026, 12),
    ("2026: an older closed contract does not help", (booked(3), CLOSED), E2026, 12),
    ("2025: an older closed contract helps", (booked(3), CLOSED), E2025, None),
    ("a recent contract that is not relevant needs no wait", (booked(3, private_label="Zeta"),), E2026, None),
    ("of two recent ones the earlier ends the wait", (booked(3), booked(9, 21)), E2026, 6),
    ("no booking time, no wait", (contract(booked_at=None),), E2026, None),
]


@pytest.mark.parametrize(
    ("contracts", "edition", "minutes"), [row[1:] for row in WAITS], ids=[row[0] for row in WAITS]
)
@pytest.mark.parametrize("live", ["read", "unread"])
def test_that_synced_tells_until_when_to_wait_after_booking(
    contracts: tuple[Contract, ...], edition: Edition, minutes: float | None, live: str
) -> None:
    given: dict[str, Any] = {} if live == "read" else {"live": UNREAD}
    found = explain_offer(offer_case(*contracts, edition=edition, **given))
    synced = found.check("synced")
    until = None if minutes is None else NOW + timedelta(minutes=minutes)
    assert synced.evidence.get("wait_until") == until
    assert synced.result == ("unknown" if live == "unread" else "pass" if until is None else "advice")
    if until is not None:
        assert f"{until:%H:%M} UTC" in (synced.fix or "")


def test_that_the_waiting_time_of_an_account_only_in_aspire_is_told_with_its_offer() -> None:
    found = explain_offer(offer_case(stored=NOTHING, live=read(holding(booked(5)))))
    assert (found.verdict, found.check("synced").result) == ("offered", "fail")
    assert found.check("synced").evidence["wait_until"] == NOW + timedelta(minutes=10)


def test_that_nobody_is_told_to_wait_for_an_account_that_aspire_no_longer_has() -> None:
    synced = explain_offer(offer_case(booked(5), live=ABSENT)).check("synced")
    assert "wait_until" not in synced.evidence
    assert "after booking" not in (synced.fix or "")


def test_that_the_wait_is_read_from_the_account_that_aspire_has_now() -> None:
    renumbered = Account(8, "A-001", "Prairie Hauling LLC")
    fresh = booked(5, roles=(Role(8, "Customer"),))
    synced = explain_offer(
        offer_case(ACTIVE, live=Live(read(None).answer, NOW, holding(fresh, account=renumbered)))
    )
    assert synced.check("synced").evidence["wait_until"] == NOW + timedelta(minutes=10)


def test_that_evidence_counts_the_contracts_and_names_the_first_five() -> None:
    many = tuple(contract(100 + n, f"C{n:02}") for n in range(8))
    role = explain_offer(offer_case(*many, DRAFT)).check("role")
    assert role.evidence == {"contracts": ["C00", "C01", "C02", "C03", "C04"], "count": 9, "of": 9}
    assert explain_offer(offer_case(*many, DRAFT)).check("active_contract").evidence["count"] == 8


TWIN = Account(4, "A-004", "Prairie Hauling, Inc.")


@pytest.mark.parametrize(("similar", "expected"), [((), "pass"), ((TWIN,), "advice"), (None, "unknown")])
def test_that_similar_accounts_are_shown_and_decide_nothing(similar: Any, expected: str) -> None:
    found = explain_offer(offer_case(ACTIVE, similar=similar))
    assert (found.verdict, found.check("look_alike").result) == ("offered", expected)


def test_that_an_account_in_neither_system_names_what_was_typed() -> None:
    exists = explain_offer(offer_case(stored=NOTHING, live=ABSENT, account_id="A-9")).check("exists")
    assert (exists.result, exists.evidence) == ("fail", {"account_id": "A-9"})


def test_that_every_failed_check_says_what_to_do() -> None:
    for check in explain_offer(offer_case(DRAFT, LABELLED, BROKERED)).failed:
        assert check.fix


def test_that_an_unknown_check_tells_why_aspire_was_not_asked() -> None:
    found = explain_offer(offer_case(ACTIVE, live=UNREAD, as_of=OLDER))
    told = [check.name for check in found.unknown if (UNREAD.reason or "-") in check.sentence]
    assert told == ["synced"]
    assert "too old" in found.check("role").sentence
    assert all(check.fix for check in found.unknown)


def test_that_an_account_without_an_admitted_role_is_told_the_roles_it_has() -> None:
    lower = contract(14, "0014", roles=(Role(1, "customer"), Role(2, "Customer")))
    role = explain_offer(offer_case(BROKERED, lower)).check("role")
    assert (role.result, role.sentence.endswith("Its roles are: Broker, customer.")) == ("fail", True)


def test_that_now_is_not_earlier_than_the_next_sync() -> None:
    due: datetime = explain_offer(offer_case(ACTIVE, as_of=OLDER)).check("synced").evidence["next_sync"]
    assert due == NOW


def test_that_refusals_read_well_for_one_contract_and_for_several() -> None:
    closed = contract(is_terminated=True)
    one, two = (
        explain_offer(offer_case(*held))
        for held in ((closed,), (closed, contract(oid=77, is_terminated=True)))
    )
    assert one.check("active_contract").sentence == "Its only contract is not active."
    assert two.check("active_contract").sentence == "None of its 2 contracts is active."
