"""Where mails are handed in, and what becomes of one there."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum


class Security(StrEnum):
    """How the connection is protected: STARTTLS, TLS from its first byte, or not at all, within this machine only."""

    STARTTLS = "starttls"
    TLS = "tls"
    NONE = "none"


PORTS: Mapping[Security, int] = {Security.STARTTLS: 587, Security.TLS: 465, Security.NONE: 25}


@dataclass(frozen=True, slots=True)
class MailServer:
    """Where mails are handed in; no user means that the server asks for no sign-in."""

    host: str
    port: int
    security: Security
    user: str | None = None


class Fate(StrEnum):
    """What the server made of one mail."""

    ACCEPTED = "accepted"
    LATER = "later"
    NEVER = "never"


@dataclass(frozen=True, slots=True)
class Answer:
    """`failure` says in our words why a mail was not accepted; `lost` that the connection broke meanwhile."""

    fate: Fate
    failure: str | None = None
    lost: bool = False


BUSY = "The mail server could not take it just then."
BROKE_OFF = "The connection to the mail server broke off while the mail was handed over."
NO_RECIPIENT = "The mail server does not deliver to this address."
NO_SENDER = "The mail server does not take mails from the site's sender address."
NO_CONTENT = "The mail server refused this mail."
NO_LETTERS = "The mail server cannot deliver to addresses with letters other than a to z."
