"""Who is calling: the person with what must be known first, and whom a contract may concern."""

from __future__ import annotations

from typing import Any

import pytest

from portal_admin.domain.verification import Method
from portal_admin.errors import CouldNotLook, NotFound
from portal_admin.sandbox.server import Sandbox
from portal_admin.services import verification
from portal_admin.services.caller import aspire_trouble, caller_profile, people_of_contract
from portal_admin.services.desk import Desk
from tests.fixtures.sandbox import contract
from tests.services.conftest import INA, PAUL, RUTH

ON_RUTH: dict[str, Any] = {"site": "MAIN", "email": RUTH}


def test_that_the_users_of_the_same_address_on_other_sites_are_told(office: Desk) -> None:
    found = caller_profile(office, site="main", email=f" {RUTH.upper()}")
    assert (found.user.email, found.site.key) == (RUTH, "MAIN")
    assert [(other.site, other.email) for other in found.others] == [("PRAIRIE", RUTH)]
    assert caller_profile(office, site="MAIN", email=PAUL).others == ()


def test_that_policy_and_verification_come_with_the_person(office: Desk) -> None:
    before = caller_profile(office, **ON_RUTH)
    assert (before.policy.payments_enabled, before.policy.mfa_required) == (True, False)
    assert before.verified is None
    verification.verify(office, **ON_RUTH, method=Method.CALL_BACK)
    after = caller_profile(office, **ON_RUTH).verified
    assert after is not None
    assert after.method is Method.CALL_BACK


def test_that_who_sees_a_contract_is_told_apart_from_who_is_only_linked_to_it(office: Desk) -> None:
    seen = people_of_contract(office, contract_id="0012-0045")
    assert {(one.site, one.email) for one in seen.viewers.sights} >= {("MAIN", RUTH)}
    assert not {one.email for one in seen.others if one.site == "MAIN"} & {RUTH}
    assert ("A-001", "Customer") in {(party.account_id, party.role) for party in seen.parties}
    unbooked = people_of_contract(office, contract_id="0012-0047")
    assert unbooked.viewers.sights == ()
    assert {(one.site, one.email) for one in unbooked.others} == {
        ("MAIN", RUTH),
        ("MAIN", INA),
        ("PRAIRIE", RUTH),
    }


@pytest.mark.databases("sqlite")
def test_that_a_contract_that_only_aspire_has_concerns_nobody_yet(office: Desk, sandbox: Sandbox) -> None:
    sandbox.put("Contracts", contract(9100, "0910-0001", 1))
    found = people_of_contract(office, contract_id="0910-0001")
    assert (found.viewers.received, found.viewers.sights, found.others) == (False, (), ())


@pytest.mark.databases("sqlite")
def test_that_none_and_could_not_look_stay_different_answers(office: Desk, sandbox: Sandbox) -> None:
    with pytest.raises(NotFound):
        people_of_contract(office, contract_id="no-such-1")
    sandbox.fault(status=503)
    with pytest.raises(CouldNotLook):
        people_of_contract(office, contract_id="no-such-1")


@pytest.mark.databases("sqlite")
def test_that_trouble_with_aspire_is_told_and_quiet_is_none(office: Desk, sandbox: Sandbox) -> None:
    assert aspire_trouble(office) is None
    sandbox.fault(status=503)
    assert isinstance(aspire_trouble(office), CouldNotLook)
