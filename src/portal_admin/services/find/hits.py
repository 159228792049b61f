"""What the box finds."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from portal_admin.domain.search_match import Tier
from portal_admin.errors import DeskError


class Kind(StrEnum):
    """What there is to find, in the order in which equally good matches are told."""

    USER = "user"
    CONTACT = "contact"
    ACCOUNT = "account"
    CONTRACT = "contract"
    PAYMENT = "payment"


@dataclass(frozen=True, slots=True)
class Hit:
    """One thing found, and what of it is as typed; `target` is a place to open, as `portal-admin open` takes it."""

    kind: Kind
    title: str
    detail: str
    matched: str
    target: str
    tier: Tier = Tier.WORDS


@dataclass(frozen=True, slots=True)
class Group:
    """The best hits of one kind, whether there are more, and what kept from looking."""

    kind: Kind
    hits: tuple[Hit, ...] = ()
    more: bool = False
    problem: DeskError | None = None


@dataclass(frozen=True, slots=True)
class Found:
    """The groups that were asked, the one with the best hit first."""

    groups: tuple[Group, ...] = ()

    @property
    def hits(self) -> tuple[Hit, ...]:
        """Every hit, in the order of the groups."""
        return tuple(hit for group in self.groups for hit in group.hits)

    @property
    def problems(self) -> tuple[Group, ...]:
        """The groups that could not be looked up, or may not."""
        return tuple(group for group in self.groups if group.problem is not None)

    def __iter__(self) -> Iterator[Hit]:
        return iter(self.hits)
