"""Rule C: every action in every status."""

from __future__ import annotations

import pytest

from portal_admin.domain.lifecycle import ACTIONS, Action, offered, require
from portal_admin.domain.people import Status
from portal_admin.errors import Refused

P, A, I = Status.PENDING, Status.ACTIVE, Status.INACTIVE  # noqa: E741

# Action, the vendor's label, and for each status: None when offered, else the advice.
RULE_C: list[tuple[Action, str, dict[Status, str | None]]] = [
    (Action.EDIT, "Edit User", {P: None, A: None, I: None}),
    (Action.RESEND, "Resend Registration Email", {P: None, A: "Reset Password", I: "Reactivate User"}),
    (Action.RESET, "Reset Password", {P: "Resend Registration Email", A: None, I: "Reactivate User"}),
    (Action.DEACTIVATE, "Deactivate User", {P: "cannot sign in yet", A: None, I: "Inactive already"}),
    (Action.REACTIVATE, "Reactivate User", {P: "Resend Registration Email", A: "Active already", I: None}),
    (Action.CHANGE_EMAIL, "Change Email", {P: None, A: None, I: "Reactivate User"}),
]
CELLS = [
    pytest.param(action, label, status, advice, id=f"{label}, {status.value}")
    for action, label, cells in RULE_C
    for status, advice in cells.items()
]


@pytest.mark.parametrize(("action", "label", "status", "advice"), CELLS)
def test_that_rule_c_holds(action: Action, label: str, status: Status, advice: str | None) -> None:
    assert ACTIONS[action].label == label
    assert offered(action, status) is (advice is None)
    if advice is None:
        assert require(action, status) is ACTIONS[action]
        return
    with pytest.raises(Refused) as refusal:
        require(action, status)
    assert advice in refusal.value.message
    assert label in refusal.value.message
    assert status.value in refusal.value.message
    assert refusal.value.rule == f"status:{action.value}"
    assert refusal.value.source == ACTIONS[action].source


def test_that_the_table_knows_every_action() -> None:
    assert {action for action, _, _ in RULE_C} == set(Action) == set(ACTIONS)


def test_that_a_user_is_never_deleted_or_locked_and_no_password_is_set() -> None:
    assert not {"delete", "lock", "unlock", "set-password"} & {action.value for action in Action}


@pytest.mark.parametrize(
    ("action", "status"),
    [
        (Action.EDIT, None),
        (Action.RESEND, None),
        (Action.RESET, None),
        (Action.DEACTIVATE, Status.INACTIVE),
        (Action.REACTIVATE, Status.ACTIVE),
        (Action.CHANGE_EMAIL, Status.INACTIVE),
    ],
)
def test_that_an_action_leads_to_its_status(action: Action, status: Status | None) -> None:
    assert ACTIONS[action].leads_to is status


def test_that_only_what_the_vendor_says_cites_the_vendor() -> None:
    assert {a for a, rule in ACTIONS.items() if rule.source != "managing-portal-users"} == {
        Action.CHANGE_EMAIL
    }
