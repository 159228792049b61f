"""Mails that wait and can be taken back, and the new user that a new address is."""

from __future__ import annotations

import pytest
from sqlalchemy import update

from portal_admin.errors import Refused
from portal_admin.models import end_user
from portal_admin.models.engine import writing
from portal_admin.services import users
from portal_admin.services.desk import Desk
from tests.services.acting import I, P, create, mails
from tests.services.conftest import INA, PAUL, RUTH
from tests.services.filled import audit_rows, everything

# Mails


def test_that_a_resent_registration_supersedes_older_ones_and_undo_brings_them_back(office: Desk) -> None:
    first = users.resend_registration(office, site="MAIN", email=PAUL)
    second = users.resend_registration(office, site="MAIN", email=PAUL)
    assert [status for _, _, status in mails(office.engine)] == ["superseded", "queued"]
    assert (second.superseded, second.kind) == ((first.mail_id,), "registration")
    users.withdraw_mail(office, queued=second)
    assert [status for _, _, status in mails(office.engine)] == ["queued", "canceled"]
    users.withdraw_mail(office, queued=first)
    assert [status for _, _, status in mails(office.engine)] == ["canceled", "canceled"]
    assert [row.action for row in audit_rows(office.engine)] == ["user.resend"] * 2 + [
        "user.withdraw_mail"
    ] * 2


def test_that_a_mail_is_taken_back_once_and_only_while_it_waits(office: Desk) -> None:
    first = users.reset_password(office, site="MAIN", email=RUTH)
    users.reset_password(office, site="MAIN", email=RUTH)
    before = everything(office.engine)
    with pytest.raises(Refused) as refusal:
        users.withdraw_mail(office, queued=first)
    assert refusal.value.rule == "undo"
    assert everything(office.engine) == before


def test_that_mails_of_others_and_of_another_kind_live_on(office: Desk) -> None:
    create(office)
    users.resend_registration(office, site="MAIN", email=PAUL)
    with writing(office.engine) as connection:
        connection.execute(update(end_user).where(end_user.c.email == PAUL).values(status="Active"))
    users.reset_password(office, site="MAIN", email=PAUL)
    users.reset_password(office, site="MAIN", email=RUTH)
    users.reset_password(office, site="PRAIRIE", email=RUTH)
    assert {status for _, _, status in mails(office.engine)} == {"queued"}


# A new email address


def test_that_a_changed_email_is_a_new_user_with_the_same_links_in_one_operation(office: Desk) -> None:
    with writing(office.engine) as connection:
        connection.execute(update(end_user).where(end_user.c.email == INA).values(status="Active"))
    users.reset_password(office, site="MAIN", email=INA)
    change = users.change_email(office, site="MAIN", email=INA, to="Ina@New.example")
    assert (change.old.email, change.old.status, change.old.version) == (INA, I, 2)
    assert (change.new.email, change.new.status, change.new.version) == ("ina@new.example", P, 1)
    assert change.new.accounts == change.old.accounts
    assert len(change.new.accounts) == 2
    assert (change.new.first_name, change.new.last_name) == ("Ina", "Old")
    assert mails(office.engine) == [
        ("reset", INA, "superseded"),
        ("registration", "ina@new.example", "queued"),
    ]
    changed, created = audit_rows(office.engine)[1:]
    assert changed.operation_id == created.operation_id
    assert (changed.before["status"], changed.after["status"]) == ("Active", "Inactive")


@pytest.mark.parametrize("to", [RUTH, RUTH.upper(), PAUL, INA])
def test_that_a_changed_email_must_be_unused_on_the_site(office: Desk, to: str) -> None:
    before = everything(office.engine)
    with pytest.raises(Refused) as refusal:
        users.change_email(office, site="MAIN", email=RUTH, to=to)
    assert refusal.value.rule == "unique_email"
    assert ("has already" in refusal.value.message) == (to.lower() == RUTH)
    assert everything(office.engine) == before


def test_that_a_changed_email_keeps_links_that_would_no_longer_be_offered(office: Desk) -> None:
    with writing(office.engine) as connection:
        connection.execute(update(end_user).where(end_user.c.email == INA).values(status="Pending"))
    change = users.change_email(office, site="MAIN", email=INA, to="ina@new.example")
    assert [a.account_id for a in change.new.accounts] == ["A-001", "A-004"]
