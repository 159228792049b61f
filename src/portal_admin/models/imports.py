"""What was imported, row by row, so that an import can be resumed, explained and undone."""

from __future__ import annotations

from sqlalchemy import JSON, CheckConstraint, Column, ForeignKey, Index, Integer, String, Table, Text

from portal_admin.models.base import Id, Instant, metadata

import_batch = Table(
    "import_batch",
    metadata,
    Column("id", Id, primary_key=True),
    Column("site_id", Id, ForeignKey("site.id"), nullable=False),
    Column("file_name", String(400), nullable=False),
    Column("file_hash", String(64), nullable=False),
    Column("options", JSON(none_as_null=True), nullable=False),
    Column("status", String(16), nullable=False),
    Column("read", Integer, nullable=False),
    Column("created", Integer, nullable=False),
    Column("changed", Integer, nullable=False),
    Column("unchanged", Integer, nullable=False),
    Column("refused", Integer, nullable=False),
    Column("operation_id", String(36), nullable=False),
    Column("runner", String(64), nullable=True),
    Column("runner_until", Instant, nullable=True),
    Column("created_at", Instant, nullable=False),
    Column("created_by", String(200), nullable=False),
    CheckConstraint("status IN ('running', 'done', 'canceled', 'undone')", name="status"),
    Index("ix_import_batch_file_hash", "file_hash", "id"),
    Index("ix_import_batch_created_at", "created_at", "id"),
)

# `result` is null until the row has been dealt with; `effect` tells what an undo takes back.
import_row = Table(
    "import_row",
    metadata,
    Column("batch_id", Id, ForeignKey("import_batch.id"), primary_key=True, autoincrement=False),
    Column("row", Integer, primary_key=True, autoincrement=False),
    Column("email", String(320), nullable=False),
    Column("record", JSON(none_as_null=True), nullable=False),
    Column("result", String(16), nullable=True),
    Column("reason", Text, nullable=True),
    Column("effect", JSON(none_as_null=True), nullable=True),
    CheckConstraint("result IN ('created', 'changed', 'unchanged', 'refused')", name="result"),
    Index("ix_import_row_result", "batch_id", "result", "row"),
)
