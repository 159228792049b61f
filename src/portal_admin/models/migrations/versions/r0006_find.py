"""Finding anyone with one box: how names sound, every address of a field, and ids without zeros and dashes."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import Any

import sqlalchemy as sa
from alembic import context, op

from portal_admin.domain.addresses import email_key
from portal_admin.domain.sound import sound_keys
from portal_admin.domain.text import name_key, plain_id, short_id
from portal_admin.models.migrations.versions.r0003_provisioning import BY_CODE_POINT

revision = "0006"
down_revision = "0005"

ROWS = 5000
NAME, EMAIL, KEY = 200, 1000, 64
Values = dict[str, Any]

COLUMNS: tuple[tuple[str, str, sa.types.TypeEngine[Any]], ...] = (
    ("end_user", "sound_keys", sa.Text()),
    ("aspire_account", "email_key", sa.String(length=EMAIL)),
    ("aspire_account", "sound_keys", sa.Text()),
    ("aspire_contact", "name_key", sa.String(length=NAME)),
    ("aspire_contact", "email_key", sa.String(length=EMAIL)),
    ("aspire_contact", "sound_keys", sa.Text()),
    ("aspire_contract", "contract_id_plain", sa.String(length=KEY)),
    ("aspire_contract", "contract_id_short", sa.String(length=KEY)),
)
INDEXES: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("aspire_account", ("email_key", "oid")),
    ("aspire_contact", ("name_key", "oid")),
    ("aspire_contact", ("email_key", "oid")),
    ("aspire_contract", ("contract_id_plain",)),
    ("aspire_contract", ("contract_id_short",)),
)

# Any three letters of these columns find a row; those of end users are as migration 0002 made them.
TRIGRAM: tuple[tuple[str, str, tuple[str, ...]], ...] = (
    ("aspire_account", "oid", ("account_id_key", "name_key", "email_key")),
    ("aspire_contact", "oid", ("name_key", "email_key")),
)
# Sounds are looked up whole, and nothing else is found by them.
SOUND: tuple[tuple[str, str, tuple[str, ...]], ...] = (
    ("end_user", "id", ("sound_keys",)),
    ("aspire_account", "oid", ("sound_keys",)),
    ("aspire_contact", "oid", ("sound_keys",)),
)
TRIGRAM_OPTIONS = "tokenize='trigram'"
SOUND_OPTIONS = "tokenize='unicode61', detail='none', columnsize=0"
SERVER_TRIGRAM: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("aspire_account", ("email_key", "sound_keys")),
    ("aspire_contact", ("name_key", "email_key", "sound_keys")),
    ("end_user", ("sound_keys",)),
)


def upgrade() -> None:
    """Add the columns, fill them for the rows already there, then index them; a script for a server fills none."""
    dialect = op.get_context().dialect.name
    for table, column, kind in COLUMNS:
        op.add_column(table, sa.Column(column, kind, nullable=False, server_default=""))
    if dialect == "postgresql":
        op.execute(BY_CODE_POINT)
    if dialect == "sqlite":
        _forget("aspire_account_search")
    # Rows that a script leaves empty are filled by the next full sync, and a user's when they are renamed.
    if not context.is_offline_mode():
        with _unaudited(dialect):
            for fill in FILLS:
                _fill(*fill)
    for table, indexed in INDEXES:
        op.create_index(f"ix_{table}_{indexed[0]}", table, list(indexed))
    if dialect == "sqlite":
        for table, key, columns in TRIGRAM:
            _index(f"{table}_search", table, key, columns, TRIGRAM_OPTIONS)
        for table, key, columns in SOUND:
            _index(f"{table}_sound", table, key, columns, SOUND_OPTIONS)
    if dialect == "postgresql":
        for table, columns in SERVER_TRIGRAM:
            for column in columns:
                op.execute(
                    f"CREATE INDEX ix_{table}_{column}_trgm ON {table} USING gin ({column} gin_trgm_ops)"
                )


def _user(row: Any) -> Values:
    return {"sound_keys": sound_keys(row.first_name, row.last_name)}


def _account(row: Any) -> Values:
    return {"email_key": email_key(row.email)[:EMAIL], "sound_keys": sound_keys(row.name)}


def _contact(row: Any) -> Values:
    return {
        "name_key": name_key(row.name)[:NAME],
        "email_key": email_key(row.email)[:EMAIL],
        "sound_keys": sound_keys(row.name),
    }


def _contract(row: Any) -> Values:
    return {
        "contract_id_plain": plain_id(row.contract_id)[:KEY],
        "contract_id_short": short_id(row.contract_id)[:KEY],
    }


FILLS: tuple[tuple[str, str, tuple[str, ...], Callable[[Any], Values]], ...] = (
    ("end_user", "id", ("first_name", "last_name"), _user),
    ("aspire_account", "oid", ("name", "email"), _account),
    ("aspire_contact", "oid", ("name", "email"), _contact),
    ("aspire_contract", "oid", ("contract_id",), _contract),
)


def _fill(name: str, key: str, read: tuple[str, ...], values_of: Callable[[Any], Values]) -> None:
    connection = op.get_bind()
    written = [column for table, column, _ in COLUMNS if table == name]
    table = sa.table(name, *map(sa.column, (key, *read, *written)))
    update = (
        sa.update(table)
        .where(table.c[key] == sa.bindparam("of_row"))
        .values({column: sa.bindparam(f"new_{column}") for column in written})
    )
    for rows in _pieces(connection, sa.select(table.c[key].label("of_row"), *(table.c[c] for c in read))):
        connection.execute(update, [_named(row.of_row, values_of(row)) for row in rows])


def _named(key: int, values: Values) -> Values:
    return {"of_row": key} | {f"new_{column}": value for column, value in values.items()}


def _pieces(connection: sa.Connection, query: sa.Select[Any]) -> Iterator[list[Any]]:
    key = query.selected_columns.of_row
    last: int | None = None
    while True:
        after = query if last is None else query.where(key > last)
        rows = list(connection.execute(after.order_by(key).limit(ROWS)).all())
        if rows:
            yield rows
            last = rows[-1].of_row
        if len(rows) < ROWS:
            return


@contextmanager
def _unaudited(dialect: str) -> Iterator[None]:
    """A column that follows from a name is no change of a user, for which the server would ask a line of the audit."""
    if dialect == "postgresql":
        op.execute("ALTER TABLE end_user DISABLE TRIGGER USER")
    yield
    if dialect == "postgresql":
        op.execute("ALTER TABLE end_user ENABLE TRIGGER USER")


def _forget(index: str) -> None:
    for change in ("insert", "delete", "update"):
        op.execute(f"DROP TRIGGER {index}_{change}")
    op.execute(f"DROP TABLE {index}")


def _index(index: str, table: str, key: str, columns: Iterable[str], options: str) -> None:
    """As in migration 0002: an index without text of its own, kept true by triggers."""
    columns = tuple(columns)
    names = ", ".join(columns)
    old = ", ".join(f"old.{column}" for column in columns)
    new = ", ".join(f"new.{column}" for column in columns)
    differs = " OR ".join(f"old.{column} IS NOT new.{column}" for column in columns)
    forget = f"INSERT INTO {index}({index}, rowid, {names}) VALUES ('delete', old.{key}, {old});"  # noqa: S608
    learn = f"INSERT INTO {index}(rowid, {names}) VALUES (new.{key}, {new});"  # noqa: S608
    for statement in (
        f"CREATE VIRTUAL TABLE {index} USING fts5"
        f"({names}, content='{table}', content_rowid='{key}', {options})",
        f"INSERT INTO {index}({index}) VALUES ('rebuild')",  # noqa: S608
        f"CREATE TRIGGER {index}_insert AFTER INSERT ON {table} BEGIN {learn} END",
        f"CREATE TRIGGER {index}_delete AFTER DELETE ON {table} BEGIN {forget} END",
        f"CREATE TRIGGER {index}_update AFTER UPDATE OF {names} ON {table} WHEN {differs} "
        f"BEGIN {forget} {learn} END",
    ):
        op.execute(statement)
