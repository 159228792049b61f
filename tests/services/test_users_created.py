"""Creating an end user: whose address, which accounts, which first mail."""

from __future__ import annotations

from typing import Any

import pytest

from portal_admin.errors import CouldNotLook, InvalidInput, Refused
from portal_admin.models.engine import writing
from portal_admin.services import users
from portal_admin.services.desk import Desk
from tests.services.acting import A, I, P, create, mails, show
from tests.services.conftest import INA, PAUL, RUTH
from tests.services.filled import STALE, audit_rows, everything, set_confirmed


def test_that_a_user_created_by_staff_is_pending_and_a_registration_mail_is_queued(office: Desk) -> None:
    user = create(office, " New@Prairie.Example ")
    assert (user.status, user.email, user.version, user.site) == (P, "new@prairie.example", 1, "MAIN")
    assert [a.account_id for a in user.accounts] == ["A-001"]
    assert mails(office.engine) == [("registration", "new@prairie.example", "queued")]
    assert user.last_mail is not None
    assert (user.last_mail.kind, user.last_mail.status) == ("registration", "queued")


def test_that_a_user_registered_as_active_gets_no_mail_and_the_audit_says_why(office: Desk) -> None:
    user = create(office, status=A)
    assert (user.status, user.last_mail) == (A, None)
    assert mails(office.engine) == []
    (row,) = audit_rows(office.engine)
    assert "login elsewhere" in row.reason
    assert row.after["status"] == "Active"


def test_that_nobody_is_created_inactive(office: Desk) -> None:
    with pytest.raises(InvalidInput) as problem:
        create(office, status=I)
    assert problem.value.field == "status"


@pytest.mark.parametrize("email", [RUTH, RUTH.upper(), f"  {RUTH}\n", "ruth@PRAIRIE.example"])
def test_that_an_address_is_used_once_on_a_site(office: Desk, email: str) -> None:
    before = everything(office.engine)
    with pytest.raises(Refused) as refusal:
        create(office, email)
    assert refusal.value.rule == "unique_email"
    assert "Reset Password" in refusal.value.message
    assert everything(office.engine) == before


@pytest.mark.parametrize(
    ("email", "advice"),
    [(PAUL, "Resend Registration Email"), (RUTH, "Reset Password"), (INA, "Reactivate User")],
)
def test_that_a_used_address_comes_with_the_advice_for_its_status(
    office: Desk, email: str, advice: str
) -> None:
    with pytest.raises(Refused, match=advice):
        create(office, email)


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("a@münchen.example", "A@xn--mnchen-3ya.example"),
        ("jose\u0301@x.example", "JOS\u00c9@x.example"),
    ],
)
def test_that_an_international_address_is_one_in_all_its_spellings(
    office: Desk, first: str, second: str
) -> None:
    create(office, first)
    with pytest.raises(Refused) as refusal:
        create(office, second)
    assert refusal.value.rule == "unique_email"


def test_that_the_same_address_may_have_a_user_on_another_site(office: Desk) -> None:
    user = create(office, RUTH, site="EASTCOAST", account_ids=["A-008"])
    assert (user.site, user.email) == ("EASTCOAST", RUTH)


def test_that_a_user_needs_an_account(office: Desk) -> None:
    with pytest.raises(Refused) as refusal:
        create(office, account_ids=[])
    assert (refusal.value.rule, refusal.value.source) == ("needs_account", "managing-portal-users")


def test_that_accounts_are_linked_once_however_often_and_however_written(office: Desk) -> None:
    user = create(office, account_ids=["A-001", " a-001 ", "A-003", "A-001"])
    assert [a.account_id for a in user.accounts] == ["A-001", "A-003"]


@pytest.mark.parametrize(
    ("accounts", "rule"),
    [
        (["A-006"], "role"),
        (["A-004"], "active_contract"),
        (["A-008"], "private_label"),
        (["A-011"], "private_label"),
        (["A-010"], "role"),
        (["A-001", "A-009"], "active_contract"),
        (["A-404"], "exists"),
    ],
)
def test_that_accounts_not_offered_refuse_the_whole_creation(
    office: Desk, accounts: list[str], rule: str
) -> None:
    before = everything(office.engine)
    with pytest.raises(Refused) as refusal:
        create(office, account_ids=accounts)
    assert refusal.value.rule == rule
    assert refusal.value.source
    assert everything(office.engine) == before


def test_that_a_refused_account_on_one_site_is_named_by_the_check_that_no_single_contract_passes(
    office: Desk,
) -> None:
    with pytest.raises(Refused) as refusal:
        create(office, site="PRAIRIE", account_ids=["A-011"])
    assert refusal.value.rule == "same_contract"


def test_that_a_failed_read_after_the_creation_is_a_warning_and_undoes_nothing(
    office: Desk, sandbox: Any
) -> None:
    sandbox.fault(status=500)
    changed = users.create_user(
        office, site="MAIN", email="w@x.example", first_name="W", last_name="W", account_ids=["A-001"]
    )
    assert show(office, "w@x.example") == changed.user
    (warning,) = changed.warnings
    assert "A-001" in warning


def test_that_nobody_is_created_on_facts_too_old_to_rely_on(office: Desk, sandbox: Any) -> None:
    with writing(office.engine) as connection:
        set_confirmed(connection, STALE)
    sandbox.fault(status=500)
    before = everything(office.engine)
    with pytest.raises(CouldNotLook) as problem:
        create(office)
    assert problem.value.exit_code == 3
    assert everything(office.engine) == before
