"""What the portal must hold after a list of operations: worked out without a database, and read from one."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass, field, replace

from sqlalchemy import Engine, select

from portal_admin.models import account_link, audit_event, end_user, mail_outbox
from portal_admin.models.engine import reading

SITE = "MAIN"
# What site MAIN offers of the hand-written ASPIRE.
ACCOUNTS = ("A-001", "A-002", "A-003", "0013")
MOST_USERS = 40

Operation = tuple[str, ...]


@dataclass(frozen=True)
class User:
    """One end user as far as desk work changes them."""

    first: str
    last: str
    status: str
    accounts: tuple[str, ...]
    version: int = 1


@dataclass
class Ledger:
    """All users by email, every audit line and every mail in their order."""

    users: dict[str, User] = field(default_factory=dict)
    audit: list[tuple[str, str]] = field(default_factory=list)
    mails: list[tuple[str, str, str]] = field(default_factory=list)

    def copy(self) -> Ledger:
        return Ledger(dict(self.users), list(self.audit), list(self.mails))

    def apply(self, operation: Operation) -> None:
        """Do what the service of that name does."""
        name, email, *rest = operation
        getattr(self, f"_{name}")(email, *rest)

    def _create(self, email: str, first: str, last: str, status: str, *accounts: str) -> None:
        self.users[email] = User(first, last, status, tuple(sorted(accounts)))
        if status == "Pending":
            self._mail(email, "registration")
        self.audit.append(("user.create", email))

    def _edit(self, email: str, first: str, last: str) -> None:
        self._change(email, "user.edit", first=first, last=last)

    def _deactivate(self, email: str) -> None:
        self._supersede(email)
        self._change(email, "user.deactivate", status="Inactive")

    def _reactivate(self, email: str) -> None:
        self._change(email, "user.reactivate", status="Active")

    def _resend(self, email: str) -> None:
        if self._mail(email, "registration"):
            self.audit.append(("user.resend", email))

    def _reset(self, email: str) -> None:
        self.audit.append(("caller.verify", email))
        if self._mail(email, "reset"):
            self.audit.append(("user.reset", email))

    def _link(self, email: str, account: str) -> None:
        self._change(email, "link.add", accounts=tuple(sorted({*self.users[email].accounts, account})))

    def _unlink(self, email: str, account: str) -> None:
        kept = tuple(one for one in self.users[email].accounts if one != account)
        self._change(email, "link.remove", accounts=kept)

    def _change_email(self, email: str, to: str) -> None:
        old = self.users[email]
        self._supersede(email)
        self.audit.append(("caller.verify", email))
        self._change(email, "user.change_email", status="Inactive")
        self._create(to, old.first, old.last, "Pending", *old.accounts)

    def _change(self, email: str, action: str, **values: object) -> None:
        old = self.users[email]
        self.users[email] = replace(old, version=old.version + 1, **values)  # type: ignore[arg-type]
        self.audit.append((action, email))

    def _mail(self, email: str, kind: str) -> bool:
        """Whether one is queued: not again within a minute, which never ends while the clock stands still."""
        if (email, kind, "queued") in self.mails:
            return False
        self.mails.append((email, kind, "queued"))
        return True

    def _supersede(self, email: str) -> None:
        self.mails = [
            (to, of, "superseded") if to == email else (to, of, status) for to, of, status in self.mails
        ]


def plan(start: Ledger, count: int, chance: random.Random) -> list[tuple[Operation, Ledger]]:
    """So many operations that the rules allow one after the other, each with the ledger after it."""
    ledger, planned = start, []
    for number in range(count):
        operation = _next(ledger, f"{len(ledger.audit)}-{number}", chance)
        ledger = ledger.copy()
        ledger.apply(operation)
        planned.append((operation, ledger))
    return planned


def _next(ledger: Ledger, fresh: str, chance: random.Random) -> Operation:
    if not ledger.users or (len(ledger.users) < MOST_USERS and chance.random() < 0.2):
        accounts = chance.sample(ACCOUNTS, chance.randint(1, 2))
        return "create", f"u{fresh}@soak.example", "Ruth", f"O{fresh}", chance.choice(CREATED), *accounts
    email = chance.choice(sorted(ledger.users))
    user = ledger.users[email]
    offered = [make for make, when in CHOICES if when(user)]
    return chance.choice(offered)(email, user, fresh, chance)


CREATED = ("Pending", "Active")
Make = Callable[[str, User, str, random.Random], Operation]
CHOICES: tuple[tuple[Make, Callable[[User], bool]], ...] = (
    (lambda email, _, fresh, __: ("edit", email, f"F{fresh}", f"L{fresh}"), lambda _: True),
    (lambda email, *_: ("deactivate", email), lambda user: user.status == "Active"),
    (lambda email, *_: ("reactivate", email), lambda user: user.status == "Inactive"),
    (lambda email, *_: ("resend", email), lambda user: user.status == "Pending"),
    (lambda email, *_: ("reset", email), lambda user: user.status == "Active"),
    (
        lambda email, user, _, chance: (
            "link",
            email,
            chance.choice(sorted(set(ACCOUNTS) - {*user.accounts})),
        ),
        lambda user: len(user.accounts) < len(ACCOUNTS),
    ),
    (
        lambda email, user, _, chance: ("unlink", email, chance.choice(user.accounts)),
        lambda user: len(user.accounts) > 1,
    ),
    (
        lambda email, _, fresh, __: ("change_email", email, f"c{fresh}@soak.example"),
        lambda user: user.status != "Inactive",
    ),
)


def read_ledger(engine: Engine) -> Ledger:
    """The same from a database."""
    with reading(engine) as connection:
        links: dict[int, list[str]] = {}
        for link in connection.execute(select(account_link)):
            links.setdefault(link.user_id, []).append(link.account_id)
        users = {
            row.email: User(
                row.first_name, row.last_name, row.status, tuple(sorted(links.get(row.id, ()))), row.version
            )
            for row in connection.execute(select(end_user))
        }
        assert sum(map(len, links.values())) == sum(len(user.accounts) for user in users.values())
        audit = connection.execute(select(audit_event).order_by(audit_event.c.id)).all()
        mails = connection.execute(select(mail_outbox).order_by(mail_outbox.c.id)).all()
    return Ledger(
        users,
        [(row.action, row.subject) for row in audit],
        [(row.recipient, row.kind, row.status) for row in mails],
    )
