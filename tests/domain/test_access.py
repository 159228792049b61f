"""Rule A and the semantics of its verdict, row by row."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from portal_admin.domain.access import DECIDING, explain_access, hidden_reasons
from portal_admin.domain.people import LinkedAccount, Status
from portal_admin.domain.policy import PortalSettings
from portal_admin.domain.reading import Generations, Stored
from portal_admin.domain.records import Account, Role
from portal_admin.domain.verdict import Edition
from tests.domain.cases import (
    ABSENT,
    CUSTOMER,
    EXACTLY,
    FRESH,
    GUARANTOR,
    NOTHING,
    NOW,
    OLDER,
    PLAINS,
    STRANGER,
    UNREAD,
    VENDOR,
    YOUNGER,
    access_case,
    contract,
    linked,
    named,
    read,
    results,
)

ORDER = ["exists", "booked", "role", "private_label", "user_active", "synced", "restored", "look_alike"]
ABOUT_THE_CONTRACT = {"exists", "booked", "role", "private_label"}
SOURCES = {
    "exists": "contract-not-showing-in-the-customer-portal",
    "booked": "how-do-i-control-user-access-to-contracts",
    "role": "how-do-i-control-user-access-to-contracts",
    "private_label": "contract-not-showing-in-the-customer-portal",
    "user_active": "managing-portal-users",
    "synced": "how-often-is-data-updated-in-the-portal-from-aspire",
    "restored": "contract-not-showing-in-the-customer-portal",
    "look_alike": "contract-not-showing-in-the-customer-portal",
}
TERMINATED = contract(is_terminated=True)
UNBOOKED = contract(is_booked=False)
LABELLED = contract(private_label="VENDOR-X")
OTHER_PARTY = contract(roles=(Role(3, "Customer"),))
CUSTOMER_ONLY = PortalSettings(admitted_roles=("Customer",))

# What the case is, the case, the verdict, the area, the failed checks.
RULE_A: list[tuple[str, Any, str, str | None, set[str]]] = [
    ("a booked contract of a linked customer is visible", access_case(contract()), "visible", "open", set()),
    (
        "a booked and terminated contract is visible under Closed",
        access_case(TERMINATED),
        "visible",
        "closed",
        set(),
    ),
    ("a contract that is not booked is hidden", access_case(UNBOOKED), "not_visible", None, {"booked"}),
    (
        "a terminated contract that was never booked is hidden",
        access_case(contract(is_booked=False, is_terminated=True)),
        "not_visible",
        None,
        {"booked"},
    ),
    (
        "a guarantor sees the contract",
        access_case(contract(), linked=linked(GUARANTOR)),
        "visible",
        "open",
        set(),
    ),
    (
        "a guarantor sees nothing where only customers are admitted",
        access_case(contract(), linked=linked(GUARANTOR), settings=CUSTOMER_ONLY),
        "not_visible",
        None,
        {"role"},
    ),
    (
        "another role type opens nothing",
        access_case(contract(roles=(Role(1, "Broker"), Role(2, "Customer")))),
        "not_visible",
        None,
        {"role"},
    ),
    (
        "another role type beside an admitted one does no harm",
        access_case(contract(roles=(Role(1, "Broker"), Role(1, "Guarantor")))),
        "visible",
        "open",
        set(),
    ),
    ("an account that is no party opens nothing", access_case(OTHER_PARTY), "not_visible", None, {"role"}),
    (
        "one linked account of several is enough",
        access_case(contract(), linked=linked(STRANGER, CUSTOMER)),
        "visible",
        "open",
        set(),
    ),
    ("a user without links sees nothing", access_case(contract(), linked=()), "not_visible", None, {"role"}),
    (
        "a label that is not the site's hides the contract",
        access_case(LABELLED),
        "not_visible",
        None,
        {"private_label"},
    ),
    ("a label of the site shows it", access_case(LABELLED, site=VENDOR), "visible", "open", set()),
    (
        "labels are compared ignoring case and blanks around",
        access_case(contract(private_label="  vendor-x "), site=VENDOR),
        "visible",
        "open",
        set(),
    ),
    (
        "a blank label is no label",
        access_case(contract(private_label="   ")),
        "visible",
        "open",
        set(),
    ),
    (
        "a site that does not take unlabelled contracts hides them",
        access_case(contract(), site=VENDOR),
        "not_visible",
        None,
        {"private_label"},
    ),
    (
        "a blank label is hidden on a site that takes labelled contracts only",
        access_case(contract(private_label=" "), site=VENDOR),
        "not_visible",
        None,
        {"private_label"},
    ),
    (
        "a pending user sees nothing",
        access_case(contract(), status=Status.PENDING),
        "not_visible",
        None,
        {"user_active"},
    ),
    (
        "an inactive user sees nothing",
        access_case(contract(), status=Status.INACTIVE),
        "not_visible",
        None,
        {"user_active"},
    ),
    (
        "all causes are reported at once",
        access_case(
            contract(is_booked=False, private_label="Zeta", roles=(Role(3, "Customer"),)),
            status=Status.INACTIVE,
            generations=Generations(1, 2),
        ),
        "not_visible",
        None,
        {"booked", "role", "private_label", "user_active", "restored"},
    ),
]


@pytest.mark.parametrize("edition", list(Edition))
@pytest.mark.parametrize(
    ("case", "verdict", "area", "failed"), [row[1:] for row in RULE_A], ids=[row[0] for row in RULE_A]
)
def test_that_rule_a_holds(
    case: Any, verdict: str, area: str | None, failed: set[str], edition: Edition
) -> None:
    found = explain_access(replace(case, settings=replace(case.settings, edition=edition)))
    assert (found.verdict, found.area, named(found, "fail")) == (verdict, area, failed)
    assert found.edition is edition
    assert list(results(found)) == ORDER
    assert {check.name: check.source for check in found.checks} == SOURCES


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


def test_that_role_evidence_lists_every_linked_account_with_its_roles() -> None:
    roles = (Role(1, "Guarantor"), Role(1, "Customer"), Role(1, "Customer"), Role(2, "Broker"))
    case = access_case(contract(roles=roles), linked=linked(STRANGER, CUSTOMER, GUARANTOR))
    role = explain_access(case).check("role")
    assert role.evidence["linked"] == [
        {"account_id": "A-003", "name": "Lakeside Dental PC", "roles": []},
        {"account_id": "A-001", "name": "Prairie Hauling LLC", "roles": ["Customer", "Guarantor"]},
        {"account_id": "A-002", "name": "Ruth Olsen", "roles": ["Broker"]},
    ]
    assert role.evidence["admitted_roles"] == ["Customer", "Guarantor"]


def test_that_a_failed_role_check_names_the_account_to_link() -> None:
    role = explain_access(access_case(contract(), linked=linked(STRANGER))).check("role")
    assert role.fix == (
        "Link the account that holds the role: Customer Prairie Hauling LLC (A-001); Guarantor Ruth Olsen (A-002)."
    )


def test_that_a_failed_role_check_names_a_party_by_number_when_its_name_is_unknown() -> None:
    role = explain_access(access_case(contract(roles=(Role(77, "Customer"),)))).check("role")
    assert "account number 77" in (role.fix or "")


@pytest.mark.parametrize(
    ("label", "site", "told"),
    [
        ("VENDOR-X", PLAINS, "user on site vendor"),
        ("Unmapped", PLAINS, "map the label to plains"),
        (None, VENDOR, "user on site plains"),
    ],
)
def test_that_a_wrong_label_tells_where_the_contract_is_shown(
    label: str | None, site: Any, told: str
) -> None:
    check = explain_access(access_case(contract(private_label=label), site=site)).check("private_label")
    assert check.result == "fail"
    assert told in (check.fix or "")


@pytest.mark.parametrize(
    ("status", "told"), [(Status.PENDING, "Resend Registration Email"), (Status.INACTIVE, "Reactivate User")]
)
def test_that_a_user_who_is_not_active_is_told_the_way_to_become_so(status: Status, told: str) -> None:
    check = explain_access(access_case(contract(), status=status)).check("user_active")
    assert told in (check.fix or "")
    assert check.evidence == {"status": status.value}


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


TWIN = Account(4, "A-004", "Prairie Hauling, Inc.")


def test_that_a_look_alike_of_the_customer_is_shown_beside_it() -> None:
    check = explain_access(access_case(contract(), linked=linked(TWIN))).check("look_alike")
    assert check.result == "advice"
    assert check.evidence["pairs"] == [
        {
            "linked": {"account_id": "A-004", "name": "Prairie Hauling, Inc."},
            "customer": {"account_id": "A-001", "name": "Prairie Hauling LLC"},
        }
    ]


def test_that_a_linked_customer_is_no_look_alike_of_itself() -> None:
    assert explain_access(access_case(contract())).check("look_alike").result == "pass"


def test_that_a_look_alike_is_never_passed_when_the_customer_has_no_known_name() -> None:
    found = explain_access(access_case(contract(roles=(Role(77, "Customer"),))))
    assert found.check("look_alike").result == "unknown"


def test_that_a_look_alike_is_never_passed_when_the_linked_account_has_no_known_name() -> None:
    ghost = LinkedAccount(9, "A-009", "not in the portal's copy of ASPIRE", known=False)
    found = explain_access(access_case(contract(), linked=(ghost,)))
    assert found.check("look_alike").result == "unknown"


def test_that_unknown_checks_say_why_and_to_retry() -> None:
    found = explain_access(access_case(contract(), UNREAD, as_of=OLDER))
    for check in found.unknown:
        if check.name in ABOUT_THE_CONTRACT:
            assert UNREAD.reason in check.sentence
            assert check.evidence == {"reason": UNREAD.reason}
            assert check.fix == "Retry."


def test_that_the_age_of_a_check_is_that_of_the_fact_it_rests_on() -> None:
    found = explain_access(access_case(contract(), UNREAD))
    assert {found.check(name).as_of for name in ABOUT_THE_CONTRACT} == {FRESH}


def test_that_another_cadence_moves_the_limit() -> None:
    settings = PortalSettings(cadences=dict(PortalSettings().cadences) | {"contracts": timedelta(hours=1)})
    case = access_case(contract(), UNREAD, as_of=NOW - timedelta(minutes=119), settings=settings)
    assert explain_access(case).verdict == "visible"


def test_that_no_label_of_the_deciding_checks_is_missing_from_a_verdict() -> None:
    assert set(DECIDING) <= set(results(explain_access(replace(access_case(), stored=NOTHING))))


def test_that_the_list_rule_ignores_status_and_names_each_reason() -> None:
    hidden = contract(is_booked=False, private_label="Zeta")
    reasons = hidden_reasons(hidden, accounts=[3], site=PLAINS, settings=PortalSettings())
    assert reasons == ("booked", "role", "private_label")
    assert hidden_reasons(contract(), accounts=[1], site=PLAINS, settings=PortalSettings()) == ()


def test_that_a_stored_fact_without_a_date_is_never_fresh() -> None:
    case = replace(access_case(contract(), UNREAD), stored=Stored(contract(), None))
    assert explain_access(case).verdict == "cannot_tell"
