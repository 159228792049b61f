"""What callers ask about: payments and requests made in the portal, enrolment attempts, and notes on calls."""

from __future__ import annotations

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    Date,
    ForeignKey,
    Index,
    Integer,
    String,
    Table,
    Text,
)

from portal_admin.models.base import Id, Instant, metadata

# What the vendor switched on or off for a site; a site without a row has the defaults of domain.site_policy.
site_policy = Table(
    "site_policy",
    metadata,
    Column("site_id", Id, ForeignKey("site.id"), primary_key=True),
    Column("payments_enabled", Boolean, nullable=False),
    Column("bank_accounts", String(16), nullable=False),
    Column("bank_accounts_since", Instant, nullable=True),
    Column("mfa_required", Boolean, nullable=False),
    Column("version", Integer, nullable=False, default=1),
    CheckConstraint("bank_accounts IN ('any', 'existing')", name="bank_accounts"),
)

# `status` is what the portal shows, `sending` how far the request to ASPIRE got. No bank account number is ever stored:
# `bank_account` names the bank, the kind of account and the last four digits.
payment = Table(
    "payment",
    metadata,
    Column("id", Id, primary_key=True),
    Column("reference", String(64), nullable=False),
    Column("reference_key", String(64), nullable=False, unique=True),
    Column("site_id", Id, ForeignKey("site.id"), nullable=False),
    Column("user_id", Id, ForeignKey("end_user.id"), nullable=False),
    Column("contract_oid", Id, nullable=False),
    Column("contract_id", String(64), nullable=False),
    Column("currency", String(3), nullable=False),
    Column("amount_minor", BigInteger, nullable=False),
    Column("pay_on", Date, nullable=False),
    Column("bank_account_oid", Id, nullable=True),
    Column("bank_account", String(200), nullable=True),
    Column("is_business", Boolean, nullable=True),
    Column("status", String(16), nullable=False),
    Column("origin", String(16), nullable=False),
    Column("sending", String(16), nullable=False),
    Column("idempotency_key", String(64), nullable=False, unique=True),
    Column("cancel_key", String(64), nullable=True),
    Column("alternate_eft_oid", Id, nullable=True),
    Column("requested_at", Instant, nullable=False),
    Column("requested_by", String(320), nullable=False),
    Column("followed_at", Instant, nullable=True),
    Column("version", Integer, nullable=False, default=1),
    CheckConstraint(
        "status IN ('Pending', 'Scheduled', 'Pending Cancel', 'Canceled', 'Paid')", name="status"
    ),
    CheckConstraint("origin IN ('portal', 'desk')", name="origin"),
    CheckConstraint("sending IN ('queued', 'sending', 'sent', 'unknown', 'refused')", name="sending"),
    CheckConstraint("amount_minor > 0", name="amount_minor"),
    Index("ix_payment_user_id", "user_id", "id"),
    Index("ix_payment_contract_oid", "contract_oid", "id"),
    Index("ix_payment_status", "status", "id"),
    Index("ix_payment_amount_minor", "amount_minor", "id"),
    Index("ix_payment_requested_at", "requested_at", "id"),
)

# One row for each step that somebody took or that was learned from ASPIRE, with what proves it.
payment_event = Table(
    "payment_event",
    metadata,
    Column("id", Id, primary_key=True),
    Column("payment_id", Id, ForeignKey("payment.id"), nullable=False),
    Column("kind", String(24), nullable=False),
    Column("at", Instant, nullable=False),
    Column("learned_at", Instant, nullable=False),
    Column("operator", String(200), nullable=False),
    Column("evidence", JSON(none_as_null=True), nullable=False),
    Index("ix_payment_event_payment_id", "payment_id", "id"),
)

service_request = Table(
    "service_request",
    metadata,
    Column("id", Id, primary_key=True),
    Column("site_id", Id, ForeignKey("site.id"), nullable=False),
    Column("user_id", Id, ForeignKey("end_user.id"), nullable=False),
    Column("contract_oid", Id, nullable=True),
    Column("contract_id", String(64), nullable=True),
    Column("kind", String(24), nullable=False),
    Column("subject", String(200), nullable=False),
    Column("message", Text, nullable=False),
    Column("status", String(16), nullable=False),
    Column("assigned_to", String(200), nullable=True),
    Column("requested_at", Instant, nullable=False),
    Column("due_at", Instant, nullable=False),
    Column("closed_at", Instant, nullable=True),
    Column("hand_over", String(16), nullable=True),
    Column("hand_over_key", String(64), nullable=True),
    Column("handed_over_at", Instant, nullable=True),
    Column("comment_oid", Id, nullable=True),
    Column("version", Integer, nullable=False, default=1),
    CheckConstraint(
        "kind IN ('payoff_quote', 'address_change', 'insurance', 'document', 'question')", name="kind"
    ),
    CheckConstraint("status IN ('New', 'In Progress', 'Waiting', 'Done', 'Declined')", name="status"),
    CheckConstraint("hand_over IN ('sending', 'sent', 'unknown', 'refused')", name="hand_over"),
    Index("ix_service_request_status", "status", "due_at", "id"),
    Index("ix_service_request_user_id", "user_id", "id"),
    Index("ix_service_request_assigned_to", "assigned_to", "due_at", "id"),
)

# `for_caller` notes are replies that the portal shows to the person; the others stay at the desk.
service_request_note = Table(
    "service_request_note",
    metadata,
    Column("id", Id, primary_key=True),
    Column("request_id", Id, ForeignKey("service_request.id"), nullable=False),
    Column("at", Instant, nullable=False),
    Column("operator", String(200), nullable=False),
    Column("for_caller", Boolean, nullable=False),
    Column("note", Text, nullable=False),
    Index("ix_service_request_note_request_id", "request_id", "id"),
)

# As it was typed, because that is what the caller asks about; `email_key` and `contract_id_key` find it.
enrollment_attempt = Table(
    "enrollment_attempt",
    metadata,
    Column("id", Id, primary_key=True),
    Column("site_id", Id, ForeignKey("site.id"), nullable=False),
    Column("at", Instant, nullable=False),
    Column("first_name", String(200), nullable=False),
    Column("last_name", String(200), nullable=False),
    Column("email", String(320), nullable=False),
    Column("email_key", String(320), nullable=False),
    Column("postal_code", String(32), nullable=False),
    Column("contract_id", String(64), nullable=False),
    Column("contract_id_key", String(64), nullable=False),
    Column("edition", String(8), nullable=False),
    Column("outcome", String(16), nullable=False),
    Column("refused_by", String(200), nullable=False),  # the checks that refused it, by commas
    Column("user_id", Id, ForeignKey("end_user.id"), nullable=True),
    CheckConstraint("outcome IN ('accepted', 'refused', 'cannot_tell')", name="outcome"),
    Index("ix_enrollment_attempt_at", "at", "id"),
    Index("ix_enrollment_attempt_site_id", "site_id", "at", "id"),
    Index("ix_enrollment_attempt_email_key", "email_key", "id"),
    Index("ix_enrollment_attempt_contract_id_key", "contract_id_key", "id"),
    Index("ix_enrollment_attempt_user_id", "user_id", "id"),
)

call_note = Table(
    "call_note",
    metadata,
    Column("id", Id, primary_key=True),
    Column("user_id", Id, ForeignKey("end_user.id"), nullable=False),
    Column("contract_id", String(64), nullable=True),
    Column("at", Instant, nullable=False),
    Column("operator", String(200), nullable=False),
    Column("note", Text, nullable=False),
    Index("ix_call_note_user_id", "user_id", "id"),
)
