"""Substring search of end users and accounts; the key columns are already case-folded."""

from __future__ import annotations

from alembic import op

revision = "0002"
down_revision = "0001"

# Table searched, its integer key, the columns searched.
SEARCHED = (
    ("end_user", "id", ("name_key", "email")),
    ("aspire_account", "oid", ("account_id_key", "name_key")),
)


def upgrade() -> None:
    """SQLite: full-text tables kept true by triggers. PostgreSQL: trigram indexes. Others search without."""
    dialect = op.get_context().dialect.name
    statements = {"sqlite": _sqlite, "postgresql": _postgresql}.get(dialect)
    if statements is None:
        return
    if dialect == "postgresql":
        op.execute("CREATE EXTENSION IF NOT EXISTS pg_trgm")
    for table, key, columns in SEARCHED:
        for statement in statements(table, key, columns):
            op.execute(statement)


def _postgresql(table: str, _key: str, columns: tuple[str, ...]) -> list[str]:
    return [
        f"CREATE INDEX ix_{table}_{column}_trgm ON {table} USING gin ({column} gin_trgm_ops)"
        for column in columns
    ]


def _sqlite(table: str, key: str, columns: tuple[str, ...]) -> list[str]:
    index = f"{table}_search"
    names = ", ".join(columns)
    old = ", ".join(f"old.{column}" for column in columns)
    new = ", ".join(f"new.{column}" for column in columns)
    differs = " OR ".join(f"old.{column} IS NOT new.{column}" for column in columns)
    # FTS5 writes to disk once a statement: many rows to an INSERT cost less than half of one row each.
    # An external-content index stores no text of its own, so it must be told what to forget.
    forget = f"INSERT INTO {index}({index}, rowid, {names}) VALUES ('delete', old.{key}, {old});"  # noqa: S608
    learn = f"INSERT INTO {index}(rowid, {names}) VALUES (new.{key}, {new});"  # noqa: S608
    return [
        f"CREATE VIRTUAL TABLE {index} USING fts5"
        f"({names}, content='{table}', content_rowid='{key}', tokenize='trigram')",
        f"INSERT INTO {index}({index}) VALUES ('rebuild')",  # noqa: S608
        f"CREATE TRIGGER {index}_insert AFTER INSERT ON {table} BEGIN {learn} END",
        f"CREATE TRIGGER {index}_delete AFTER DELETE ON {table} BEGIN {forget} END",
        # A sync writes all columns of a row, mostly with the text they had.
        f"CREATE TRIGGER {index}_update AFTER UPDATE OF {names} ON {table} WHEN {differs} "
        f"BEGIN {forget} {learn} END",
    ]
