"""What is switched on for each site: its defaults, who changed what, and since when."""

from __future__ import annotations

from datetime import timedelta

import pytest

from portal_admin.domain.site_policy import BankAccounts, SitePolicy, require_payments
from portal_admin.errors import Conflict, NotAllowed, NotFound, SwitchedOff
from portal_admin.services.desk import Desk
from portal_admin.services.site_policy import policies, policy_of, set_policy
from tests.fixtures.desk import NOW, Clock
from tests.services.filled import audit_rows


def test_that_a_site_that_nobody_set_anything_for_has_the_defaults(office: Desk) -> None:
    assert policy_of(office, "main") == SitePolicy(True, BankAccounts.ANY, None, False, 0)
    assert set(policies(office)) == {"MAIN", "PRAIRIE", "EASTCOAST"}
    with pytest.raises(NotFound, match="There is no site WEST"):
        policy_of(office, "WEST")


def test_that_a_change_is_kept_with_its_audit_line_and_leaves_the_rest_alone(office: Desk) -> None:
    first = set_policy(office, site="MAIN", mfa_required=True)
    second = set_policy(office, site="MAIN", payments_enabled=False)
    assert second == policy_of(office, "MAIN") == SitePolicy(False, BankAccounts.ANY, None, True, 2)
    assert first.version == 1
    line = audit_rows(office.engine)[-1]
    assert (line.action, line.site_key) == ("site.set_policy", "MAIN")
    assert (line.before["payments_enabled"], line.after["payments_enabled"]) == (True, False)
    assert set_policy(office, site="MAIN", payments_enabled=False) == second, "nothing changed, so no line"
    assert len(audit_rows(office.engine)) == 2


@pytest.mark.databases("sqlite")
def test_that_only_existing_accounts_counts_from_the_day_it_was_switched_on(
    office: Desk, clock: Clock
) -> None:
    assert set_policy(office, site="MAIN", bank_accounts="existing").bank_accounts_since == NOW
    clock.now = NOW + timedelta(hours=5)
    assert set_policy(office, site="MAIN", mfa_required=True).bank_accounts_since == NOW
    assert set_policy(office, site="MAIN", bank_accounts="any").bank_accounts_since is None


def test_that_nobody_overwrites_what_somebody_else_set(office: Desk) -> None:
    set_policy(office, site="MAIN", mfa_required=True, version=0)
    with pytest.raises(Conflict, match="policy of MAIN"):
        set_policy(office, site="MAIN", mfa_required=False, version=0)
    assert policy_of(office, "MAIN").mfa_required


@pytest.mark.databases("sqlite")
def test_that_switched_off_is_neither_none_nor_a_failure() -> None:
    require_payments(SitePolicy(), site="MAIN")
    with pytest.raises(SwitchedOff, match=r"MAIN.*Only the vendor") as refused:
        require_payments(SitePolicy(payments_enabled=False), site="MAIN")
    assert isinstance(refused.value, NotAllowed)
    assert (refused.value.kind, refused.value.exit_code) == ("switched_off", 1)
