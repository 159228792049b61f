"""Operators, caller verifications, imports, brands, mail delivery, and the hash chain of the audit."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime

import sqlalchemy as sa
from alembic import context, op

from portal_admin.domain.audit_chain import GENESIS, link_hash

revision = "0003"
down_revision = "0002"

Id = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
Instant = sa.DateTime(timezone=True)
ROWS = 1000
# A server sorts by the rules of a language, and can then find no text by its first letters.
BY_CODE_POINT = """
DO $body$
DECLARE
    change text;
BEGIN
    FOR change IN
        SELECT 'ALTER TABLE ' || quote_ident(table_name) || ' ' || string_agg(
            'ALTER COLUMN ' || quote_ident(column_name) || ' TYPE '
            || coalesce('varchar(' || character_maximum_length || ')', 'text') || ' COLLATE "C"', ', ')
        FROM information_schema.columns JOIN information_schema.tables USING (table_schema, table_name)
        WHERE table_schema = current_schema() AND table_type = 'BASE TABLE'
            AND data_type IN ('character varying', 'text') AND collation_name IS DISTINCT FROM 'C'
        GROUP BY table_name
    LOOP
        EXECUTE change;
    END LOOP;
END $body$
"""


def upgrade() -> None:
    """Create the new tables, then give the rows already there what the new columns need."""
    _create_operators()
    _create_imports()
    _create_brand()
    _extend_outbox()
    _extend_audit()
    if op.get_context().dialect.name == "postgresql":
        op.execute(BY_CODE_POINT)


def _create_operators() -> None:
    op.create_table(
        "operator",
        sa.Column("name_key", sa.String(length=200), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("role", sa.String(length=16), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", Instant, nullable=False),
        sa.Column("created_by", sa.String(length=200), nullable=False),
        sa.CheckConstraint("role IN ('Read-only', 'CSR', 'Administrator')", name=op.f("ck_operator_role")),
        sa.PrimaryKeyConstraint("name_key", name=op.f("pk_operator")),
    )
    op.create_table(
        "caller_verification",
        sa.Column("id", Id, nullable=False),
        sa.Column("user_id", Id, nullable=False),
        sa.Column("method", sa.String(length=16), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("at", Instant, nullable=False),
        sa.Column("operator", sa.String(length=200), nullable=False),
        sa.CheckConstraint(
            "method IN ('call_back', 'code', 'approval')", name=op.f("ck_caller_verification_method")
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["end_user.id"], name=op.f("fk_caller_verification_user_id_end_user")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_caller_verification")),
    )
    op.create_index("ix_caller_verification_user_id", "caller_verification", ["user_id", "id"])


def _create_imports() -> None:
    counts = ("read", "created", "changed", "unchanged", "refused")
    op.create_table(
        "import_batch",
        sa.Column("id", Id, nullable=False),
        sa.Column("site_id", Id, nullable=False),
        sa.Column("file_name", sa.String(length=400), nullable=False),
        sa.Column("file_hash", sa.String(length=64), nullable=False),
        sa.Column("options", sa.JSON(), nullable=False),
        sa.Column("status", sa.String(length=16), nullable=False),
        *(sa.Column(name, sa.Integer(), nullable=False) for name in counts),
        sa.Column("operation_id", sa.String(length=36), nullable=False),
        sa.Column("runner", sa.String(length=64), nullable=True),
        sa.Column("runner_until", Instant, nullable=True),
        sa.Column("created_at", Instant, nullable=False),
        sa.Column("created_by", sa.String(length=200), nullable=False),
        sa.CheckConstraint(
            "status IN ('running', 'done', 'canceled', 'undone')", name=op.f("ck_import_batch_status")
        ),
        sa.ForeignKeyConstraint(["site_id"], ["site.id"], name=op.f("fk_import_batch_site_id_site")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_import_batch")),
    )
    op.create_index("ix_import_batch_file_hash", "import_batch", ["file_hash", "id"])
    op.create_index("ix_import_batch_created_at", "import_batch", ["created_at", "id"])
    op.create_table(
        "import_row",
        sa.Column("batch_id", Id, autoincrement=False, nullable=False),
        sa.Column("row", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("email", sa.String(length=320), nullable=False),
        sa.Column("record", sa.JSON(), nullable=False),
        sa.Column("result", sa.String(length=16), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("effect", sa.JSON(), nullable=True),
        sa.CheckConstraint(
            "result IN ('created', 'changed', 'unchanged', 'refused')", name=op.f("ck_import_row_result")
        ),
        sa.ForeignKeyConstraint(
            ["batch_id"], ["import_batch.id"], name=op.f("fk_import_row_batch_id_import_batch")
        ),
        sa.PrimaryKeyConstraint("batch_id", "row", name=op.f("pk_import_row")),
    )
    op.create_index("ix_import_row_result", "import_row", ["batch_id", "result", "row"])


def _create_brand() -> None:
    op.create_table(
        "site_brand",
        sa.Column("site_id", Id, nullable=False),
        sa.Column("sender_name", sa.String(length=200), nullable=False),
        sa.Column("sender_address", sa.String(length=320), nullable=False),
        sa.Column("support_email", sa.String(length=320), nullable=False),
        sa.Column("link_base", sa.String(length=400), nullable=False),
        sa.Column("color", sa.String(length=7), nullable=True),
        sa.Column("logo", sa.LargeBinary(), nullable=True),
        sa.Column("logo_type", sa.String(length=64), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["site_id"], ["site.id"], name=op.f("fk_site_brand_site_id_site")),
        sa.PrimaryKeyConstraint("site_id", name=op.f("pk_site_brand")),
    )


def _extend_outbox() -> None:
    with op.batch_alter_table("mail_outbox") as table:
        table.add_column(sa.Column("message_key", sa.String(length=36), nullable=True))
        table.add_column(sa.Column("attempts", sa.Integer(), nullable=False, server_default="0"))
        table.add_column(sa.Column("due_at", Instant, nullable=True))
        for name in ("claimed_until", "sent_at", "expires_at"):
            table.add_column(sa.Column(name, Instant, nullable=True))
        table.add_column(sa.Column("failure", sa.Text(), nullable=True))
    if not context.is_offline_mode():
        _name_messages()
    op.drop_index("ix_mail_outbox_status", table_name="mail_outbox")
    with op.batch_alter_table("mail_outbox") as table:
        table.alter_column("message_key", existing_type=sa.String(length=36), nullable=False)
        table.alter_column("due_at", existing_type=Instant, nullable=False)
        table.alter_column(
            "attempts", existing_type=sa.Integer(), existing_nullable=False, server_default=None
        )
        table.create_unique_constraint(op.f("uq_mail_outbox_message_key"), ["message_key"])
        table.drop_constraint(op.f("ck_mail_outbox_status"), type_="check")
        table.create_check_constraint(
            op.f("ck_mail_outbox_status"),
            "status IN ('queued', 'sent', 'failed', 'superseded', 'canceled')",
        )
    op.create_index("ix_mail_outbox_status", "mail_outbox", ["status", "due_at", "id"])


def _name_messages() -> None:
    outbox = sa.table(
        "mail_outbox", *map(sa.column, ("id", "message_key")), sa.column("created_at"), sa.column("due_at")
    )
    connection = op.get_bind()
    connection.execute(sa.update(outbox).values(due_at=outbox.c.created_at))
    rows = [
        {"mail": mail, "name": str(uuid.uuid4())}
        for mail in connection.execute(sa.select(outbox.c.id)).scalars()
    ]
    if rows:
        named = sa.update(outbox).where(outbox.c.id == sa.bindparam("mail"))
        connection.execute(named.values(message_key=sa.bindparam("name")), rows)


def _extend_audit() -> None:
    with op.batch_alter_table("audit_event") as table:
        table.add_column(sa.Column("previous_hash", sa.String(length=64), nullable=True))
        table.add_column(sa.Column("hash", sa.String(length=64), nullable=True))
    # A script cannot compute hashes: one that is run by hand on a database with audit lines stops here.
    if not context.is_offline_mode():
        _chain()
    with op.batch_alter_table("audit_event") as table:
        table.alter_column("previous_hash", existing_type=sa.String(length=64), nullable=False)
        table.alter_column("hash", existing_type=sa.String(length=64), nullable=False)
    for name in ("operator", "action", "at"):
        op.create_index(f"ix_audit_event_{name}", "audit_event", [name, "id"])
    op.create_index("ix_audit_event_operation_id", "audit_event", ["operation_id"])


AUDIT = sa.table(
    "audit_event",
    sa.column("id", Id),
    sa.column("at", Instant),
    *map(sa.column, ("operator", "action", "site_key", "subject", "operation_id", "reason")),
    sa.column("before", sa.JSON(none_as_null=True)),
    sa.column("after", sa.JSON(none_as_null=True)),
    sa.column("previous_hash", sa.String()),
    sa.column("hash", sa.String()),
)


def _chain() -> None:
    connection = op.get_bind()
    written = (
        sa.update(AUDIT)
        .where(AUDIT.c.id == sa.bindparam("line"))
        .values(previous_hash=sa.bindparam("previous"), hash=sa.bindparam("own"))
    )
    previous, last = GENESIS, 0
    while True:
        query = sa.select(AUDIT).where(AUDIT.c.id > last).order_by(AUDIT.c.id).limit(ROWS)
        rows = connection.execute(query).mappings().all()
        links = []
        for row in rows:
            own = link_hash(previous, {**row, "at": _instant(row["at"])})
            links.append({"line": row["id"], "previous": previous, "own": own})
            previous, last = own, row["id"]
        if links:
            connection.execute(written, links)
        if len(rows) < ROWS:
            return


def _instant(value: datetime) -> datetime:
    return value.replace(tzinfo=UTC) if value.tzinfo is None else value
