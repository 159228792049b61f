"""Who works at the desks, and how callers proved who they are."""

from __future__ import annotations

from sqlalchemy import CheckConstraint, Column, ForeignKey, Index, Integer, String, Table, Text

from portal_admin.models.base import Id, Instant, metadata

# A person who left keeps the row, without a role, so that the audit's names stay explained.
operator = Table(
    "operator",
    metadata,
    Column("name_key", String(200), primary_key=True),
    Column("name", String(200), nullable=False),
    Column("role", String(16), nullable=True),
    Column("version", Integer, nullable=False, default=1),
    Column("created_at", Instant, nullable=False),
    Column("created_by", String(200), nullable=False),
    CheckConstraint("role IN ('Read-only', 'CSR', 'Administrator')", name="role"),
)

caller_verification = Table(
    "caller_verification",
    metadata,
    Column("id", Id, primary_key=True),
    Column("user_id", Id, ForeignKey("end_user.id"), nullable=False),
    Column("method", String(16), nullable=False),
    Column("note", Text, nullable=False),
    Column("at", Instant, nullable=False),
    Column("operator", String(200), nullable=False),
    CheckConstraint("method IN ('call_back', 'code', 'approval')", name="method"),
    Index("ix_caller_verification_user_id", "user_id", "id"),
)
