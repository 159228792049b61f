"""What hangs on one contract or account, exactly as it travels: every field of openapi.yaml, because staff may ask for any."""

from __future__ import annotations

from datetime import date
from typing import Generic, TypeVar

from portal_admin.aspire.wire import (
    Contract,
    Count,
    Currency,
    Instant,
    Location,
    Money,
    Oid,
    Rate,
    Text,
    Wire,
)

Record = TypeVar("Record")


class Items(Wire, Generic[Record]):
    items: list[Record]


class EftAssignment(Wire):
    is_active: bool
    bank_account_oid: Oid | None = None
    start_date: date | None = None
    end_date: date | None = None
    next_draft_date: date | None = None


class FullContract(Contract):
    description: str | None = None
    termination_reason: str | None = None
    status: str | None = None
    equipment_location: Location | None = None
    customer_reference: str | None = None
    customer_service_rep: str | None = None
    cash_application_method: str | None = None
    cash_application_window_days: Count | None = None
    start_date: date | None = None
    first_payment_date: date | None = None
    maturity_date: date | None = None
    is_evergreen: bool | None = None
    term: Count | None = None
    payment_frequency: str | None = None
    interest_rate: Rate | None = None
    financed_amount: Money | None = None
    remaining_payments: Count | None = None
    payments_made: Count | None = None
    residual_amount: Money | None = None
    principal_balance: Money | None = None
    principal_paid_to_date: Money | None = None
    interest_paid_to_date: Money | None = None
    interest_paid_year_to_date: Money | None = None
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
    last_change_operator: str | None = None


class InvoiceDetail(Wire):
    invoice_detail_oid: Oid
    transaction_code: str
    original_due_amount: Money
    current_due_amount: Money
    description: str | None = None
    priority: int | None = None
    group_with_detail_oid: Oid | None = None
    due_date: date | None = None


class InvoiceHeader(Wire):
    invoice_oid: Oid
    contract_oid: Oid
    invoice_number: str
    due_date: date
    details: list[InvoiceDetail]
    invoice_date: date | None = None
    description: str | None = None
    original_due_amount: Money | None = None
    current_due_amount: Money | None = None
    paid_date: date | None = None
    last_change_date_time: Instant | None = None


class Equipment(Wire):
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
    last_change_date_time: Instant | None = None


class AppliedAmount(Wire):
    invoice_detail_oid: Oid
    amount: Money


class Payment(Wire):
    payment_oid: Oid
    contract_oid: Oid
    amount: Money
    post_date: date
    is_returned: bool
    reference_number: str | None = None
    payment_method: str | None = None
    alternate_eft_oid: Oid | None = None
    unapplied_amount: Money | None = None
    return_reason: str | None = None
    return_date: date | None = None
    applied: list[AppliedAmount] | None = None
    last_change_date_time: Instant | None = None


class AmortizationLine(Wire):
    date: date
    payment: Money
    principal: Money
    interest: Money
    balance: Money
    payment_number: Count | None = None


class AmortizationSchedule(Wire):
    contract_oid: Oid
    lines: list[AmortizationLine]
    last_change_date_time: Instant | None = None


class AlternateEft(Wire):
    alternate_eft_oid: Oid
    contract_oid: Oid
    amount: Money
    start_date: date
    sec_code: str
    payments: Count
    payments_processed: Count
    reference_number: str | None
    bank_account_oid: Oid | None = None
    create_date_time: Instant | None = None
    last_change_operator: str | None = None
    last_change_date_time: Instant | None = None


class BankAccount(Wire):
    bank_account_oid: Oid
    account_oid: Oid
    bank_name: str
    account_number: Text
    account_type: str
    is_active: bool
    name_on_account: str | None = None
    nick_name: str | None = None
    routing_number: str | None = None
    is_business: bool | None = None
    last_change_date_time: Instant | None = None


class CreditLine(Wire):
    account_oid: Oid
    amount: Money
    available: Money
    credit_line_oid: Oid | None = None
    description: str | None = None
    outstanding: Money | None = None
    currency: Currency | None = None
    expiration_date: date | None = None
    status: str | None = None
    last_change_date_time: Instant | None = None


class EftBatch(Wire):
    eft_batch_oid: Oid
    begin_date: date
    end_date: date
    is_posted: bool
    alternate_eft_oids: list[Oid]
    last_change_date_time: Instant
    post_date_time: Instant | None = None


class RemovedEftBatch(Wire):
    eft_batch_oid: Oid
    removed: bool
    last_change_date_time: Instant


class Comment(Wire):
    comment_oid: Oid
    contract_oid: Oid
    text: str
    create_date_time: Instant
    subject: str | None = None
    reference_number: str | None = None
    requested_by: str | None = None
