"""One lease or loan as numbers, and the ASPIRE records that follow from it: all money in cents, all dates by month."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from portal_admin.sandbox.portfolio import EPOCH, Record, iso

LEAD_DAYS = 20
TAX_PERCENT = 5
LATE_FEE = 2500
SHOWN_INVOICES = 18
FREQUENCY = {1: "Monthly", 3: "Quarterly", 6: "SemiAnnual", 12: "Annual"}
RETURNED, BY_PORTAL = 900, 901


@dataclass(frozen=True, slots=True)
class Deal:
    """What a contract is; everything else about it is computed. Starting days are 1 to 28."""

    oid: int
    contract_id: str
    contract_type: str
    roles: tuple[tuple[int, str], ...]
    label: str | None
    bill_to: Record
    start: date
    stamp: int
    term: int = 60
    step: int = 1  # months between payments
    payment: int = 100_000
    rate: float = 7.25
    booked_at: datetime | None = None  # None: not booked
    terminated_on: date | None = None
    evergreen: bool = False
    overdue: int = 0  # invoices past due and unpaid
    taxed: bool = False
    autopay: bool = False
    returned: bool = False
    equipment: tuple[str, str, str, int, int] = ("Flatbed trailer", "Utility", "4000A", 38, 62)
    currency: str = "USD"
    method: str = "BalanceForward"
    representative: str = "B. Carver"

    @property
    def payments(self) -> int:
        return self.term // self.step

    @property
    def active(self) -> bool:
        return self.booked_at is not None and self.terminated_on is None

    def due(self, number: int) -> date:
        """When the payment of that number, from 1, is due."""
        return later(self.start, number * self.step)

    def due_by(self, day: date) -> int:
        """How many payments are due up to that day."""
        if self.booked_at is None:
            return 0
        day = min(day, self.terminated_on or day)
        months = (day.year - self.start.year) * 12 + day.month - self.start.month - (day.day < self.start.day)
        reached = max(0, months // self.step)
        return reached if self.evergreen else min(reached, self.payments)

    def paid(self, today: date) -> int:
        """How many payments were made."""
        return max(0, self.due_by(today) - self.overdue)

    def invoice_amount(self) -> int:
        return self.payment + (self.payment * TAX_PERCENT // 100 if self.taxed else 0)

    def financed(self) -> int:
        return balance_after(self, 0)


def later(day: date, months: int) -> date:
    """The same day so many months later."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, day.day)


def money(cents: int) -> str:
    """Cents as the wire shows them."""
    return f"{cents // 100}.{cents % 100:02d}"


def balance_after(deal: Deal, number: int) -> int:
    """Principal that is left after so many payments."""
    interest = deal.rate / 100 * deal.step / 12
    left = deal.payments - number
    return round(deal.payment * (1 - (1 + interest) ** -left) / interest) if left > 0 else 0


def summary(deal: Deal, today: date) -> Record:
    """The contract as lists show it."""
    paid = deal.paid(today)
    left = max(0, deal.payments - paid) if deal.terminated_on is None else 0
    next_due = deal.active and (left > 0 or deal.evergreen)
    return {
        "ContractOid": deal.oid,
        "ContractId": deal.contract_id,
        "IsBooked": deal.booked_at is not None,
        "BookedDateTime": iso(deal.booked_at) if deal.booked_at else None,
        "IsTerminated": deal.terminated_on is not None,
        "TerminationDate": deal.terminated_on and deal.terminated_on.isoformat(),
        "PrivateLabel": deal.label,
        "ContractType": deal.contract_type,
        "Roles": [{"AccountOid": oid, "RoleType": role} for oid, role in deal.roles],
        "BillToLocation": deal.bill_to,
        "Currency": deal.currency,
        "CashApplicationMethod": deal.method,
        "StartDate": deal.start.isoformat(),
        "MaturityDate": later(deal.start, deal.term).isoformat(),
        "PaymentAmount": money(deal.payment),
        "RemainingBalance": money(left * deal.payment),
        "RemainingPayments": left,
        "NextDueDate": deal.due(paid + 1).isoformat() if next_due else None,
        "EquipmentDescription": deal.equipment[0],
        "LastChangeDateTime": iso(EPOCH + timedelta(microseconds=deal.stamp)),
    }


def whole(deal: Deal, today: date, bank_account: int | None) -> Record:
    """The contract as its own address shows it."""
    paid, due = deal.paid(today), deal.due_by(today)
    overdue = due - paid
    operating = deal.contract_type == "OperatingLease"
    principal = 0 if operating or not deal.active else balance_after(deal, min(paid, deal.payments))
    financed = deal.financed()
    interest_paid = 0 if operating else max(0, paid * deal.payment - (financed - balance_after(deal, paid)))
    late_fees = sum(
        LATE_FEE for number in range(paid + 1, due + 1) if deal.due(number) < today - timedelta(days=10)
    )
    past_due = overdue * deal.invoice_amount() + late_fees
    next_due = deal.active and (paid < deal.payments or deal.evergreen)
    status = "Terminated" if deal.terminated_on else "Active" if deal.active else "Documentation"
    return {
        **summary(deal, today),
        "Description": f"{deal.equipment[0]} – {FREQUENCY[deal.step].lower()} payments",
        "Status": "Evergreen" if deal.evergreen and deal.active else status,
        "TerminationReason": "Matured" if deal.terminated_on else None,
        "EquipmentLocation": {**deal.bill_to, "Name": "Yard", "Email": None},
        "CustomerReference": f"PO {deal.oid * 7 % 100_000:05d}",
        "CustomerServiceRep": deal.representative,
        "CashApplicationWindowDays": 30,
        "FirstPaymentDate": deal.due(1).isoformat(),
        "IsEvergreen": deal.evergreen,
        "Term": deal.term,
        "PaymentFrequency": FREQUENCY[deal.step],
        "InterestRate": None if operating else f"{deal.rate:.4f}",
        "FinancedAmount": money(financed),
        "PaymentsMade": paid,
        "ResidualAmount": money(financed // 10) if deal.contract_type != "Loan" else None,
        "PrincipalBalance": None if operating else money(principal),
        "PrincipalPaidToDate": None if operating else money(financed - balance_after(deal, paid)),
        "InterestPaidToDate": None if operating else money(interest_paid),
        "NextDueAmount": money(deal.invoice_amount()) if next_due else None,
        "CurrentDueAmount": money(past_due),
        "PastDueAmount": money(past_due),
        "DaysPastDue": (today - deal.due(paid + 1)).days if overdue else 0,
        "LateChargeAmount": money(late_fees),
        "UnappliedCashAmount": "0.00",
        "LastPaymentDate": deal.due(paid).isoformat() if paid else None,
        "LastPaymentAmount": money(deal.invoice_amount()) if paid else None,
        "PayoffAmount": money(principal + past_due) if deal.active and not operating else None,
        "PayoffGoodThroughDate": (today + timedelta(days=10)).isoformat()
        if deal.active and not operating
        else None,
        "SecurityDeposit": money(deal.payment) if deal.contract_type != "Loan" else "0.00",
        "PurchaseOption": {"CapitalLease": "$1.00 Buyout", "OperatingLease": "Fair Market Value"}.get(
            deal.contract_type
        ),
        "PurchaseOptionAmount": "1.00" if deal.contract_type == "CapitalLease" else None,
        "InsuranceExpirationDate": later(deal.start, 12 * (1 + due * deal.step // 12)).isoformat(),
        "InvoiceLeadDays": LEAD_DAYS,
        "InvoiceDeliveryMethod": "Email",
        "EftAssignment": _eft_assignment(deal, today, bank_account),
        "LastChangeOperator": "NIGHTLY",
    }


def _eft_assignment(deal: Deal, today: date, bank_account: int | None) -> Record | None:
    if not deal.autopay or bank_account is None:
        return None
    draft = deal.due(deal.due_by(today) + 1).isoformat() if deal.active else None
    return {
        "IsActive": deal.active,
        "BankAccountOid": bank_account,
        "StartDate": deal.start.isoformat(),
        "NextDraftDate": draft,
    }


def invoices(deal: Deal, today: date) -> Iterator[Record]:
    """The latest invoices: paid, past due, and the next one once it was sent."""
    paid, sent = deal.paid(today), deal.due_by(today + timedelta(days=LEAD_DAYS))
    for number in range(max(1, sent - SHOWN_INVOICES + 1), sent + 1):
        due = deal.due(number)
        oid = deal.oid * 1000 + number
        charges = list(
            _charges(deal, oid, open_=number > paid, late=number > paid and due < today - timedelta(days=10))
        )
        yield {
            "InvoiceOid": oid,
            "ContractOid": deal.oid,
            "InvoiceNumber": f"INV-{oid}",
            "InvoiceDate": (due - timedelta(days=LEAD_DAYS)).isoformat(),
            "DueDate": due.isoformat(),
            "Description": f"Payment {number}" + (f" of {deal.payments}" if not deal.evergreen else ""),
            "OriginalDueAmount": money(sum(amount for amount, _ in charges)),
            "CurrentDueAmount": money(sum(amount for amount, _ in charges) if number > paid else 0),
            "PaidDate": None if number > paid else due.isoformat(),
            "Details": [detail for _, detail in charges],
        }


def _charges(deal: Deal, invoice_oid: int, *, open_: bool, late: bool) -> Iterator[tuple[int, Record]]:
    rent = "RENT" if deal.contract_type != "Loan" else "LOANPMT"
    tax = deal.invoice_amount() - deal.payment
    first = invoice_oid * 10 + 1
    rows = (
        (rent, "Payment", 1, deal.payment, None),
        ("TAX", "Sales tax", 2, tax, first),
        ("LATE", "Late charge", 3, LATE_FEE if late else 0, None),
    )
    for place, (code, description, priority, amount, parent) in enumerate(rows):
        if amount:
            yield (
                amount,
                {
                    "InvoiceDetailOid": first + place,
                    "TransactionCode": code,
                    "Description": description,
                    "Priority": priority,
                    "GroupWithDetailOid": parent,
                    "OriginalDueAmount": money(amount),
                    "CurrentDueAmount": money(amount if open_ else 0),
                },
            )


def payments(deal: Deal, today: date) -> Iterator[Record]:
    """What was received for the invoices shown; some money came back once and was paid again."""
    paid, sent = deal.paid(today), deal.due_by(today + timedelta(days=LEAD_DAYS))
    for number in range(max(1, sent - SHOWN_INVOICES + 1), paid + 1):
        yield _payment(deal, number, number)
    if deal.returned and paid:
        came_back = (deal.due(paid) + timedelta(days=3)).isoformat()
        yield {
            **_payment(deal, RETURNED, paid),
            "IsReturned": True,
            "ReturnReason": "R01",
            "ReturnDate": came_back,
            "Applied": [],
        }


def _payment(deal: Deal, place: int, number: int) -> Record:
    invoice = deal.oid * 1000 + number
    charges = [(deal.payment, invoice * 10 + 1), (deal.invoice_amount() - deal.payment, invoice * 10 + 2)]
    return {
        "PaymentOid": deal.oid * 1000 + place,
        "ContractOid": deal.oid,
        "ReferenceNumber": f"ACH{invoice}" if deal.autopay else f"{invoice % 10_000 + 1000}",
        "Amount": money(deal.invoice_amount()),
        "PostDate": deal.due(number).isoformat(),
        "PaymentMethod": "ACH" if deal.autopay else "Check",
        "UnappliedAmount": "0.00",
        "IsReturned": False,
        "Applied": [{"InvoiceDetailOid": oid, "Amount": money(amount)} for amount, oid in charges if amount],
    }


def amortization(deal: Deal) -> Record | None:
    """The customer amortization schedule; operating leases have none."""
    if deal.contract_type == "OperatingLease" or deal.booked_at is None:
        return None
    lines, before = [], deal.financed()
    for number in range(1, deal.payments + 1):
        balance = balance_after(deal, number)
        principal = before - balance
        lines.append(
            {
                "PaymentNumber": number,
                "Date": deal.due(number).isoformat(),
                "Payment": money(deal.payment),
                "Principal": money(principal),
                "Interest": money(deal.payment - principal),
                "Balance": money(balance),
            }
        )
        before = balance
    return {"ContractOid": deal.oid, "Lines": lines}


def equipment(deal: Deal) -> Iterator[Record]:
    """One to three pieces."""
    description, maker, model, _, _ = deal.equipment
    pieces = 1 + deal.oid % 3
    for piece in range(pieces):
        oid = deal.oid * 10 + piece
        yield {
            "EquipmentOid": oid,
            "ContractOid": deal.oid,
            "Description": description,
            "SerialNumber": f"{maker[:2].upper()}{oid * 7919 % 10**8:08d}",
            "Manufacturer": maker,
            "Model": model,
            "ModelYear": deal.start.year,
            "Quantity": 1,
            "AssetTag": f"T{oid}",
            "Cost": money(deal.financed() // pieces),
            "Status": "Returned" if deal.terminated_on else "Active",
            "InServiceDate": deal.start.isoformat(),
            "Location": {**deal.bill_to, "Name": "Yard", "Email": None},
        }
