"""Tables of which the portal database is the system of record."""

from __future__ import annotations

from sqlalchemy import (
    CheckConstraint,
    Column,
    Date,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    String,
    Table,
    Text,
    UniqueConstraint,
)

from portal_admin.models.base import Id, Instant, metadata

site = Table(
    "site",
    metadata,
    Column("id", Id, primary_key=True),
    Column("key", String(64), nullable=False, unique=True),
    Column("name", String(200), nullable=False),
    Column("version", Integer, nullable=False, default=1),
    Column("created_at", Instant, nullable=False),
)

# label_key "" stands for contracts without a label, so that one join serves labelled and unlabelled contracts.
site_private_label = Table(
    "site_private_label",
    metadata,
    Column("site_id", Id, ForeignKey("site.id"), primary_key=True),
    Column("label_key", String(200), primary_key=True),
    Column("label", String(200), nullable=False),
    Index("ix_site_private_label_label_key", "label_key"),
)

# Who a site's mails come from, and where their links lead.
site_brand = Table(
    "site_brand",
    metadata,
    Column("site_id", Id, ForeignKey("site.id"), primary_key=True),
    Column("sender_name", String(200), nullable=False),
    Column("sender_address", String(320), nullable=False),
    Column("support_email", String(320), nullable=False),
    Column("link_base", String(400), nullable=False),
    Column("color", String(7), nullable=True),
    Column("logo", LargeBinary, nullable=True),
    Column("logo_type", String(64), nullable=True),
    Column("version", Integer, nullable=False, default=1),
)

setting = Table(
    "setting",
    metadata,
    Column("key", String(64), primary_key=True),
    Column("value", Text, nullable=False),
)

end_user = Table(
    "end_user",
    metadata,
    Column("id", Id, primary_key=True),
    Column("site_id", Id, ForeignKey("site.id"), nullable=False),
    Column("email", String(320), nullable=False),  # canonical: see domain.text.canonical_email
    Column("first_name", String(200), nullable=False),
    Column("last_name", String(200), nullable=False),
    Column("name_key", String(401), nullable=False),
    Column("sound_keys", Text, nullable=False, server_default=""),  # see domain.sound
    Column("status", String(16), nullable=False),
    Column("version", Integer, nullable=False, default=1),
    Column("created_at", Instant, nullable=False),
    Column("created_by", String(200), nullable=False),
    UniqueConstraint("site_id", "email"),
    CheckConstraint("status IN ('Pending', 'Active', 'Inactive')", name="status"),
    Index("ix_end_user_email", "email", "id"),
    Index("ix_end_user_name_key", "name_key", "id"),
    Index("ix_end_user_status", "status", "name_key", "id"),
    Index("ix_end_user_site_id", "site_id", "name_key", "id"),
    Index("ix_end_user_created_at", "created_at", "id"),
)

# account_oid is no foreign key: a link outlives its account's absence from the snapshot.
account_link = Table(
    "account_link",
    metadata,
    Column("id", Id, primary_key=True),
    Column("user_id", Id, ForeignKey("end_user.id"), nullable=False),
    Column("account_oid", Id, nullable=False),
    Column("account_id", String(64), nullable=False),
    Column("created_at", Instant, nullable=False),
    Column("created_by", String(200), nullable=False),
    UniqueConstraint("user_id", "account_oid"),
    Index("ix_account_link_account_oid", "account_oid", "user_id"),
)

# message_key identifies a mail everywhere: in its Message-ID, and to its link's token.
mail_outbox = Table(
    "mail_outbox",
    metadata,
    Column("id", Id, primary_key=True),
    Column("message_key", String(36), nullable=False, unique=True),
    Column("user_id", Id, ForeignKey("end_user.id"), nullable=False),
    Column("kind", String(16), nullable=False),
    Column("recipient", String(320), nullable=False),
    Column("status", String(16), nullable=False),
    Column("created_at", Instant, nullable=False),
    Column("created_by", String(200), nullable=False),
    Column("attempts", Integer, nullable=False, default=0),
    Column("due_at", Instant, nullable=False),
    Column("claimed_until", Instant, nullable=True),
    Column("sent_at", Instant, nullable=True),
    Column("expires_at", Instant, nullable=True),
    Column("failure", Text, nullable=True),
    CheckConstraint("kind IN ('registration', 'reset')", name="kind"),
    CheckConstraint("status IN ('queued', 'sent', 'failed', 'superseded', 'canceled')", name="status"),
    Index("ix_mail_outbox_user_id", "user_id", "id"),
    Index("ix_mail_outbox_status", "status", "due_at", "id"),
)

field_note = Table(
    "field_note",
    metadata,
    Column("id", Id, primary_key=True),
    Column("field_key", String(120), nullable=False),
    Column("note", Text, nullable=False),
    Column("verified_on", Date, nullable=True),
    Column("created_at", Instant, nullable=False),
    Column("created_by", String(200), nullable=False),
    Index("ix_field_note_field_key", "field_key", "id"),
)
