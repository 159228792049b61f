"""What a request may say: parameters, headers and bodies, checked as openapi.yaml has them."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta, Struct

from portal_admin.sandbox.records import Oid
from portal_admin.sandbox.refusals import Refusal

MOST_OID = 2**53 - 1
INSTANT = re.compile(r"(\d{4}-\d{2}-\d{2})[Tt](\d{2}:\d{2}):(\d{2})(\.\d+)?([Zz]|[+-]\d{2}:\d{2})")
IDEMPOTENCY_KEY = re.compile(r"[A-Za-z0-9_-]{8,64}")
Reference = Annotated[str, Meta(pattern=r"^[A-Za-z0-9_-]{1,64}\Z")]


class Credentials(Struct, rename="pascal"):
    user_name: Annotated[str, Meta(min_length=1, max_length=200)]
    password: Annotated[str, Meta(min_length=1, max_length=200)]


class NewAlternateEft(Struct, rename="pascal", forbid_unknown_fields=True):
    amount: Annotated[str, Meta(pattern=r"^([1-9][0-9]{0,10}\.[0-9]{2}|0\.[1-9][0-9]|0\.0[1-9])\Z")]
    start_date: date
    bank_account_oid: Oid
    reference_number: Reference
    sec_code: Literal["WEB"] = "WEB"


class NewComment(Struct, rename="pascal", forbid_unknown_fields=True, omit_defaults=True):
    text: Annotated[str, Meta(min_length=1, max_length=4000)]
    subject: Annotated[str, Meta(min_length=1, max_length=100)] | msgspec.UnsetType = msgspec.UNSET
    reference_number: Reference | msgspec.UnsetType = msgspec.UNSET
    requested_by: Annotated[str, Meta(min_length=3, max_length=254)] | msgspec.UnsetType = msgspec.UNSET


def oid(text: str, name: str) -> int:
    """An Oid of a path or query."""
    if not re.fullmatch(r"[0-9]{1,16}", text, re.ASCII) or not 1 <= int(text) <= MOST_OID:
        raise Refusal("InvalidRequest", f"{name} must be an integer from 1 to {MOST_OID}")
    return int(text)


def _limit(text: str, name: str) -> int:
    if not re.fullmatch(r"[0-9]{1,4}", text, re.ASCII) or not 1 <= int(text) <= 1000:
        raise Refusal("InvalidRequest", f"{name} must be an integer from 1 to 1000")
    return int(text)


def _instant(text: str, name: str) -> datetime:
    """RFC 3339; a leap second is the second before it, and what lies outside the calendar is its end."""
    parts = INSTANT.fullmatch(text)
    if not parts:
        raise Refusal("InvalidRequest", f"{name} must be a date-time with an offset")
    day, minute, second, fraction, offset = parts.groups()
    second = "59" if second == "60" else second
    try:
        moment = datetime.fromisoformat(f"{day}T{minute}:{second}{(fraction or '')[:7]}{offset.upper()}")
    except ValueError as problem:
        raise Refusal("InvalidRequest", f"{name} must be a date-time with an offset") from problem
    try:
        return moment.astimezone(UTC)
    except OverflowError:
        early = moment.year == 1
        return (
            datetime(1, 1, 1, tzinfo=UTC) if early else datetime.max.replace(tzinfo=UTC) - timedelta(days=1)
        )


def _text(most: int, pattern: str = r"(?s:.*)") -> Callable[[str, str], str]:
    def read(text: str, name: str) -> str:
        if not 1 <= len(text) <= most or not re.fullmatch(pattern, text):
            raise Refusal("InvalidRequest", f"{name} must be text of 1 to {most} characters")
        return text

    return read


PARAMETERS: dict[str, Callable[[str, str], Any]] = {
    "limit": _limit,
    "cursor": _text(200, r"[A-Za-z0-9_-]+"),
    "changedSince": _instant,
    "contractId": _text(64),
    "accountId": _text(64),
    "accountOid": oid,
    "text": _text(200),
}


def query(given: list[tuple[str, str]], allowed: tuple[str, ...]) -> dict[str, Any]:
    """The query's parameters, each read; an unknown or repeated one is refused."""
    read: dict[str, Any] = {}
    for name, text in given:
        if name not in allowed:
            raise Refusal("InvalidRequest", f"This operation has no parameter {name}")
        if name in read:
            raise Refusal("InvalidRequest", f"{name} was given twice")
        read[name] = PARAMETERS[name](text, name)
    return read


def body(content: bytes, headers: Mapping[str, str], shape: type[Struct]) -> Any:
    """The JSON body, as `shape`."""
    if headers.get("content-type", "").partition(";")[0].strip().lower() != "application/json":
        raise Refusal("InvalidRequest", "The body must be application/json")
    try:
        said = msgspec.json.decode(content)
        if isinstance(said, dict):
            # JSON Schema counts 1000.0 as an integer.
            said = {
                name: int(value) if isinstance(value, float) and value.is_integer() else value
                for name, value in said.items()
            }
        return msgspec.convert(said, shape)
    except (msgspec.DecodeError, UnicodeDecodeError) as problem:
        raise Refusal("InvalidRequest", f"The body does not follow the contract: {problem}") from problem


def idempotency_key(headers: Mapping[str, str], *, required: bool) -> str | None:
    """The Idempotency-Key, or None where it may be absent."""
    key = headers.get("idempotency-key")
    if key is None and not required:
        return None
    if key is None or not IDEMPOTENCY_KEY.fullmatch(key):
        raise Refusal("InvalidRequest", "Idempotency-Key must be 8 to 64 letters, digits, - or _")
    return key
