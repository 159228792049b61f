"""The records a portfolio holds, as structures that check what somebody typed; names are ASPIRE's in snake_case."""

from __future__ import annotations

from dataclasses import dataclass
from dataclasses import field as part
from datetime import date, datetime
from typing import Annotated, Any, Literal

from msgspec import Meta, Struct, field

Oid = Annotated[int, Meta(ge=1, le=2**53 - 1)]
Count = Annotated[int, Meta(ge=0)]
Money = Annotated[str, Meta(pattern=r"^-?[0-9]{1,15}(\.[0-9]{1,4})?\Z")]
Rate = Annotated[str, Meta(pattern=r"^-?[0-9]{1,3}(\.[0-9]{1,6})?\Z")]
Currency = Annotated[str, Meta(pattern=r"^[A-Z]{3}\Z")]
Instant = Annotated[datetime, Meta(tz=True)]
VisibleId = Annotated[str, Meta(min_length=1, max_length=64)]
Name = Annotated[str, Meta(max_length=200)]
Filled = Annotated[str, Meta(min_length=1)]


class Record(Struct, rename="pascal", kw_only=True):
    last_change_operator: str | None = None
    last_change_date_time: Instant | None = None


class Location(Struct, rename="pascal", kw_only=True):
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


class Account(Record, kw_only=True):
    account_oid: Oid
    account_id: VisibleId
    name: Annotated[str, Meta(min_length=1, max_length=200)]
    email: str | None = None
    status: str | None = None
    account_type: str | None = None
    dba_name: str | None = None
    phone: str | None = None
    mobile_phone: str | None = None
    fax: str | None = None
    main_location: Location | None = None
    mailing_location: Location | None = None
    customer_service_rep: str | None = None
    is_paperless: bool | None = None
    create_date_time: Instant | None = None


class Contact(Record, kw_only=True):
    contact_oid: Oid
    account_oid: Oid
    name: Name
    email: str | None = None
    first_name: str | None = None
    last_name: str | None = None
    title: str | None = None
    contact_type: str | None = None
    phone: str | None = None
    mobile_phone: str | None = None
    is_active: bool | None = None


class ContractRole(Struct, rename="pascal", kw_only=True):
    account_oid: Oid
    role_type: Annotated[str, Meta(min_length=1, max_length=64)]


class EftAssignment(Struct, rename="pascal", kw_only=True):
    is_active: bool
    bank_account_oid: Oid | None = None
    start_date: date | None = None
    end_date: date | None = None
    next_draft_date: date | None = None


CashApplicationMethod = Literal[
    "BalanceForward", "BalanceForwardProrated", "PriorityPost", "PriorityPostOldestDueBy"
]


class Contract(Record, kw_only=True):
    contract_oid: Oid
    contract_id: VisibleId
    description: str | None = None
    is_booked: bool
    booked_date_time: Instant | None = None
    is_terminated: bool
    termination_date: date | None = None
    termination_reason: str | None = None
    status: str | None = None
    private_label: Name | None = None
    contract_type: str | None = None
    roles: list[ContractRole] = field(default_factory=list)
    bill_to_location: Location | None = None
    equipment_location: Location | None = None
    customer_reference: str | None = None
    customer_service_rep: str | None = None
    currency: Currency | None = None
    cash_application_method: CashApplicationMethod | None = None
    cash_application_window_days: Count | None = None
    start_date: date | None = None
    first_payment_date: date | None = None
    maturity_date: date | None = None
    is_evergreen: bool | None = None
    term: Count | None = None
    payment_frequency: str | None = None
    payment_amount: Money | None = None
    interest_rate: Rate | None = None
    financed_amount: Money | None = None
    remaining_balance: Money | None = None
    remaining_payments: Count | None = None
    payments_made: Count | None = None
    residual_amount: Money | None = None
    principal_balance: Money | None = None
    principal_paid_to_date: Money | None = None
    interest_paid_to_date: Money | None = None
    interest_paid_year_to_date: Money | None = None
    next_due_date: date | None = None
    next_due_amount: Money | None = None
    current_due_amount: Money | None = None
    past_due_amount: Money | None = None
    days_past_due: Count | None = None
    late_charge_amount: Money | None = None
    unapplied_cash_amount: Money | None = None
    last_payment_date: date | None = None
    last_payment_amount: Money | None = None
    payoff_amount: Money | None = None
    payoff_good_through_date: date | None = None
    security_deposit: Money | None = None
    purchase_option: str | None = None
    purchase_option_amount: Money | None = None
    equipment_description: str | None = None
    insurance_expiration_date: date | None = None
    invoice_lead_days: Count | None = None
    invoice_delivery_method: str | None = None
    eft_assignment: EftAssignment | None = None


class InvoiceDetail(Struct, rename="pascal", kw_only=True):
    invoice_detail_oid: Oid
    transaction_code: str
    description: str | None = None
    priority: int | None = None
    group_with_detail_oid: Oid | None = None
    due_date: date | None = None
    original_due_amount: Money
    current_due_amount: Money


class Invoice(Record, kw_only=True):
    invoice_oid: Oid
    contract_oid: Oid
    invoice_number: str
    invoice_date: date | None = None
    due_date: date
    description: str | None = None
    original_due_amount: Money | None = None
    current_due_amount: Money | None = None
    paid_date: date | None = None
    details: list[InvoiceDetail] = field(default_factory=list)


class AlternateEft(Record, kw_only=True):
    alternate_eft_oid: Oid
    contract_oid: Oid
    amount: Money
    start_date: date
    sec_code: str = "WEB"
    payments: Count = 1
    payments_processed: Count = 0
    bank_account_oid: Oid | None = None
    reference_number: str | None = None
    create_date_time: Instant | None = None


class EftBatch(Record, kw_only=True):
    eft_batch_oid: Oid
    begin_date: date
    end_date: date
    is_posted: bool
    post_date_time: Instant | None = None
    alternate_eft_oids: list[Oid] = field(default_factory=list)


class AppliedAmount(Struct, rename="pascal", kw_only=True):
    invoice_detail_oid: Oid
    amount: Money


class Payment(Record, kw_only=True):
    payment_oid: Oid
    contract_oid: Oid
    reference_number: str | None = None
    amount: Money
    post_date: date
    payment_method: str | None = None
    alternate_eft_oid: Oid | None = None
    unapplied_amount: Money | None = None
    is_returned: bool = False
    return_reason: str | None = None
    return_date: date | None = None
    applied: list[AppliedAmount] | None = None


class BankAccount(Record, kw_only=True):
    bank_account_oid: Oid
    account_oid: Oid
    bank_name: str
    name_on_account: str | None = None
    nick_name: str | None = None
    routing_number: str | None = None
    account_number: Filled
    account_type: str = "Checking"
    is_business: bool | None = None
    is_active: bool = True


class Equipment(Record, kw_only=True):
    equipment_oid: Oid
    contract_oid: Oid
    description: str
    serial_number: str | None = None
    manufacturer: str | None = None
    model: str | None = None
    model_year: int | None = None
    quantity: Count | None = None
    asset_tag: str | None = None
    cost: Money | None = None
    status: str | None = None
    in_service_date: date | None = None
    location: Location | None = None


class AmortizationLine(Struct, rename="pascal", kw_only=True):
    payment_number: Count | None = None
    date: date
    payment: Money
    principal: Money
    interest: Money
    balance: Money


class Amortization(Record, kw_only=True):
    contract_oid: Oid
    lines: list[AmortizationLine] = field(default_factory=list)


class CreditLine(Record, kw_only=True):
    credit_line_oid: Oid | None = None
    account_oid: Oid
    description: str | None = None
    amount: Money
    available: Money
    outstanding: Money | None = None
    currency: Currency | None = None
    expiration_date: date | None = None
    status: str | None = None


class Comment(Record, kw_only=True):
    comment_oid: Oid
    contract_oid: Oid
    subject: str | None = None
    text: str
    reference_number: str | None = None
    requested_by: str | None = None
    create_date_time: Instant


class JobStreamTask(Struct, rename="pascal", kw_only=True):
    is_scheduled: bool
    last_run: Instant | None = None
    next_run: Instant | None = None
    last_run_succeeded: bool | None = None


class Settings(Struct, rename="pascal", kw_only=True):
    save_customer_amortization_schedule: bool | None = None
    calculate_contract_values_job: JobStreamTask | None = None
    payments_enabled: bool | None = None
    bank_account_policy: Literal["AllowAny", "AllowOnlyExisting"] | None = None
    eft_previous_day_option: bool | None = None
    time_zone: str | None = None


CAPABILITIES = (
    "Invoices",
    "Equipment",
    "Payments",
    "AlternateEfts",
    "Amortization",
    "BankAccounts",
    "CreditLines",
    "EftBatches",
    "Settings",
    "PaymentRequests",
    "ServiceRequests",
)


class Instance(Struct, rename="pascal", kw_only=True, forbid_unknown_fields=True):
    instance_id: Filled
    version: str = "5.20.57"
    generation: Annotated[int, Meta(ge=1)] = 1
    now: Instant | None = None
    capabilities: list[str] = field(default_factory=lambda: list(CAPABILITIES))


@dataclass(frozen=True, slots=True)
class Kind:
    """One list of records: its key, how a record is checked, and what an unsaid field stands for."""

    oid: str
    record: type[Record]
    unsaid: dict[str, Any] = part(default_factory=dict)


KINDS = {
    "Accounts": Kind("AccountOid", Account, {"Email": None}),
    "Contacts": Kind("ContactOid", Contact, {"Email": None}),
    "Contracts": Kind("ContractOid", Contract, {"PrivateLabel": None, "Roles": []}),
    "Invoices": Kind("InvoiceOid", Invoice, {"Details": []}),
    "AlternateEfts": Kind(
        "AlternateEftOid",
        AlternateEft,
        {"SecCode": "WEB", "Payments": 1, "PaymentsProcessed": 0, "ReferenceNumber": None},
    ),
    "EftBatches": Kind("EftBatchOid", EftBatch, {"AlternateEftOids": []}),
    "Payments": Kind("PaymentOid", Payment, {"IsReturned": False}),
    "BankAccounts": Kind("BankAccountOid", BankAccount, {"AccountType": "Checking", "IsActive": True}),
    "Equipment": Kind("EquipmentOid", Equipment),
    "Amortization": Kind("ContractOid", Amortization, {"Lines": []}),
    "CreditLines": Kind("CreditLineOid", CreditLine),
    "Comments": Kind("CommentOid", Comment),
}


class PortfolioFile(Struct, rename="pascal", kw_only=True, forbid_unknown_fields=True):
    instance: Instance
    accounts: list[Account] = field(default_factory=list)
    contacts: list[Contact] = field(default_factory=list)
    contracts: list[Contract] = field(default_factory=list)
    invoices: list[Invoice] = field(default_factory=list)
    alternate_efts: list[AlternateEft] = field(default_factory=list)
    eft_batches: list[EftBatch] = field(default_factory=list)
    payments: list[Payment] = field(default_factory=list)
    bank_accounts: list[BankAccount] = field(default_factory=list)
    equipment: list[Equipment] = field(default_factory=list)
    amortization: list[Amortization] = field(default_factory=list)
    credit_lines: list[CreditLine] = field(default_factory=list)
    comments: list[Comment] = field(default_factory=list)
    settings: Settings = field(default_factory=Settings)
