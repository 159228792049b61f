"""Rule C at work: every change and its audit row, every refusal and its rule."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import Engine, select, update

from portal_admin.domain.people import EndUser, Status
from portal_admin.errors import Conflict, CouldNotLook, DatabaseProblem, InvalidInput, NotFound, Refused
from portal_admin.models import end_user, mail_outbox
from portal_admin.models.engine import reading, writing
from portal_admin.services import links, people, sites, users
from portal_admin.services.desk import Desk
from tests.services.conftest import INA, PAUL, RUTH
from tests.services.filled import audit_rows, everything

P, A, I = Status.PENDING, Status.ACTIVE, Status.INACTIVE  # noqa: E741


def create(desk: Desk, email: str = "new@prairie.example", **changes: Any) -> EndUser:
    given = {"site": "MAIN", "first_name": "Nora", "last_name": "New", "account_ids": ["A-001"]} | changes
    return users.create_user(desk, email=email, **given).user


def show(desk: Desk, email: str, site: str = "MAIN") -> EndUser:
    return people.show_user(desk, site=site, email=email)


def mails(engine: Engine) -> list[tuple[str, str, str]]:
    """Kind, recipient and status of every mail, oldest first."""
    columns = (mail_outbox.c.kind, mail_outbox.c.recipient, mail_outbox.c.status)
    with reading(engine) as connection:
        return [tuple(row) for row in connection.execute(select(*columns).order_by(mail_outbox.c.id))]  # type: ignore[misc]


# What is done, and the audit rows it writes: action, subject.
CHANGES: dict[str, tuple[Callable[[Desk], Any], list[tuple[str, str]]]] = {
    "create": (lambda d: create(d), [("user.create", "new@prairie.example")]),
    "create active": (lambda d: create(d, status=A), [("user.create", "new@prairie.example")]),
    "edit": (
        lambda d: users.edit_user(d, site="MAIN", email=RUTH, last_name="Olsson"),
        [("user.edit", RUTH)],
    ),
    "resend": (lambda d: users.resend_registration(d, site="MAIN", email=PAUL), [("user.resend", PAUL)]),
    "reset": (lambda d: users.reset_password(d, site="MAIN", email=RUTH), [("user.reset", RUTH)]),
    "deactivate": (lambda d: users.deactivate(d, site="MAIN", email=RUTH), [("user.deactivate", RUTH)]),
    "reactivate": (lambda d: users.reactivate(d, site="MAIN", email=INA), [("user.reactivate", INA)]),
    "change email": (
        lambda d: users.change_email(d, site="MAIN", email=RUTH, to="r@new.example"),
        [("user.change_email", RUTH), ("user.create", "r@new.example")],
    ),
    "link": (lambda d: links.add(d, site="MAIN", email=RUTH, account_ids=["A-003"]), [("link.add", RUTH)]),
    "unlink": (lambda d: links.remove(d, site="MAIN", email=INA, account_id="A-004"), [("link.remove", INA)]),
    "create site": (lambda d: sites.create_site(d, key="WEST", name="West"), [("site.create", "WEST")]),
    "set labels": (
        lambda d: sites.set_labels(d, key="MAIN", labels=[], unlabelled=True),
        [("site.set_labels", "MAIN")],
    ),
}


@pytest.mark.parametrize("name", CHANGES)
def test_that_every_change_writes_exactly_its_audit_rows(office: Desk, name: str) -> None:
    act, expected = CHANGES[name]
    act(office)
    rows = audit_rows(office.engine)
    assert [(row.action, row.subject) for row in rows] == expected
    assert {(row.operator, row.at) for row in rows} == {("tester", office.clock())}
    assert len({row.operation_id for row in rows}) == 1
    assert all(row.site_key in {"MAIN", "WEST"} for row in rows)


@pytest.mark.parametrize("name", CHANGES)
def test_that_a_change_whose_audit_row_cannot_be_written_is_no_change(office: Desk, name: str) -> None:
    with writing(office.engine) as connection:
        connection.exec_driver_sql(
            "CREATE TRIGGER full BEFORE INSERT ON audit_event BEGIN SELECT RAISE(ABORT, 'no room'); END"
        )
    before = everything(office.engine)
    with pytest.raises(DatabaseProblem):
        CHANGES[name][0](office)
    assert everything(office.engine) == before


ON_A_USER: dict[str, tuple[Callable[..., Any], dict[Status, str | None]]] = {
    "edit": (lambda d, **w: users.edit_user(d, first_name="X", **w), {P: None, A: None, I: None}),
    "resend": (users.resend_registration, {P: None, A: "status:resend", I: "status:resend"}),
    "reset": (users.reset_password, {P: "status:reset", A: None, I: "status:reset"}),
    "deactivate": (users.deactivate, {P: "status:deactivate", A: None, I: "status:deactivate"}),
    "reactivate": (users.reactivate, {P: "status:reactivate", A: "status:reactivate", I: None}),
    "change email": (
        lambda d, **w: users.change_email(d, to="x@y.example", **w),
        {P: None, A: None, I: "status:change-email"},
    ),
}
WHO = {P: PAUL, A: RUTH, I: INA}


@pytest.mark.parametrize("status", list(Status))
@pytest.mark.parametrize("name", ON_A_USER)
def test_that_an_action_is_done_where_rule_c_offers_it_and_else_refused_by_name(
    office: Desk, name: str, status: Status
) -> None:
    act, table = ON_A_USER[name]
    before = everything(office.engine)
    if table[status] is None:
        act(office, site="MAIN", email=WHO[status])
        assert everything(office.engine) != before
        return
    with pytest.raises(Refused) as refusal:
        act(office, site="MAIN", email=WHO[status])
    assert (refusal.value.rule, refusal.value.exit_code) == (table[status], 1)
    assert everything(office.engine) == before


@pytest.mark.parametrize("name", ON_A_USER)
@pytest.mark.parametrize(
    ("site", "email", "named"),
    [
        ("NOWHERE", RUTH, "MAIN"),
        ("MAIN", "nobody@x.example", "nobody@x.example"),
        ("EASTCOAST", RUTH, "EASTCOAST"),
    ],
)
def test_that_an_unknown_user_or_site_is_not_found_and_named(
    office: Desk, name: str, site: str, email: str, named: str
) -> None:
    with pytest.raises(NotFound) as problem:
        ON_A_USER[name][0](office, site=site, email=email)
    assert named in problem.value.message
    assert audit_rows(office.engine) == []


@pytest.mark.parametrize(("site", "email"), [("main", " RUTH@Prairie.Example ")])
def test_that_a_user_is_found_in_any_spelling(office: Desk, site: str, email: str) -> None:
    assert show(office, email, site).email == RUTH


# Creating


def test_that_a_user_created_by_staff_is_pending_and_a_registration_mail_is_queued(office: Desk) -> None:
    user = create(office, " New@Prairie.Example ")
    assert (user.status, user.email, user.version, user.site) == (P, "new@prairie.example", 1, "MAIN")
    assert [a.account_id for a in user.accounts] == ["A-001"]
    assert mails(office.engine) == [("registration", "new@prairie.example", "queued")]
    assert user.last_mail == "registration mail queued, not yet sent"


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
        ([""], "exists"),
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
    from tests.services.filled import STALE, set_confirmed

    with writing(office.engine) as connection:
        set_confirmed(connection, STALE)
    sandbox.fault(status=500)
    before = everything(office.engine)
    with pytest.raises(CouldNotLook) as problem:
        create(office)
    assert problem.value.exit_code == 3
    assert everything(office.engine) == before


# Hostile words

HOSTILE_NAMES = [
    ("\x00", "first_name"),
    ("Ru\x07th", "first_name"),
    ("Ru\x1b[2Jth", "first_name"),
    ("Ru\nth", "first_name"),
    ("\u202egnp.exe", "first_name"),
    ("Ru\u2066th", "first_name"),
    ("Ru\u2028th", "first_name"),
    ("Ru\ud800th", "first_name"),
    ("   ", "first_name"),
    ("\u200b\u2060", "first_name"),
    ("x" * 201, "first_name"),
    ("ﬃ" * 100, "first_name"),
    ("x" * 10_000, "first_name"),
]


@pytest.mark.parametrize(
    ("name", "field"), [pytest.param(*row, id=ascii(row[0][:12])) for row in HOSTILE_NAMES]
)
def test_that_a_name_that_cannot_be_shown_is_refused(office: Desk, name: str, field: str) -> None:
    before = everything(office.engine)
    with pytest.raises(InvalidInput) as problem:
        create(office, first_name=name)
    assert problem.value.field == field
    with pytest.raises(InvalidInput):
        users.edit_user(office, site="MAIN", email=RUTH, last_name=name)
    assert everything(office.engine) == before


@pytest.mark.parametrize(
    "name",
    [
        "<b>Ruth</b>",
        "'; DROP TABLE end_user; --",
        "100%_*\\",
        "{0.__class__}",
        "محمد",
        "עֲדִי",
        "می‌خواهم",
        "Ngọc Ánh",
        "O’Brien-Núñez",
        "村上",
        "👩‍🌾",
        ".",
        "x" * 200,
        "=1+1",
    ],
)
def test_that_any_name_that_can_be_shown_is_kept_as_it_is(office: Desk, name: str) -> None:
    create(office, first_name=f" {name} ", last_name=name)
    user = show(office, "new@prairie.example")
    assert (user.first_name, user.last_name) == (name, name)
    assert [u.email for u in people.list_users(office, text=name)] == [
        "new@prairie.example"
    ] or not name.isalnum()


@pytest.mark.parametrize(
    "email",
    [
        "",
        "   ",
        "ruth",
        "ruth@",
        "@x.example",
        "ruth@localhost",
        "a b@x.example",
        "a@x..example",
        "a@b@x.example",
        "ruth@x.example\nbcc: all@x.example",
        "ru\x00th@x.example",
        "ruth@x.example, paul@x.example",
        "<script>@x.example",
        "Ruth <ruth@x.example>",
        "\u202eruth@x.example",
        "ru\ud800th@x.example",
        "a@" + "x" * 10_000 + ".example",
        "a@-x.example",
        "a@[127.0.0.1]",
    ],
)
def test_that_what_is_no_email_address_is_refused(office: Desk, email: str) -> None:
    with pytest.raises(InvalidInput) as problem:
        create(office, email)
    assert problem.value.field == "email"
    assert problem.value.message.isprintable()
    with pytest.raises(InvalidInput):
        users.change_email(office, site="MAIN", email=RUTH, to=email)


@pytest.mark.parametrize(
    "email",
    [
        "o'brien@x.example",
        "a.b+portal@x.example",
        "_%@x.example",
        "用户@例え.example",
        "ap@company.internal",
        "x" * 64 + "@x.example",
    ],
)
def test_that_unusual_addresses_are_addresses(office: Desk, email: str) -> None:
    assert create(office, email).email == show(office, email).email


# Editing


def test_that_an_edit_tells_before_and_after_and_counts_a_version(office: Desk) -> None:
    user = users.edit_user(office, site="MAIN", email=RUTH, first_name="Ruth Ann", last_name=None)
    assert (user.first_name, user.last_name, user.version) == ("Ruth Ann", "Olsen", 2)
    (row,) = audit_rows(office.engine)
    assert (row.before["first_name"], row.after["first_name"]) == ("Ruth", "Ruth Ann")


def test_that_an_edit_that_changes_nothing_writes_nothing(office: Desk) -> None:
    before = everything(office.engine)
    assert users.edit_user(office, site="MAIN", email=RUTH, first_name=" Ruth ").version == 1
    assert everything(office.engine) == before


VERSIONED: dict[str, Callable[..., Any]] = {
    "edit": lambda d, v: users.edit_user(d, site="MAIN", email=RUTH, first_name="X", version=v),
    "deactivate": lambda d, v: users.deactivate(d, site="MAIN", email=RUTH, version=v),
    "reactivate": lambda d, v: users.reactivate(d, site="MAIN", email=INA, version=v),
    "change email": lambda d, v: users.change_email(
        d, site="MAIN", email=RUTH, to="r@new.example", version=v
    ),
    "link": lambda d, v: links.add(d, site="MAIN", email=RUTH, account_ids=["A-003"], version=v),
    "unlink": lambda d, v: links.remove(d, site="MAIN", email=INA, account_id="A-004", version=v),
    "set labels": lambda d, v: sites.set_labels(d, key="MAIN", labels=[], unlabelled=True, version=v),
}


@pytest.mark.parametrize("name", VERSIONED)
def test_that_a_change_of_what_somebody_else_changed_is_a_conflict_and_writes_nothing(
    office: Desk, name: str
) -> None:
    before = everything(office.engine)
    for wrong in (0, 2, 99):
        with pytest.raises(Conflict):
            VERSIONED[name](office, wrong)
    assert everything(office.engine) == before
    VERSIONED[name](office, 1)
    assert everything(office.engine) != before


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
    assert everything(office.engine) == before


def test_that_a_changed_email_keeps_links_that_would_no_longer_be_offered(office: Desk) -> None:
    with writing(office.engine) as connection:
        connection.execute(update(end_user).where(end_user.c.email == INA).values(status="Pending"))
    change = users.change_email(office, site="MAIN", email=INA, to="ina@new.example")
    assert [a.account_id for a in change.new.accounts] == ["A-001", "A-004"]


def test_that_status_changes_keep_names_and_links(office: Desk) -> None:
    before = show(office, RUTH)
    users.deactivate(office, site="MAIN", email=RUTH)
    after = users.reactivate(office, site="MAIN", email=RUTH)
    assert (after.accounts, after.name, after.status, after.version) == (before.accounts, before.name, A, 3)
