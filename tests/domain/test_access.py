"""Rule A row by row, and what each of its checks says."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from portal_admin.domain.access import DECIDING, explain_access, hidden_reasons
from portal_admin.domain.people import LinkedAccount, Status
from portal_admin.domain.policy import PortalSettings
from portal_admin.domain.reading import Generations
from portal_admin.domain.records import Account, Role
from portal_admin.domain.verdict import Edition
from tests.domain.cases import (
    CUSTOMER,
    GUARANTOR,
    NOTHING,
    PLAINS,
    STRANGER,
    VENDOR,
    access_case,
    contract,
    linked,
    named,
    results,
)

ORDER = ["exists", "booked", "role", "private_label", "user_active", "synced", "restored", "look_alike"]
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


def test_that_no_label_of_the_deciding_checks_is_missing_from_a_verdict() -> None:
    assert set(DECIDING) <= set(results(explain_access(replace(access_case(), stored=NOTHING))))


def test_that_the_list_rule_ignores_status_and_names_each_reason() -> None:
    hidden = contract(is_booked=False, private_label="Zeta")
    reasons = hidden_reasons(hidden, accounts=[3], site=PLAINS, settings=PortalSettings())
    assert reasons == ("booked", "role", "private_label")
    assert hidden_reasons(contract(), accounts=[1], site=PLAINS, settings=PortalSettings()) == ()


@pytest.mark.parametrize(
    ("booked", "expected"),
    [
        ({"booked_at": datetime(2026, 3, 1, 15, tzinfo=UTC)}, "Booked 1 Mar 2026."),
        (
            {"booked_at": datetime(2026, 3, 2, 3, tzinfo=UTC)},
            "Booked 1 Mar 2026.",
        ),  # still the 1st in Chicago
        ({"booked_at": None}, "Booked."),
        (
            {"booked_at": datetime(2026, 3, 1, 15, tzinfo=UTC), "is_terminated": True},
            "Booked 1 Mar 2026 and terminated, so it stands under Closed.",
        ),
    ],
)
def test_that_a_booked_contract_tells_its_day_of_booking(booked: dict[str, Any], expected: str) -> None:
    found = explain_access(access_case(contract(**booked)))
    assert found.check("booked").sentence == expected
