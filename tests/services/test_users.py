"""Rule C at work: every change and its audit row, every refusal and its rule."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from portal_admin.domain.people import Status
from portal_admin.errors import Conflict, DatabaseProblem, NotFound, Refused
from portal_admin.services import links, sites, users
from portal_admin.services.desk import Desk
from tests.services.acting import CALLED, A, I, P, create, show
from tests.services.conftest import INA, PAUL, RUTH
from tests.services.filled import audit_rows, everything, is_of_now, refuse_audit

# What is done, and the audit rows it writes: action, subject.
CHANGES: dict[str, tuple[Callable[[Desk], Any], list[tuple[str, str]]]] = {
    "create": (lambda d: create(d), [("user.create", "new@prairie.example")]),
    "create active": (lambda d: create(d, status=A), [("user.create", "new@prairie.example")]),
    "edit": (
        lambda d: users.edit_user(d, site="MAIN", email=RUTH, last_name="Olsson"),
        [("user.edit", RUTH)],
    ),
    "resend": (lambda d: users.resend_registration(d, site="MAIN", email=PAUL), [("user.resend", PAUL)]),
    "reset": (
        lambda d: users.reset_password(d, site="MAIN", email=RUTH, proof=CALLED),
        [("caller.verify", RUTH), ("user.reset", RUTH)],
    ),
    "deactivate": (lambda d: users.deactivate(d, site="MAIN", email=RUTH), [("user.deactivate", RUTH)]),
    "reactivate": (lambda d: users.reactivate(d, site="MAIN", email=INA), [("user.reactivate", INA)]),
    "change email": (
        lambda d: users.change_email(d, site="MAIN", email=RUTH, to="r@new.example", proof=CALLED),
        [("caller.verify", RUTH), ("user.change_email", RUTH), ("user.create", "r@new.example")],
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
    assert {row.operator for row in rows} == {"tester"}
    assert all(is_of_now(office, row.at) for row in rows)
    assert len({row.operation_id for row in rows}) == 1
    assert all(row.site_key in {"MAIN", "WEST"} for row in rows)


@pytest.mark.parametrize("name", CHANGES)
def test_that_a_change_whose_audit_row_cannot_be_written_is_no_change(office: Desk, name: str) -> None:
    refuse_audit(office.engine)
    before = everything(office.engine)
    with pytest.raises(DatabaseProblem):
        CHANGES[name][0](office)
    assert everything(office.engine) == before


ON_A_USER: dict[str, tuple[Callable[..., Any], dict[Status, str | None]]] = {
    "edit": (lambda d, **w: users.edit_user(d, first_name="X", **w), {P: None, A: None, I: None}),
    "resend": (users.resend_registration, {P: None, A: "status:resend", I: "status:resend"}),
    "reset": (
        lambda d, **w: users.reset_password(d, proof=CALLED, **w),
        {P: "status:reset", A: None, I: "status:reset"},
    ),
    "deactivate": (users.deactivate, {P: "status:deactivate", A: None, I: "status:deactivate"}),
    "reactivate": (users.reactivate, {P: "status:reactivate", A: "status:reactivate", I: None}),
    "change email": (
        lambda d, **w: users.change_email(d, to="x@y.example", proof=CALLED, **w),
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
        d, site="MAIN", email=RUTH, to="r@new.example", version=v, proof=CALLED
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


def test_that_status_changes_keep_names_and_links(office: Desk) -> None:
    before = show(office, RUTH)
    users.deactivate(office, site="MAIN", email=RUTH)
    after = users.reactivate(office, site="MAIN", email=RUTH)
    assert (after.accounts, after.name, after.status, after.version) == (before.accounts, before.name, A, 3)
