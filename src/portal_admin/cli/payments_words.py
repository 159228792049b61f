"""How payments, bank accounts and timelines are printed: amounts as strings, instants in UTC."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from portal_admin.cli.wording import when
from portal_admin.domain.payment_attention import listed_words
from portal_admin.domain.payment_words import STATUS_WORDS

if TYPE_CHECKING:
    from portal_admin.domain.payment_request import PayingAccount
    from portal_admin.domain.payment_timeline import Timeline
    from portal_admin.domain.payments import PaymentEvent, PortalPayment


def payment_record(payment: PortalPayment) -> dict[str, Any]:
    """The JSON form of a payment."""
    return {
        "reference": payment.reference,
        "site": payment.site,
        "email": payment.email,
        "contract_id": payment.contract_id,
        "amount": str(payment.amount),
        "currency": payment.currency,
        "on": payment.pay_on,
        "bank_account": payment.bank_account,
        "is_business": payment.is_business,
        "status": str(payment.status),
        "origin": str(payment.origin),
        "sending": str(payment.sending),
        "alternate_eft_oid": payment.alternate_eft_oid,
        "requested_at": payment.requested_at,
        "requested_by": payment.requested_by,
        "followed_at": payment.followed_at,
        "version": payment.version,
    }


def payment_fields(payment: PortalPayment) -> dict[str, object]:
    """A payment for people."""
    return {
        "Reference": payment.reference,
        "User": f"{payment.email} on {payment.site}",
        "Contract": payment.contract_id,
        "Amount": f"{payment.amount:,} {payment.currency}",
        "On": payment.pay_on,
        "Bank account": payment.bank_account,
        "Status": f"{payment.status}: {STATUS_WORDS[payment.status]}",
        "Request": f"{payment.sending}, by {payment.requested_by} on {when(payment.requested_at)}",
        "Alternate EFT": payment.alternate_eft_oid,
    }


def list_columns(returned: Collection[int]) -> Mapping[str, Callable[[PortalPayment], object]]:
    """The columns of a list; `returned` are the keys of those that came back from the bank."""
    return {
        "Reference": lambda one: one.reference,
        "Requested": lambda one: when(one.requested_at),
        "Site": lambda one: one.site,
        "Email": lambda one: one.email,
        "Contract": lambda one: one.contract_id,
        "Amount": lambda one: f"{one.amount:,} {one.currency}",
        "On": lambda one: one.pay_on,
        "State": lambda one: listed_words(one, returned=one.id in returned),
    }


def account_record(account: PayingAccount) -> dict[str, Any]:
    """The JSON form of a bank account, which holds the last four digits only."""
    return {
        "bank_account_oid": account.oid,
        "account_id": account.account_id,
        "bank_account": account.label,
        "last_four": account.last_four,
        "is_business": account.is_business,
        "usable": account.refusal is None,
        "reason": account.refusal,
    }


def event_record(event: PaymentEvent) -> dict[str, Any]:
    """The JSON form of something that was written down."""
    return {
        "kind": str(event.kind),
        "at": event.at,
        "learned_at": event.learned_at,
        "operator": event.operator,
        "evidence": event.evidence,
    }


def timeline_record(found: Timeline) -> dict[str, Any]:
    """The JSON form of a timeline, to be laid over its payment's."""
    return {
        "status_words": found.status_words,
        "proven_status": str(found.proven),
        "phone": found.phone,
        "steps": [
            {
                "step": str(step.kind),
                "title": step.title,
                "state": str(step.state),
                "sentence": step.sentence,
                "at": step.at,
                "on": step.on,
                "as_of": step.as_of,
                "evidence": {name: _plain(value) for name, value in step.evidence.items()},
                "source": step.source,
            }
            for step in found.steps
        ],
        "advice": [advice_record(one) for one in found.advice],
    }


def advice_record(advice: Any) -> dict[str, Any]:
    """The JSON form of advice."""
    return {"name": advice.name, "sentence": advice.sentence, "source": advice.source}


def _plain(value: Any) -> Any:
    """Amounts as strings, however deep."""
    if isinstance(value, Decimal):
        return str(value)
    if isinstance(value, dict):
        return {name: _plain(inner) for name, inner in value.items()}
    return [_plain(inner) for inner in value] if isinstance(value, list | tuple) else value
