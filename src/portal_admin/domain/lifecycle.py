"""Rule C: the life of an end user and the actions each status allows (`managing-portal-users`)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from portal_admin.domain.people import Status
from portal_admin.errors import Refused

SOURCE = "managing-portal-users"
DECISION = "decision of this project"


class Action(StrEnum):
    """What staff can do to an end user; there is no delete and no password to set."""

    EDIT = "edit"
    RESEND = "resend"
    RESET = "reset"
    DEACTIVATE = "deactivate"
    REACTIVATE = "reactivate"
    CHANGE_EMAIL = "change-email"


@dataclass(frozen=True, slots=True)
class ActionRule:
    """The vendor's name of an action, the statuses that offer it, what it does, and the status it leads to."""

    label: str
    offered: frozenset[Status]
    effect: str
    source: str = SOURCE
    leads_to: Status | None = None


ALWAYS = frozenset(Status)

ACTIONS: Mapping[Action, ActionRule] = {
    Action.EDIT: ActionRule("Edit User", ALWAYS, "Changes names and account links."),
    Action.RESEND: ActionRule(
        "Resend Registration Email",
        frozenset({Status.PENDING}),
        "Mails a link to verify the address and set a password; older links die.",
    ),
    Action.RESET: ActionRule("Reset Password", frozenset({Status.ACTIVE}), "Mails a guided reset."),
    Action.DEACTIVATE: ActionRule(
        "Deactivate User", frozenset({Status.ACTIVE}), "Blocks sign-in.", leads_to=Status.INACTIVE
    ),
    Action.REACTIVATE: ActionRule(
        "Reactivate User",
        frozenset({Status.INACTIVE}),
        "Lets the user sign in again.",
        leads_to=Status.ACTIVE,
    ),
    Action.CHANGE_EMAIL: ActionRule(
        "Change Email",
        frozenset({Status.ACTIVE, Status.PENDING}),
        "Creates a user with the new address and the same links, and deactivates this one.",
        source=DECISION,
        leads_to=Status.INACTIVE,
    ),
}

# What to do instead; the vendor's article names Reset Password for Pending, where it is not offered.
INSTEAD: Mapping[tuple[Action, Status], str] = {
    (Action.RESET, Status.PENDING): "Resend Registration Email instead.",
    (Action.RESET, Status.INACTIVE): "Reactivate User first.",
    (Action.RESEND, Status.ACTIVE): "The user is registered already: Reset Password instead.",
    (Action.RESEND, Status.INACTIVE): "Reactivate User first.",
    (Action.DEACTIVATE, Status.PENDING): "A Pending user cannot sign in yet.",
    (Action.DEACTIVATE, Status.INACTIVE): "The user is Inactive already.",
    (Action.REACTIVATE, Status.PENDING): "Resend Registration Email instead.",
    (Action.REACTIVATE, Status.ACTIVE): "The user is Active already.",
    (
        Action.CHANGE_EMAIL,
        Status.INACTIVE,
    ): "Reactivate User first: a new address must not bring back a blocked person.",
}


def offered(action: Action, status: Status) -> bool:
    """Whether the status offers the action."""
    return status in ACTIONS[action].offered


def require(action: Action, status: Status) -> ActionRule:
    """The rule of an action that the status offers; otherwise `Refused` with what to do instead."""
    rule = ACTIONS[action]
    if status in rule.offered:
        return rule
    raise Refused(
        f"{rule.label} is not offered for a user who is {status.value}. {INSTEAD[action, status]}",
        rule=f"status:{action.value}",
        source=rule.source,
        title=f"{rule.label} is not offered",
    )
