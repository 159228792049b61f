"""What people did at their desks before the demonstration begins, in the order in which they did it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import datetime
from functools import partial
from typing import NamedTuple

from portal_admin.services.desk import Desk


class Dated(NamedTuple):
    """Something that a colleague did at a desk then."""

    at: datetime
    operator: str
    deed: Callable[[Desk], object]


def do_in_order(desk: Desk, deeds: Iterable[Dated]) -> None:
    """Let colleagues do all that, each at its time, so that the audit runs forward."""
    for dated in sorted(deeds, key=lambda one: one.at):
        dated.deed(replace(desk, operator=dated.operator, clock=partial(_stopped, dated.at)))


def _stopped(at: datetime) -> datetime:
    return at
