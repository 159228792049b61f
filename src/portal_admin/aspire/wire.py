"""ASPIRE's lists exactly as they travel: one struct for each schema of openapi.yaml, with the fields that the desk keeps."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Generic, TypeVar

from msgspec import Meta, Struct

Record = TypeVar("Record")

Oid = Annotated[int, Meta(ge=1, le=9007199254740991)]
Text = Annotated[str, Meta(min_length=1)]
Id = Annotated[str, Meta(min_length=1, max_length=64)]
Name = Annotated[str, Meta(max_length=200)]
# A JSON number would have passed through binary floating point somewhere; only text keeps every cent.
Money = Annotated[str, Meta(pattern=r"^-?[0-9]{1,15}(\.[0-9]{1,4})?$")]
Rate = Annotated[str, Meta(pattern=r"^-?[0-9]{1,3}(\.[0-9]{1,6})?$")]
Currency = Annotated[str, Meta(pattern=r"^[A-Z]{3}$")]
Instant = Annotated[datetime, Meta(tz=True)]
Count = Annotated[int, Meta(ge=0)]


class Wire(Struct, rename="pascal", gc=False):
    """Strictly typed; fields that are not named are ignored."""


class Session(Wire):
    token: Text
    expires_at: Instant


class Instance(Wire):
    instance_id: Text
    version: str
    generation: Annotated[int, Meta(ge=1)]
    now: Instant
    capabilities: list[str]


class JobStreamTask(Wire):
    is_scheduled: bool
    last_run: Instant | None = None
    next_run: Instant | None = None
    last_run_succeeded: bool | None = None


class Settings(Wire):
    save_customer_amortization_schedule: bool | None = None
    calculate_contract_values_job: JobStreamTask | None = None
    payments_enabled: bool | None = None
    bank_account_policy: str | None = None
    eft_previous_day_option: bool | None = None
    time_zone: str | None = None


class Page(Wire, Generic[Record]):
    items: list[Record]
    next_cursor: Text | None
    withheld: Count | None = None


class Account(Wire):
    account_oid: Oid
    account_id: Id
    name: Annotated[str, Meta(min_length=1, max_length=200)]
    email: str | None
    last_change_date_time: Instant
    status: str | None = None


class RemovedAccount(Wire):
    account_oid: Oid
    removed: bool
    last_change_date_time: Instant


class Contact(Wire):
    contact_oid: Oid
    account_oid: Oid
    name: Name
    email: str | None
    last_change_date_time: Instant


class RemovedContact(Wire):
    contact_oid: Oid
    removed: bool
    last_change_date_time: Instant


class ContractRole(Wire):
    account_oid: Oid
    role_type: Id


class Location(Wire):
    location_oid: Oid | None = None
    name: str | None = None
    line1: str | None = None
    line2: str | None = None
    city: str | None = None
    state: str | None = None
    postal_code: str | None = None
    county: str | None = None
    country: str | None = None
    email: str | None = None
    phone: str | None = None


class Contract(Wire):
    contract_oid: Oid
    contract_id: Id
    is_booked: bool
    is_terminated: bool
    private_label: Name | None
    roles: list[ContractRole]
    last_change_date_time: Instant
    booked_date_time: Instant | None = None
    termination_date: date | None = None
    contract_type: str | None = None
    bill_to_location: Location | None = None
    currency: Currency | None = None
    payment_amount: Money | None = None
    next_due_date: date | None = None
    remaining_balance: Money | None = None


class RemovedContract(Wire):
    contract_oid: Oid
    removed: bool
    last_change_date_time: Instant


class PrivateLabel(Wire):
    name: Annotated[str, Meta(min_length=1, max_length=200)]
