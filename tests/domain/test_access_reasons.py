"""Rule A the other way round: why they can see it, and what takes it away."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from portal_admin.domain.access import explain_access
from portal_admin.domain.access_reasons import EACH_ALONE, LAST_LINK, as_reasons, openers
from portal_admin.domain.people import EndUser, Status
from portal_admin.domain.verdict import Verdict
from tests.domain.cases import (
    CUSTOMER,
    GUARANTOR,
    NOW,
    PLAINS,
    SITES,
    STRANGER,
    UNREAD,
    VENDOR,
    access_case,
    contract,
    linked,
)

RUTH = EndUser(1, "plains", "ruth@prairie.example", "Ruth", "Olsen", Status.ACTIVE, 1, linked(CUSTOMER), NOW)


def reasons(*accounts: Any, **changes: Any) -> dict[str, str]:
    """Each check's sentence for a user linked to those accounts."""
    found, user = judged(*accounts, **changes)
    return {check.name: check.sentence for check in as_reasons(found, user=user).checks}


def judged(*accounts: Any, **changes: Any) -> tuple[Verdict, EndUser]:
    held = linked(*(accounts or (CUSTOMER,)))
    stored = changes.pop("stored", contract())
    return explain_access(access_case(stored, linked=held, **changes)), replace(RUTH, accounts=held)


def fix(*accounts: Any) -> str | None:
    found, user = judged(*accounts)
    return as_reasons(found, user=user).check("role").fix


def test_that_every_reason_names_what_opens_it() -> None:
    told = reasons()
    assert told["booked"] == "It is booked 13 Aug 2026."
    assert told["role"] == "Ruth Olsen is linked to Prairie Hauling LLC (A-001), which is Customer on it."
    assert told["private_label"] == "It has no private label, and site plains takes contracts without one."
    assert told["user_active"] == "Ruth Olsen is Active, so they may sign in."


def test_that_a_closed_contract_says_where_it_stands() -> None:
    told = reasons(stored=contract(is_terminated=True))
    assert told["booked"] == "It is booked 13 Aug 2026 and terminated, so it stands under Closed."


def test_that_a_label_names_every_site_that_takes_it() -> None:
    labelled = contract(private_label="Zeta ")
    both = (*SITES, replace(PLAINS, id=3, key="north", labels=("zeta",), unlabelled=False))
    told = reasons(stored=labelled, site=VENDOR, sites=both)
    assert told["private_label"] == "Its private label Zeta is mapped to site vendor, and to north."
    assert reasons(stored=labelled, site=VENDOR)["private_label"] == (
        "Its private label Zeta is mapped to site vendor."
    )
    unlabelled = (*SITES, replace(PLAINS, id=3, key="north"))
    assert reasons(sites=unlabelled)["private_label"].endswith("takes contracts without one; north too.")


def test_that_each_link_that_opens_it_is_named_and_all_of_them_must_go() -> None:
    told = reasons(CUSTOMER, GUARANTOR, STRANGER)
    assert told["role"] == (
        "Ruth Olsen is linked to Prairie Hauling LLC (A-001), which is Customer on it; "
        "and to Ruth Olsen (A-002), which is Guarantor on it."
    )
    assert fix(CUSTOMER, GUARANTOR) == EACH_ALONE
    assert [one.account_id for one in openers(judged(CUSTOMER, GUARANTOR, STRANGER)[0])] == ["A-001", "A-002"]


def test_that_the_last_link_stays_and_another_one_may_go() -> None:
    assert fix(CUSTOMER) == LAST_LINK
    assert fix(CUSTOMER, STRANGER) is None


def test_that_any_other_verdict_stays_as_it_is() -> None:
    for changes in ({"stored": contract(is_booked=False)}, {"status": Status.PENDING}):
        found, user = judged(**changes)
        assert as_reasons(found, user=user) == found


def test_that_what_could_not_be_checked_is_no_reason() -> None:
    found, user = judged(live=UNREAD)
    told = as_reasons(found, user=user)
    assert told.verdict == "visible"
    assert told.check("synced") == found.check("synced")
