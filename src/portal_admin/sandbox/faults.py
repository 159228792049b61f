"""Faults that the sandbox can be told to have: what they are, when they strike, and how they are written."""

from __future__ import annotations

from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta, Struct

from portal_admin.sandbox.refusals import CODE, Refusal

HEADER = "X-Sandbox-Fault"

Seconds = Annotated[float, Meta(ge=0, le=600)]
Status = Annotated[int, Meta(ge=200, le=599)]
PageOrOid = Annotated[str, Meta(pattern=r"^(Accounts|Contacts|Contracts)/[0-9]{1,16}\Z")]


class Fault(
    Struct, forbid_unknown_fields=True, omit_defaults=True, frozen=True, kw_only=True, rename="kebab"
):
    """One fault: `path`, `method`, `operation` and `times` say when it strikes, the rest says what happens.

    In a request header the same names: `X-Sandbox-Fault: status=503;retry-after=2`.
    """

    path: str | None = None  # the request path begins with this
    method: str | None = None
    operation: str | None = None  # the operationId of openapi.yaml
    times: Annotated[int, Meta(ge=1)] | None = None

    latency: Seconds = 0  # seconds before anything happens
    drip: Seconds = 0  # seconds between the ten pieces of the body
    status: Status | None = None  # answer with this error, do nothing
    code: str | None = None
    retry_after: str | int | None = None
    truncate: bool = False  # half of the body, then the connection closes
    html: bool = False  # a web page where JSON belongs
    drop: Literal["before", "after"] | None = (
        None  # close without an answer, before or after the work is done
    )
    deny: PageOrOid | None = None  # 403 for this record, as in `Contracts/10`
    restore: Seconds | None = None  # at once and once: back to a backup so many seconds old
    missing: str | None = None  # leave this field out everywhere
    rename: str | None = None  # `ContractId:ContractNumber`
    mistype: str | None = None  # give this field a value of another type
    refuse_sign_in: bool = False
    password_change: bool = False
    expire_token: bool = False  # the token of this request is no longer good

    def strikes(self, operation: str, method: str, path: str) -> bool:
        """Whether this fault is meant for that request."""
        return (
            self.operation in (None, operation)
            and (self.method or method).upper() == method
            and path.startswith(self.path or "")
        )


def from_json(faults: Any) -> list[Fault]:
    """Faults as `PUT /_sandbox/faults` brings them; a Refusal names what is wrong."""
    try:
        return msgspec.convert(faults, list[Fault])
    except msgspec.ValidationError as problem:
        raise Refusal("InvalidRequest", str(problem)) from problem


def from_header(value: str) -> Fault:
    """The fault of a request header, `name=value;name=value`; a name alone switches it on."""
    said = dict(part.strip().partition("=")[::2] for part in value.split(";") if part.strip())
    try:
        return msgspec.convert({name: text or "true" for name, text in said.items()}, Fault, strict=False)
    except msgspec.ValidationError as problem:
        raise Refusal("InvalidRequest", f"{HEADER}: {problem}") from problem


class FaultList:
    """The faults switched on for all requests."""

    def __init__(self) -> None:
        self._faults: list[Fault] = []
        self._left: list[int | None] = []

    def clear(self) -> None:
        """Switch all off."""
        self._faults, self._left = [], []

    def add(self, fault: Fault) -> None:
        """Switch one more on."""
        self._faults.append(fault)
        self._left.append(fault.times)

    def active(self) -> list[Fault]:
        """Faults that can still strike."""
        return [fault for fault, left in zip(self._faults, self._left, strict=True) if left != 0]

    def take(self, operation: str, method: str, path: str) -> list[Fault]:
        """The faults that strike this request, each counted."""
        struck = []
        for place, fault in enumerate(self._faults):
            left = self._left[place]
            if left != 0 and fault.strikes(operation, method, path):
                self._left[place] = None if left is None else left - 1
                struck.append(fault)
        return struck


def refusal_of(fault: Fault, operation: str) -> Refusal | None:
    """The error that a fault answers with instead of an answer."""
    if fault.password_change:
        return Refusal("PasswordChangeRequired", "Change the password in ASPIRE")
    if fault.refuse_sign_in and operation == "signIn":
        return Refusal("SignInFailed", "Unknown user or wrong password")
    if fault.status is None or fault.html:
        return None
    headers = {} if fault.retry_after is None else {"Retry-After": str(fault.retry_after)}
    code = fault.code or CODE.get(fault.status, "InternalError")
    return Refusal(code, "The sandbox was told to fail", fault.status, headers)


def disfigured(content: Any, fault: Fault) -> Any:
    """The reply's content with fields missing, renamed or mistyped, at any depth."""
    if isinstance(content, list):
        return [disfigured(item, fault) for item in content]
    if not isinstance(content, dict):
        return content
    old, _, new = (fault.rename or "").partition(":")
    changed = {}
    for name, value in content.items():
        if name == fault.missing:
            continue
        kept = _other_type(value) if name == fault.mistype else disfigured(value, fault)
        changed[new if name == old else name] = kept
    return changed


def _other_type(value: Any) -> Any:
    return 12345 if isinstance(value, str) else "not what belongs here"
