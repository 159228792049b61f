"""From ASPIRE's bytes to domain records: strictly decoded, and the only place that ever sees a whole bank account number."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Generic, TypeVar

import msgspec

from portal_admin.aspire import wire, wire_details
from portal_admin.aspire.failures import Reply
from portal_admin.domain.records import (
    Account,
    AlternateEft,
    Comment,
    Contact,
    Contract,
    EftBatch,
    Instance,
    Location,
    Page,
    Removed,
    Role,
)
from portal_admin.errors import AspireReplyUnreadable

Row = TypeVar("Row")
Wired = TypeVar("Wired")

LAST_DIGITS = 4
BANK_ACCOUNTS = "bank_accounts"
# Somebody may have typed the number into a nickname; a routing number has nine digits and is no secret.
LONG_NUMBER = re.compile(r"\d[\d -]{3,}(\d{4})")
_FREE_TEXT = frozenset({"BankName", "NameOnAccount", "NickName"})
_BANK_ACCOUNT_NAMES = frozenset(
    field.encode_name for field in msgspec.structs.fields(wire_details.BankAccount)
)
_AT = re.compile(r"^(?P<what>.*?)(?: - at `\$(?P<path>.*)`)?$", re.DOTALL)
_MISSING = re.compile(r"^Object missing required field `(?P<field>\w+)`$")


def decode_session(body: bytes) -> wire.Session:
    """The answer to a sign-in."""
    return _decode(_SESSION, body)


def decode_instance(body: bytes) -> Instance:
    """The answer of /instance."""
    found = _decode(_INSTANCE, body)
    return Instance(
        found.instance_id, found.version, found.generation, found.now, frozenset(found.capabilities)
    )


def decode_settings(body: bytes) -> dict[str, Any]:
    """The answer of /settings, checked, in ASPIRE's own names."""
    _decode(_SETTINGS, body)
    settings: dict[str, Any] = _plain(body)
    return settings


def decode_detail(body: bytes, data_class: str) -> Any:
    """One data class of a contract or an account: checked, in ASPIRE's own names, account numbers cut.

    A list for invoices, payments, alternate_efts, equipment, bank_accounts and credit_lines; a dict for the others.
    """
    _decode(_DETAILS[data_class], body)
    record = _plain(body)
    if data_class == BANK_ACCOUNTS:
        return [_bank_account(found) for found in record["Items"]]
    return record["Items"] if data_class in _LISTED else record


def decode_alternate_efts(body: bytes) -> tuple[AlternateEft, ...]:
    """The Alternate EFT entries of a contract."""
    return tuple(map(_alternate_eft, _decode(_ALTERNATE_EFTS, body).items))


def decode_alternate_eft(body: bytes) -> AlternateEft:
    """The answer to a write of an Alternate EFT."""
    return _alternate_eft(_decode(_ALTERNATE_EFT, body))


def decode_comments(body: bytes) -> tuple[Comment, ...]:
    """The comments that the portal put on a contract."""
    return tuple(map(_comment, _decode(_COMMENTS, body).items))


def decode_comment(body: bytes) -> Comment:
    """The answer to a new comment."""
    return _comment(_decode(_COMMENT, body))


def _bank_account(record: dict[str, Any]) -> dict[str, Any]:
    """The properties that the contract names and no others: another could hold the number under any name."""
    return {
        name: LONG_NUMBER.sub(r"\1", value) if name in _FREE_TEXT and isinstance(value, str) else value
        for name, value in record.items()
        if name in _BANK_ACCOUNT_NAMES
    }


def _plain(body: bytes) -> Any:
    try:
        return _without_account_numbers(msgspec.json.decode(body))
    except RecursionError as error:
        raise _unreadable("it is nested too deeply", "") from error


def _without_account_numbers(value: Any) -> Any:
    if isinstance(value, dict):
        return {
            name: _last_digits(inner) if _names_account_number(name) else _without_account_numbers(inner)
            for name, inner in value.items()
        }
    if isinstance(value, list):
        return [_without_account_numbers(inner) for inner in value]
    return value


def _names_account_number(name: str) -> bool:
    return name.casefold().endswith("accountnumber")


def _last_digits(value: Any) -> str | None:
    # A number of four digits or fewer would be shown whole, so none of it is kept.
    if value is None:
        return None
    text = value.strip() if isinstance(value, str) else str(value)
    return text[-LAST_DIGITS:] if len(text) > LAST_DIGITS else ""


@dataclass(frozen=True)
class ListOf(Generic[Row]):
    """How one list is decoded: whole pages of present records, one record of either kind, and both conversions."""

    page: msgspec.json.Decoder[Any]
    one: msgspec.json.Decoder[Any]
    removed: msgspec.json.Decoder[Any] | None
    record: Callable[[Any], Row]
    oid: str = ""


def decode_page(reply: Reply, of: ListOf[Row]) -> Page[Row]:
    """One page of a list; removed records become `Removed`."""
    if b'"Removed"' in reply.body:
        return _mixed_page(reply, of)
    found = _decode(of.page, reply.body)
    return Page(
        tuple(map(of.record, found.items)), found.next_cursor, found.withheld or 0, _generation(reply)
    )


def _mixed_page(reply: Reply, of: ListOf[Row]) -> Page[Row]:
    # A removed record lacks what a present one must have, and says so itself: look at each on its own.
    found = _decode(_RAW_PAGE, reply.body)
    items: list[Row | Removed] = [_one(raw, of, f".Items[{index}]") for index, raw in enumerate(found.items)]
    return Page(tuple(items), found.next_cursor, found.withheld or 0, _generation(reply))


def _one(raw: msgspec.Raw, of: ListOf[Any], at: str) -> Any:
    if of.removed is not None and _decode(_MARK, raw, at).removed:
        gone = _decode(of.removed, raw, at)
        return Removed(getattr(gone, of.oid), gone.last_change_date_time)
    return of.record(_decode(of.one, raw, at))


def _generation(reply: Reply) -> int | None:
    if reply.generation is None:
        return None
    try:
        return int(reply.generation)
    except ValueError as error:
        raise _unreadable("the Aspire-Generation header is no number", "") from error


def _decode(decoder: msgspec.json.Decoder[Wired], body: bytes | msgspec.Raw, at: str = "") -> Wired:
    try:
        return decoder.decode(body)
    except RecursionError as error:
        raise _unreadable("it is nested too deeply", at) from error
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        found = _AT.match(str(error))
        what, path = (found["what"], found["path"] or "") if found else ("it is no JSON", "")
        missing = _MISSING.match(what)
        if missing:
            what, path = "a needed field is missing", f"{path}.{missing['field']}"
        elif not isinstance(error, msgspec.ValidationError):
            what = "it is no complete JSON"
        raise _unreadable(what, at + path) from error


def _unreadable(what: str, path: str) -> AspireReplyUnreadable:
    return AspireReplyUnreadable(
        f"ASPIRE's reply does not follow the contract at ${path}: {what}. Tell whoever runs ASPIRE's gateway."
    )


def _money(text: str | None) -> Decimal | None:
    return None if text is None else Decimal(text)


def _account(found: wire.Account) -> Account:
    return Account(
        found.account_oid,
        found.account_id,
        found.name,
        found.email,
        found.status,
        found.last_change_date_time,
    )


def _contact(found: wire.Contact) -> Contact:
    return Contact(found.contact_oid, found.account_oid, found.name, found.email, found.last_change_date_time)


def _location(found: wire.Location) -> Location:
    return Location(
        found.name,
        found.line1,
        found.line2,
        found.city,
        found.state,
        found.postal_code,
        found.country,
        found.email,
    )


def _contract(found: wire.Contract) -> Contract:
    return Contract(
        oid=found.contract_oid,
        contract_id=found.contract_id,
        is_booked=found.is_booked,
        is_terminated=found.is_terminated,
        roles=tuple(Role(role.account_oid, role.role_type) for role in found.roles),
        private_label=found.private_label,
        booked_at=found.booked_date_time,
        termination_date=found.termination_date,
        contract_type=found.contract_type,
        bill_to=None if found.bill_to_location is None else _location(found.bill_to_location),
        currency=found.currency or "USD",
        payment_amount=_money(found.payment_amount),
        next_due_date=found.next_due_date,
        remaining_balance=_money(found.remaining_balance),
        changed_at=found.last_change_date_time,
    )


def _alternate_eft(found: wire_details.AlternateEft) -> AlternateEft:
    return AlternateEft(
        oid=found.alternate_eft_oid,
        contract_oid=found.contract_oid,
        amount=Decimal(found.amount),
        start_date=found.start_date,
        sec_code=found.sec_code,
        payments=found.payments,
        payments_processed=found.payments_processed,
        reference=found.reference_number,
        bank_account_oid=found.bank_account_oid,
        created_at=found.create_date_time,
        changed_at=found.last_change_date_time,
    )


def _eft_batch(found: wire_details.EftBatch) -> EftBatch:
    return EftBatch(
        found.eft_batch_oid,
        found.begin_date,
        found.end_date,
        found.is_posted,
        found.post_date_time,
        tuple(found.alternate_eft_oids),
        found.last_change_date_time,
    )


def _comment(found: wire_details.Comment) -> Comment:
    return Comment(
        found.comment_oid,
        found.contract_oid,
        found.text,
        found.create_date_time,
        found.subject,
        found.reference_number,
        found.requested_by,
    )


def _label(found: wire.PrivateLabel) -> str:
    return found.name


class _Mark(wire.Wire):
    removed: bool = False


_SESSION = msgspec.json.Decoder(wire.Session)
_INSTANCE = msgspec.json.Decoder(wire.Instance)
_SETTINGS = msgspec.json.Decoder(wire.Settings)
_RAW_PAGE = msgspec.json.Decoder(wire.Page[msgspec.Raw])
_MARK = msgspec.json.Decoder(_Mark)

ACCOUNTS: ListOf[Account] = ListOf(
    page=msgspec.json.Decoder(wire.Page[wire.Account]),
    one=msgspec.json.Decoder(wire.Account),
    removed=msgspec.json.Decoder(wire.RemovedAccount),
    record=_account,
    oid="account_oid",
)
CONTACTS: ListOf[Contact] = ListOf(
    page=msgspec.json.Decoder(wire.Page[wire.Contact]),
    one=msgspec.json.Decoder(wire.Contact),
    removed=msgspec.json.Decoder(wire.RemovedContact),
    record=_contact,
    oid="contact_oid",
)
CONTRACTS: ListOf[Contract] = ListOf(
    page=msgspec.json.Decoder(wire.Page[wire.Contract]),
    one=msgspec.json.Decoder(wire.Contract),
    removed=msgspec.json.Decoder(wire.RemovedContract),
    record=_contract,
    oid="contract_oid",
)
EFT_BATCHES: ListOf[EftBatch] = ListOf(
    page=msgspec.json.Decoder(wire.Page[wire_details.EftBatch]),
    one=msgspec.json.Decoder(wire_details.EftBatch),
    removed=msgspec.json.Decoder(wire_details.RemovedEftBatch),
    record=_eft_batch,
    oid="eft_batch_oid",
)
PRIVATE_LABELS: ListOf[str] = ListOf(
    page=msgspec.json.Decoder(wire.Page[wire.PrivateLabel]),
    one=msgspec.json.Decoder(wire.PrivateLabel),
    removed=None,
    record=_label,
)

_DETAILS: dict[str, msgspec.json.Decoder[Any]] = {
    "contract": msgspec.json.Decoder(wire_details.FullContract),
    "amortization": msgspec.json.Decoder(wire_details.AmortizationSchedule),
    "invoices": msgspec.json.Decoder(wire_details.Items[wire_details.InvoiceHeader]),
    "payments": msgspec.json.Decoder(wire_details.Items[wire_details.Payment]),
    "alternate_efts": msgspec.json.Decoder(wire_details.Items[wire_details.AlternateEft]),
    "equipment": msgspec.json.Decoder(wire_details.Items[wire_details.Equipment]),
    BANK_ACCOUNTS: msgspec.json.Decoder(wire_details.Items[wire_details.BankAccount]),
    "credit_lines": msgspec.json.Decoder(wire_details.Items[wire_details.CreditLine]),
}
_ALTERNATE_EFTS = _DETAILS["alternate_efts"]
_ALTERNATE_EFT = msgspec.json.Decoder(wire_details.AlternateEft)
_COMMENTS = msgspec.json.Decoder(wire_details.Items[wire_details.Comment])
_COMMENT = msgspec.json.Decoder(wire_details.Comment)
_LISTED = frozenset(_DETAILS) - {"contract", "amortization"}
