"""The errors that ASPIRE answers with, by Code."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field

# Code: HTTP status
STATUS = {
    "InvalidRequest": 400,
    "InvalidCursor": 400,
    "NotSignedIn": 401,
    "TokenExpired": 401,
    "SignInFailed": 401,
    "PasswordChangeRequired": 403,
    "PermissionDenied": 403,
    "NotFound": 404,
    "MethodNotAllowed": 405,
    "IdempotencyKeyReused": 409,
    "ContractNotBooked": 409,
    "BankAccountNotUsable": 409,
    "AlreadyProcessed": 409,
    "TooManyRequests": 429,
    "InternalError": 500,
    "Unavailable": 503,
}
CODE = {429: "TooManyRequests", 503: "Unavailable", 400: "InvalidRequest", 401: "TokenExpired"} | {
    403: "PermissionDenied",
    404: "NotFound",
}


@dataclass
class Refusal(Exception):
    """One error reply."""

    code: str
    message: str
    status: int = 0
    headers: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.status = self.status or STATUS[self.code]
        if self.status == 401:
            self.headers = {"WWW-Authenticate": "Bearer", **self.headers}

    def body(self) -> dict[str, str]:
        """The reply's Error record, with a new CorrelationId."""
        return {"Code": self.code, "Message": self.message, "CorrelationId": secrets.token_hex(4)}
