"""Payments, service requests, enrolment attempts, call notes, and what the vendor switched on for each site."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from portal_admin.models.migrations.versions.r0003_provisioning import BY_CODE_POINT
from portal_admin.models.migrations.versions.r0004_enforcement import EVERY, HARDENED, ON_CHANGES, schema_name

revision = "0005"
down_revision = "0004"

Id = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
Instant = sa.DateTime(timezone=True)

# As in migration 0004. Left out is what the portal writes by itself, and what is learned from ASPIRE by the way.
AUDITED = (
    ("site_policy", EVERY, "needs_audit", ""),
    ("call_note", EVERY, "needs_audit", ""),
    ("payment", "INSERT", "needs_audit", "WHEN (new.origin = 'desk' OR {schema}.portal_is_desk()) "),
    ("payment", "DELETE", "removal_needs_audit", ""),
    ("payment", "UPDATE", "cancel_needs_audit", "WHEN (new.cancel_key IS DISTINCT FROM old.cancel_key) "),
    ("service_request", "UPDATE OR DELETE", "needs_audit", ""),
    ("service_request_note", EVERY, "needs_audit", ""),
)
# An operator's login does not pass for the portal; a superuser, who has every role, is no operator for that.
IS_DESK = """
CREATE FUNCTION {schema}.portal_is_desk() RETURNS boolean LANGUAGE sql STABLE {hardened} AS $body$
    SELECT EXISTS (
        SELECT FROM pg_roles held JOIN pg_roles login ON login.rolname = session_user
        WHERE held.rolname IN ('portal_read_only', 'portal_csr', 'portal_administrator')
            AND NOT login.rolsuper AND pg_has_role(login.oid, held.oid, 'MEMBER')
    )
$body$
"""
SIGNED = (
    "CREATE TRIGGER {table}_signed BEFORE INSERT ON {schema}.{table} "
    "FOR EACH ROW EXECUTE FUNCTION {schema}.portal_signed()"
)


def upgrade() -> None:
    """Create the tables; a server then holds changes of them to the audit, too."""
    _create_site_policy()
    _create_payments()
    _create_service_requests()
    _create_enrollment_attempts()
    _create_call_notes()
    if op.get_context().dialect.name != "postgresql":
        return
    op.execute(BY_CODE_POINT)
    schema = schema_name()
    op.execute(IS_DESK.format(schema=schema, hardened=HARDENED))
    for table, statements, suffix, when in AUDITED:
        op.execute(
            ON_CHANGES.format(
                table=table,
                statements=statements,
                suffix=suffix,
                when=when.format(schema=schema),
                schema=schema,
            )
        )
    for table in ("call_note", "service_request_note"):
        op.execute(SIGNED.format(table=table, schema=schema))


def _create_site_policy() -> None:
    op.create_table(
        "site_policy",
        sa.Column("site_id", Id, nullable=False),
        sa.Column("payments_enabled", sa.Boolean(), nullable=False),
        sa.Column("bank_accounts", sa.String(length=16), nullable=False),
        sa.Column("bank_accounts_since", Instant, nullable=True),
        sa.Column("mfa_required", sa.Boolean(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("bank_accounts IN ('any', 'existing')", name=op.f("ck_site_policy_bank_accounts")),
        sa.ForeignKeyConstraint(["site_id"], ["site.id"], name=op.f("fk_site_policy_site_id_site")),
        sa.PrimaryKeyConstraint("site_id", name=op.f("pk_site_policy")),
    )


def _create_payments() -> None:
    op.create_table(
        "payment",
        sa.Column("id", Id, nullable=False),
        sa.Column("reference", sa.String(length=64), nullable=False),
        sa.Column("reference_key", sa.String(length=64), nullable=False),
        sa.Column("site_id", Id, nullable=False),
        sa.Column("user_id", Id, nullable=False),
        sa.Column("contract_oid", Id, nullable=False),
        sa.Column("contract_id", sa.String(length=64), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("amount_minor", sa.BigInteger(), nullable=False),
        sa.Column("pay_on", sa.Date(), nullable=False),
        sa.Column("bank_account_oid", Id, nullable=True),
        sa.Column("bank_account", sa.String(length=200), nullable=True),
        sa.Column("is_business", sa.Boolean(), nullable=True),
        sa.Column("status", sa.String(length=16), nullable=False),
        sa.Column("origin", sa.String(length=16), nullable=False),
        sa.Column("sending", sa.String(length=16), nullable=False),
        sa.Column("idempotency_key", sa.String(length=64), nullable=False),
        sa.Column("cancel_key", sa.String(length=64), nullable=True),
        sa.Column("alternate_eft_oid", Id, nullable=True),
        sa.Column("requested_at", Instant, nullable=False),
        sa.Column("requested_by", sa.String(length=320), nullable=False),
        sa.Column("followed_at", Instant, nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("origin IN ('portal', 'desk')", name=op.f("ck_payment_origin")),
        sa.CheckConstraint(
            "sending IN ('queued', 'sending', 'sent', 'unknown', 'refused')", name=op.f("ck_payment_sending")
        ),
        sa.CheckConstraint(
            "status IN ('Pending', 'Scheduled', 'Pending Cancel', 'Canceled', 'Paid')",
            name=op.f("ck_payment_status"),
        ),
        sa.CheckConstraint("amount_minor > 0", name=op.f("ck_payment_amount_minor")),
        sa.ForeignKeyConstraint(["site_id"], ["site.id"], name=op.f("fk_payment_site_id_site")),
        sa.ForeignKeyConstraint(["user_id"], ["end_user.id"], name=op.f("fk_payment_user_id_end_user")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_payment")),
        sa.UniqueConstraint("idempotency_key", name=op.f("uq_payment_idempotency_key")),
        sa.UniqueConstraint("reference_key", name=op.f("uq_payment_reference_key")),
    )
    op.create_index("ix_payment_amount_minor", "payment", ["amount_minor", "id"])
    op.create_index("ix_payment_contract_oid", "payment", ["contract_oid", "id"])
    op.create_index("ix_payment_requested_at", "payment", ["requested_at", "id"])
    op.create_index("ix_payment_status", "payment", ["status", "id"])
    op.create_index("ix_payment_user_id", "payment", ["user_id", "id"])
    op.create_table(
        "payment_event",
        sa.Column("id", Id, nullable=False),
        sa.Column("payment_id", Id, nullable=False),
        sa.Column("kind", sa.String(length=24), nullable=False),
        sa.Column("at", Instant, nullable=False),
        sa.Column("learned_at", Instant, nullable=False),
        sa.Column("operator", sa.String(length=200), nullable=False),
        sa.Column("evidence", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(
            ["payment_id"], ["payment.id"], name=op.f("fk_payment_event_payment_id_payment")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_payment_event")),
    )
    op.create_index("ix_payment_event_payment_id", "payment_event", ["payment_id", "id"])


def _create_service_requests() -> None:
    op.create_table(
        "service_request",
        sa.Column("id", Id, nullable=False),
        sa.Column("site_id", Id, nullable=False),
        sa.Column("user_id", Id, nullable=False),
        sa.Column("contract_oid", Id, nullable=True),
        sa.Column("contract_id", sa.String(length=64), nullable=True),
        sa.Column("kind", sa.String(length=24), nullable=False),
        sa.Column("subject", sa.String(length=200), nullable=False),
        sa.Column("message", sa.Text(), nullable=False),
        sa.Column("status", sa.String(length=16), nullable=False),
        sa.Column("assigned_to", sa.String(length=200), nullable=True),
        sa.Column("requested_at", Instant, nullable=False),
        sa.Column("due_at", Instant, nullable=False),
        sa.Column("closed_at", Instant, nullable=True),
        sa.Column("hand_over", sa.String(length=16), nullable=True),
        sa.Column("hand_over_key", sa.String(length=64), nullable=True),
        sa.Column("handed_over_at", Instant, nullable=True),
        sa.Column("comment_oid", Id, nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "hand_over IN ('sending', 'sent', 'unknown', 'refused')",
            name=op.f("ck_service_request_hand_over"),
        ),
        sa.CheckConstraint(
            "kind IN ('payoff_quote', 'address_change', 'insurance', 'document', 'question')",
            name=op.f("ck_service_request_kind"),
        ),
        sa.CheckConstraint(
            "status IN ('New', 'In Progress', 'Waiting', 'Done', 'Declined')",
            name=op.f("ck_service_request_status"),
        ),
        sa.ForeignKeyConstraint(["site_id"], ["site.id"], name=op.f("fk_service_request_site_id_site")),
        sa.ForeignKeyConstraint(
            ["user_id"], ["end_user.id"], name=op.f("fk_service_request_user_id_end_user")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_service_request")),
    )
    op.create_index("ix_service_request_assigned_to", "service_request", ["assigned_to", "due_at", "id"])
    op.create_index("ix_service_request_status", "service_request", ["status", "due_at", "id"])
    op.create_index("ix_service_request_user_id", "service_request", ["user_id", "id"])
    op.create_table(
        "service_request_note",
        sa.Column("id", Id, nullable=False),
        sa.Column("request_id", Id, nullable=False),
        sa.Column("at", Instant, nullable=False),
        sa.Column("operator", sa.String(length=200), nullable=False),
        sa.Column("for_caller", sa.Boolean(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["request_id"],
            ["service_request.id"],
            name=op.f("fk_service_request_note_request_id_service_request"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_service_request_note")),
    )
    op.create_index("ix_service_request_note_request_id", "service_request_note", ["request_id", "id"])


def _create_enrollment_attempts() -> None:
    op.create_table(
        "enrollment_attempt",
        sa.Column("id", Id, nullable=False),
        sa.Column("site_id", Id, nullable=False),
        sa.Column("at", Instant, nullable=False),
        sa.Column("first_name", sa.String(length=200), nullable=False),
        sa.Column("last_name", sa.String(length=200), nullable=False),
        sa.Column("email", sa.String(length=320), nullable=False),
        sa.Column("email_key", sa.String(length=320), nullable=False),
        sa.Column("postal_code", sa.String(length=32), nullable=False),
        sa.Column("contract_id", sa.String(length=64), nullable=False),
        sa.Column("contract_id_key", sa.String(length=64), nullable=False),
        sa.Column("edition", sa.String(length=8), nullable=False),
        sa.Column("outcome", sa.String(length=16), nullable=False),
        sa.Column("refused_by", sa.String(length=200), nullable=False),
        sa.Column("user_id", Id, nullable=True),
        sa.CheckConstraint(
            "outcome IN ('accepted', 'refused', 'cannot_tell')", name=op.f("ck_enrollment_attempt_outcome")
        ),
        sa.ForeignKeyConstraint(["site_id"], ["site.id"], name=op.f("fk_enrollment_attempt_site_id_site")),
        sa.ForeignKeyConstraint(
            ["user_id"], ["end_user.id"], name=op.f("fk_enrollment_attempt_user_id_end_user")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_enrollment_attempt")),
    )
    op.create_index("ix_enrollment_attempt_at", "enrollment_attempt", ["at", "id"])
    op.create_index("ix_enrollment_attempt_contract_id_key", "enrollment_attempt", ["contract_id_key", "id"])
    op.create_index("ix_enrollment_attempt_email_key", "enrollment_attempt", ["email_key", "id"])
    op.create_index("ix_enrollment_attempt_site_id", "enrollment_attempt", ["site_id", "at", "id"])
    op.create_index("ix_enrollment_attempt_user_id", "enrollment_attempt", ["user_id", "id"])


def _create_call_notes() -> None:
    op.create_table(
        "call_note",
        sa.Column("id", Id, nullable=False),
        sa.Column("user_id", Id, nullable=False),
        sa.Column("contract_id", sa.String(length=64), nullable=True),
        sa.Column("at", Instant, nullable=False),
        sa.Column("operator", sa.String(length=200), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["end_user.id"], name=op.f("fk_call_note_user_id_end_user")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_call_note")),
    )
    op.create_index("ix_call_note_user_id", "call_note", ["user_id", "id"])
