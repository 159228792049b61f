"""Asks for each kind in turn; one that cannot be looked up says so, and the others still answer."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError

from portal_admin.domain.permissions import Permission, require
from portal_admin.domain.search_match import Tier
from portal_admin.domain.search_words import Sought, parse
from portal_admin.errors import BrokenOff, DatabaseProblem, DeskError, NotAllowed
from portal_admin.models.engine import reading
from portal_admin.models.failures import translated
from portal_admin.services.desk import Desk
from portal_admin.services.find import accounts, contracts, payments, people
from portal_admin.services.find.hits import Found, Group, Hit, Kind
from portal_admin.services.find.narrow import Narrow
from portal_admin.services.roles import role_of

Finder = Callable[[Connection, Sought, Narrow, int], list[Hit]]
FINDERS: Mapping[Kind, Finder] = {
    Kind.USER: people.users,
    Kind.CONTACT: people.contacts,
    Kind.ACCOUNT: accounts.accounts,
    Kind.CONTRACT: contracts.contracts,
    Kind.PAYMENT: payments.payments,
}


def search(desk: Desk, *, text: str, limit: int = 8) -> Found:
    """At most `limit` hits of each kind, the best first, in groups: what fits best stands first.

    A filter leaves out the kinds that it says nothing of. Raises NotAllowed when the operator may not look at
    anything; a single kind that cannot be read is told in its group.
    """
    sought = parse(text)
    if sought.is_empty:
        return Found()
    with reading(desk.engine) as connection:
        require(role_of(connection, desk.operator), Permission.VIEW)
        groups = []
        gone: DeskError | None = None
        for kind in FINDERS:
            group = Group(kind, problem=gone) if gone else _group(connection, kind, sought, limit)
            if isinstance(group.problem, BrokenOff):
                gone = group.problem  # each further question would wait for a server that does not answer
            groups.append(group)
    return Found(tuple(sorted(groups, key=_best)))


def _group(connection: Connection, kind: Kind, sought: Sought, limit: int) -> Group:
    try:
        with translated():
            hits = FINDERS[kind](connection, sought, Narrow(connection, sought), limit + 1)
    except (DatabaseProblem, NotAllowed) as problem:
        _go_on(connection)
        return Group(kind, problem=problem)
    return Group(kind, tuple(hits[:limit]), len(hits) > limit)


def _go_on(connection: Connection) -> None:
    """A server takes no further question in a transaction that failed."""
    with translated():
        try:
            connection.rollback()
        except DBAPIError:
            connection.invalidate()


def _best(group: Group) -> int:
    # Sorting is stable, so that equally good kinds keep their order.
    return min((hit.tier for hit in group.hits), default=len(Tier))
