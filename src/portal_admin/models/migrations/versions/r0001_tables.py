"""The portal's own tables and the snapshot of ASPIRE."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None

Id = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
Instant = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Create every table."""
    op.create_table(
        "aspire_account",
        sa.Column("oid", Id, autoincrement=False, nullable=False),
        sa.Column("account_id", sa.String(length=64), nullable=False),
        sa.Column("account_id_key", sa.String(length=64), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("name_key", sa.String(length=200), nullable=False),
        sa.Column("email", sa.String(length=1000), nullable=True),
        sa.Column("status", sa.String(length=64), nullable=True),
        sa.Column("changed_at", Instant, nullable=True),
        sa.Column("fingerprint", sa.BigInteger(), nullable=False),
        sa.Column("seen", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("oid", name=op.f("pk_aspire_account")),
    )
    op.create_index("ix_aspire_account_account_id_key", "aspire_account", ["account_id_key"])
    op.create_index("ix_aspire_account_name_key", "aspire_account", ["name_key", "oid"])
    op.create_table(
        "aspire_contact",
        sa.Column("oid", Id, autoincrement=False, nullable=False),
        sa.Column("account_oid", Id, nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("email", sa.String(length=1000), nullable=True),
        sa.Column("changed_at", Instant, nullable=True),
        sa.Column("fingerprint", sa.BigInteger(), nullable=False),
        sa.Column("seen", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("oid", name=op.f("pk_aspire_contact")),
    )
    op.create_index("ix_aspire_contact_account_oid", "aspire_contact", ["account_oid"])
    op.create_table(
        "aspire_contract",
        sa.Column("oid", Id, autoincrement=False, nullable=False),
        sa.Column("contract_id", sa.String(length=64), nullable=False),
        sa.Column("contract_id_key", sa.String(length=64), nullable=False),
        sa.Column("is_booked", sa.Boolean(), nullable=False),
        sa.Column("booked_at", Instant, nullable=True),
        sa.Column("is_terminated", sa.Boolean(), nullable=False),
        sa.Column("termination_date", sa.Date(), nullable=True),
        sa.Column("private_label", sa.String(length=200), nullable=True),
        sa.Column("label_key", sa.String(length=200), nullable=False),
        sa.Column("contract_type", sa.String(length=64), nullable=True),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("payment_amount_minor", sa.BigInteger(), nullable=True),
        sa.Column("next_due_date", sa.Date(), nullable=True),
        sa.Column("remaining_balance_minor", sa.BigInteger(), nullable=True),
        sa.Column("bill_to", sa.Text(), nullable=True),
        sa.Column("changed_at", Instant, nullable=True),
        sa.Column("fingerprint", sa.BigInteger(), nullable=False),
        sa.Column("seen", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("oid", name=op.f("pk_aspire_contract")),
    )
    op.create_index("ix_aspire_contract_contract_id_key", "aspire_contract", ["contract_id_key"])
    op.create_index("ix_aspire_contract_label_key", "aspire_contract", ["label_key"])
    op.create_table(
        "aspire_contract_detail",
        sa.Column("contract_oid", Id, autoincrement=False, nullable=False),
        sa.Column("data_class", sa.String(length=32), nullable=False),
        sa.Column("as_of", Instant, nullable=False),
        sa.Column("record", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("contract_oid", "data_class", name=op.f("pk_aspire_contract_detail")),
    )
    op.create_index("ix_aspire_contract_detail_data_class", "aspire_contract_detail", ["data_class", "as_of"])
    op.create_table(
        "aspire_contract_role",
        sa.Column("contract_oid", Id, autoincrement=False, nullable=False),
        sa.Column("account_oid", Id, autoincrement=False, nullable=False),
        sa.Column("role_type", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint(
            "contract_oid", "account_oid", "role_type", name=op.f("pk_aspire_contract_role")
        ),
    )
    op.create_index(
        "ix_aspire_contract_role_account_oid",
        "aspire_contract_role",
        ["account_oid", "contract_oid", "role_type"],
    )
    op.create_table(
        "audit_event",
        sa.Column("id", Id, nullable=False),
        sa.Column("at", Instant, nullable=False),
        sa.Column("operator", sa.String(length=200), nullable=False),
        sa.Column("action", sa.String(length=64), nullable=False),
        sa.Column("site_key", sa.String(length=64), nullable=True),
        sa.Column("subject", sa.String(length=400), nullable=False),
        sa.Column("operation_id", sa.String(length=36), nullable=False),
        sa.Column("before", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("after", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_event")),
    )
    op.create_index("ix_audit_event_subject", "audit_event", ["subject", "id"])
    op.create_table(
        "field_note",
        sa.Column("id", Id, nullable=False),
        sa.Column("field_key", sa.String(length=120), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("verified_on", sa.Date(), nullable=True),
        sa.Column("created_at", Instant, nullable=False),
        sa.Column("created_by", sa.String(length=200), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_field_note")),
    )
    op.create_index("ix_field_note_field_key", "field_note", ["field_key", "id"])
    op.create_table(
        "lease",
        sa.Column("name", sa.String(length=32), nullable=False),
        sa.Column("holder", sa.String(length=200), nullable=False),
        sa.Column("expires_at", Instant, nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_lease")),
    )
    op.create_table(
        "setting",
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_setting")),
    )
    op.create_table(
        "site",
        sa.Column("id", Id, nullable=False),
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", Instant, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_site")),
        sa.UniqueConstraint("key", name=op.f("uq_site_key")),
    )
    op.create_table(
        "sync_run",
        sa.Column("id", Id, nullable=False),
        sa.Column("started_at", Instant, nullable=False),
        sa.Column("finished_at", Instant, nullable=True),
        sa.Column("full", sa.Boolean(), nullable=False),
        sa.Column("read", sa.Integer(), nullable=False),
        sa.Column("changed", sa.Integer(), nullable=False),
        sa.Column("removed", sa.Integer(), nullable=False),
        sa.Column("generation", sa.Integer(), nullable=True),
        sa.Column("outcome", sa.String(length=16), nullable=False),
        sa.Column("message", sa.Text(), nullable=True),
        sa.Column("operator", sa.String(length=200), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sync_run")),
    )
    op.create_table(
        "sync_state",
        sa.Column("data_class", sa.String(length=32), nullable=False),
        sa.Column("generation", sa.Integer(), nullable=True),
        sa.Column("watermark", Instant, nullable=True),
        sa.Column("confirmed_at", Instant, nullable=True),
        sa.Column("full_at", Instant, nullable=True),
        sa.Column("run_id", Id, nullable=True),
        sa.Column("run_full", sa.Boolean(), nullable=False),
        sa.Column("run_since", Instant, nullable=True),
        sa.Column("run_started", Instant, nullable=True),
        sa.Column("cursor", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("data_class", name=op.f("pk_sync_state")),
    )
    op.create_table(
        "end_user",
        sa.Column("id", Id, nullable=False),
        sa.Column("site_id", Id, nullable=False),
        sa.Column("email", sa.String(length=320), nullable=False),
        sa.Column("first_name", sa.String(length=200), nullable=False),
        sa.Column("last_name", sa.String(length=200), nullable=False),
        sa.Column("name_key", sa.String(length=401), nullable=False),
        sa.Column("status", sa.String(length=16), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", Instant, nullable=False),
        sa.Column("created_by", sa.String(length=200), nullable=False),
        sa.CheckConstraint("status IN ('Pending', 'Active', 'Inactive')", name=op.f("ck_end_user_status")),
        sa.ForeignKeyConstraint(["site_id"], ["site.id"], name=op.f("fk_end_user_site_id_site")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_end_user")),
        sa.UniqueConstraint("site_id", "email", name=op.f("uq_end_user_site_id_email")),
    )
    op.create_index("ix_end_user_created_at", "end_user", ["created_at", "id"])
    op.create_index("ix_end_user_email", "end_user", ["email", "id"])
    op.create_index("ix_end_user_name_key", "end_user", ["name_key", "id"])
    op.create_index("ix_end_user_site_id", "end_user", ["site_id", "name_key", "id"])
    op.create_index("ix_end_user_status", "end_user", ["status", "name_key", "id"])
    op.create_table(
        "site_private_label",
        sa.Column("site_id", Id, nullable=False),
        sa.Column("label_key", sa.String(length=200), nullable=False),
        sa.Column("label", sa.String(length=200), nullable=False),
        sa.ForeignKeyConstraint(["site_id"], ["site.id"], name=op.f("fk_site_private_label_site_id_site")),
        sa.PrimaryKeyConstraint("site_id", "label_key", name=op.f("pk_site_private_label")),
    )
    op.create_index("ix_site_private_label_label_key", "site_private_label", ["label_key"])
    op.create_table(
        "account_link",
        sa.Column("id", Id, nullable=False),
        sa.Column("user_id", Id, nullable=False),
        sa.Column("account_oid", Id, nullable=False),
        sa.Column("account_id", sa.String(length=64), nullable=False),
        sa.Column("created_at", Instant, nullable=False),
        sa.Column("created_by", sa.String(length=200), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["end_user.id"], name=op.f("fk_account_link_user_id_end_user")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_account_link")),
        sa.UniqueConstraint("user_id", "account_oid", name=op.f("uq_account_link_user_id_account_oid")),
    )
    op.create_index("ix_account_link_account_oid", "account_link", ["account_oid", "user_id"])
    op.create_table(
        "mail_outbox",
        sa.Column("id", Id, nullable=False),
        sa.Column("user_id", Id, nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("recipient", sa.String(length=320), nullable=False),
        sa.Column("status", sa.String(length=16), nullable=False),
        sa.Column("created_at", Instant, nullable=False),
        sa.Column("created_by", sa.String(length=200), nullable=False),
        sa.CheckConstraint("kind IN ('registration', 'reset')", name=op.f("ck_mail_outbox_kind")),
        sa.CheckConstraint(
            "status IN ('queued', 'superseded', 'canceled')", name=op.f("ck_mail_outbox_status")
        ),
        sa.ForeignKeyConstraint(["user_id"], ["end_user.id"], name=op.f("fk_mail_outbox_user_id_end_user")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mail_outbox")),
    )
    op.create_index("ix_mail_outbox_status", "mail_outbox", ["status", "id"])
    op.create_index("ix_mail_outbox_user_id", "mail_outbox", ["user_id", "id"])
