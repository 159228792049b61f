"""How screens send the operator to one another without knowing each other."""

from __future__ import annotations

from typing import NamedTuple

from PySide6.QtCore import QObject, Signal

SCREENS = (
    "start",
    "customer_care",
    "end_users",
    "account_access",
    "field_reference",
    "enrolment",
    "payments",
    "requests",
    "imports",
    "sites",
    "health",
    "audit",
    "operators",
    "connect",
)


class Target(NamedTuple):
    """A place in the window; it opens something to look at and never acts.

    `payment` is a reference, `request` the number of a service request, `file` the path of a file to import,
    `attempt` the number of a try to enrol.
    """

    screen: str
    site: str | None = None
    email: str | None = None
    contract: str | None = None
    account: str | None = None
    payment: str | None = None
    request: str | None = None
    file: str | None = None
    attempt: str | None = None

    @classmethod
    def parse(cls, text: str) -> Target | None:
        """Read `user:SITE/EMAIL`, `contract:ID`, `account:ID`, `payment:REFERENCE`, `request:NUMBER`, `site:KEY` or a
        screen's name; None for anything else.
        """
        kind, colon, rest = text.strip().partition(":")
        if not colon:
            name = kind.lower().replace(" ", "_").replace("-", "_")
            return cls(name) if name in SCREENS else None
        rest = rest.strip()
        if not rest:
            return None
        match kind.lower():
            case "user":
                site, slash, email = rest.partition("/")
                return cls("customer_care", site=site, email=email) if slash and site and email else None
            case "contract":
                return cls("customer_care", contract=rest)
            case "account":
                return cls("customer_care", account=rest)
            case "payment":
                return cls("payments", payment=rest)
            case "request":
                return cls("requests", request=rest)
            case "site":
                return cls("sites", site=rest)
        return None


class Navigator(QObject):
    """Screens call `go`; the main window listens to `open`."""

    open = Signal(object)

    def go(
        self,
        screen: str,
        *,
        site: str | None = None,
        email: str | None = None,
        contract: str | None = None,
        account: str | None = None,
        payment: str | None = None,
        request: str | None = None,
    ) -> None:
        """Open a screen, on a record when one is named."""
        self.open.emit(
            Target(
                screen,
                site=site,
                email=email,
                contract=contract,
                account=account,
                payment=payment,
                request=request,
            )
        )
