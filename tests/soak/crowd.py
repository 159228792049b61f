"""One of several desks that change the same users at once."""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from multiprocessing.connection import Connection
from multiprocessing.synchronize import Barrier, Event

from portal_admin.domain.people import EndUser, LinkedAccount
from portal_admin.errors import Conflict, DatabaseProblem, NotFound, Refused
from portal_admin.services import links, people, users
from portal_admin.services.desk import Desk
from tests.soak.ledger import SITE
from tests.soak.writing import CALLED, open_desk_at

SHARED = ("shared0@soak.example", "shared1@soak.example", "shared2@soak.example")
ACCOUNT, EXTRA = "A-001", "A-002"
TRIES = 200


def own_address(number: int, move: int = 0) -> str:
    """The user that this writer alone changes, after so many changes of address."""
    return f"own{number}-{move}@soak.example"


@dataclass
class Tally:
    """What one writer did, by (action, email) as the audit must show it, and what it was refused."""

    done: list[tuple[str, str]] = field(default_factory=list)
    conflicts: int = 0
    refused: int = 0
    busy: list[str] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)


class Writer:
    """Works through so many operations, each tried until it is done or refused for good."""

    def __init__(self, desk: Desk, number: int, chance: random.Random) -> None:
        self._desk = desk
        self._chance = chance
        self._number = number
        self._moves = 0
        self.tally = Tally()

    def work(self) -> None:
        """One operation, whatever comes of it."""
        operation = self._chance.choice(
            (self._count, self._count, self._toggle, self._flip, self._move, self._link, self._unlink)
        )
        for _ in range(TRIES):
            try:
                operation()
            except Conflict:
                self.tally.conflicts += 1
            except DatabaseProblem as problem:
                self.tally.busy.append(problem.message)
            except (Refused, NotFound):
                self.tally.refused += 1
                return
            else:
                return
        raise AssertionError("an operation never came through")

    def _someone(self) -> str:
        return self._chance.choice(SHARED)

    def _count(self) -> None:
        """Read a number, write the next one: a lost update would lose a count."""
        user = self._show(self._someone())
        users.edit_user(
            self._desk,
            site=SITE,
            email=user.email,
            first_name=str(int(user.first_name) + 1),
            version=user.version,
        )
        self._did("user.edit", user.email)

    def _toggle(self) -> None:
        user = self._show(self._someone())
        act = users.deactivate if user.status == "Active" else users.reactivate
        act(self._desk, site=SITE, email=user.email)
        self._did(f"user.{act.__name__}", user.email)

    def _flip(self) -> None:
        """Unlink and take it back, of a user of one's own."""
        email = own_address(self._number, self._moves)
        gone = self._account(self._show(email))
        links.remove(self._desk, site=SITE, email=email, account_id=EXTRA)
        self._did("link.remove", email)
        links.undo_remove(self._desk, site=SITE, email=email, account=gone)
        self._did("link.undo_remove", email)

    def _move(self) -> None:
        old, new = (own_address(self._number, self._moves + more) for more in (0, 1))
        users.change_email(self._desk, site=SITE, email=old, to=new, proof=CALLED)
        self._moves += 1
        self._did("caller.verify", old)
        self._did("user.change_email", old)
        self._did("user.create", new)

    def _link(self) -> None:
        email = self._someone()
        changed = links.add(self._desk, site=SITE, email=email, account_ids=[EXTRA])
        self._did("link.add", email)
        self.tally.warnings += changed.warnings

    def _unlink(self) -> None:
        email = self._someone()
        links.remove(self._desk, site=SITE, email=email, account_id=EXTRA)
        self._did("link.remove", email)

    def _show(self, email: str) -> EndUser:
        return people.show_user(self._desk, site=SITE, email=email)

    def _account(self, user: EndUser) -> LinkedAccount:
        return next(account for account in user.accounts if account.account_id == EXTRA)

    def _did(self, action: str, email: str) -> None:
        self.tally.done.append((action, email))


def write_at_once(
    out: Connection, database_url: str, aspire_url: str, number: int, operations: int, together: Barrier
) -> None:
    """Begin with all the others, work, and hand in the tally."""
    with open_desk_at(database_url, aspire_url, f"writer{number}") as desk:
        writer = Writer(desk, number, random.Random(number))
        together.wait()
        for _ in range(operations):
            writer.work()
    out.send(writer.tally)


USERS = 300


def address(number: int) -> str:
    """The users whose rows tell whether they are of one moment: see `is_of_one_moment`."""
    return f"user{number:03}@soak.example"


def is_of_one_moment(user: EndUser) -> bool:
    """Even numbers carry their version in both names; odd ones have the extra link in every odd version."""
    linked = EXTRA in {account.account_id for account in user.accounts}
    return user.first_name == user.last_name in ("Odd", f"V{user.version}") and (
        linked == (user.version % 2 == 1) if user.first_name == "Odd" else linked
    )


def write_until_told(
    out: Connection, database_url: str, aspire_url: str, first: int, operations: int, enough: Event
) -> None:
    """Change even (first 0) or odd (first 1) users, say so each time, and end when told, not before `operations`."""
    chance = random.Random(first)
    done = 0
    with open_desk_at(database_url, aspire_url, f"writer{first}") as desk:
        while done < operations or not enough.is_set():
            email = address(chance.randrange(first, USERS, 2))
            user = people.show_user(desk, site=SITE, email=email)
            (_flip if user.first_name == "Odd" else _rename)(desk, user)
            done += 1
            out.send_bytes(b"+")


def _rename(desk: Desk, user: EndUser) -> None:
    name = f"V{user.version + 1}"
    users.edit_user(desk, site=SITE, email=user.email, first_name=name, last_name=name, version=user.version)


def _flip(desk: Desk, user: EndUser) -> None:
    (extra,) = (account for account in user.accounts if account.account_id == EXTRA)
    links.remove(desk, site=SITE, email=user.email, account_id=EXTRA)
    links.undo_remove(desk, site=SITE, email=user.email, account=extra)
