"""The hash-chained record of who did what."""

from __future__ import annotations

from sqlalchemy import JSON, Column, Index, String, Table, Text

from portal_admin.models.base import Id, Instant, metadata

audit_event = Table(
    "audit_event",
    metadata,
    Column("id", Id, primary_key=True),
    Column("at", Instant, nullable=False),
    Column("operator", String(200), nullable=False),
    Column("action", String(64), nullable=False),
    Column("site_key", String(64), nullable=True),
    Column("subject", String(400), nullable=False),
    Column("operation_id", String(36), nullable=False),
    Column("before", JSON(none_as_null=True), nullable=True),
    Column("after", JSON(none_as_null=True), nullable=True),
    Column("reason", Text, nullable=True),
    Column("previous_hash", String(64), nullable=False),
    Column("hash", String(64), nullable=False),
    Index("ix_audit_event_subject", "subject", "id"),
    Index("ix_audit_event_operator", "operator", "id"),
    Index("ix_audit_event_action", "action", "id"),
    Index("ix_audit_event_at", "at", "id"),
    Index("ix_audit_event_operation_id", "operation_id"),
)
