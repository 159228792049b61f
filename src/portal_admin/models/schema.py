"""Whether the database has the schema of this program, and the way there."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import Connection, Engine, inspect, text

from portal_admin.errors import DatabaseProblem, SchemaMismatch
from portal_admin.models import metadata
from portal_admin.models.engine import reading, unhurried
from portal_admin.models.failures import translated
from portal_admin.models.migrations.comparison import SEARCH_TABLES, SEARCH_TRIGGERS

if TYPE_CHECKING:
    from alembic.config import Config

# The newest revision in migrations/versions, so that opening a database need not import alembic.
HEAD = "0006"
MIGRATIONS = Path(__file__).with_name("migrations")
# Table and column of everything there is. A server's own catalogue, because what the standard's shows depends on rights.
COLUMNS = {
    "sqlite": "select t.name, c.name from sqlite_master t join pragma_table_info(t.name) c where t.type = 'table'",
    "postgresql": (
        "select c.relname, a.attname from pg_attribute a join pg_class c on c.oid = a.attrelid "
        "join pg_namespace n on n.oid = c.relnamespace where n.nspname = current_schema() "
        "and c.relkind in ('r', 'p') and a.attnum > 0 and not a.attisdropped"
    ),
    "mssql": "select table_name, column_name from information_schema.columns where table_schema = schema_name()",
}
RESTORE = {"sqlite": "Restore the last backup with `portal-admin db restore`."}
RESTORE_SERVER = "Ask whoever looks after the server to restore a backup."


def schema_of(connection: Connection) -> str | None:
    """The revision the database is at, None when it was never set up."""
    if not inspect(connection).has_table("alembic_version"):
        return None
    return connection.execute(text("select version_num from alembic_version")).scalar()


def check_schema(engine: Engine) -> None:
    """Raises SchemaMismatch, naming the side that is too old, unless the schema is this program's."""
    with reading(engine) as connection:
        found = schema_of(connection)
    if found == HEAD:
        return
    if found is None:
        raise SchemaMismatch("The portal database is not set up yet. Run `portal-admin db upgrade`.")
    if is_newer(found):
        raise SchemaMismatch(
            f"The portal database has schema {found}, which is newer than this program knows ({HEAD}). "
            "Install the newer Portal Admin on this machine."
        )
    raise SchemaMismatch(
        f"The portal database has schema {found}, older than this program needs ({HEAD}). "
        "Run `portal-admin db upgrade` once; it keeps a backup."
    )


def check_whole(engine: Engine) -> None:
    """Raises SchemaMismatch as `check_schema` does, and when anything of the schema is gone; too slow for each start."""
    check_schema(engine)
    with reading(engine) as connection:
        missing = missing_parts(connection)
    if missing:
        raise SchemaMismatch(
            f"The portal database has lost what it needs: {', '.join(missing)}. "
            + RESTORE.get(engine.dialect.name, RESTORE_SERVER),
            title="The portal database is not whole",
        )


def missing_parts(connection: Connection) -> tuple[str, ...]:
    """What a database at HEAD lacks of the models' tables and columns, and on SQLite of the search indexes."""
    found: dict[str, set[str]] = {}
    for table_name, column_name in connection.exec_driver_sql(COLUMNS[connection.dialect.name]):
        found.setdefault(table_name, set()).add(column_name)
    missing: list[str] = []
    for table in metadata.sorted_tables:
        if table.name not in found:
            missing.append(f"table {table.name}")
        else:
            gone = (column.name for column in table.columns if column.name not in found[table.name])
            missing += [f"column {table.name}.{name}" for name in gone]
    if connection.dialect.name == "sqlite":
        parts = set(connection.exec_driver_sql("select type || ' ' || name from sqlite_master").scalars())
        needed = [f"table {name}" for name in SEARCH_TABLES] + [f"trigger {name}" for name in SEARCH_TRIGGERS]
        missing += [part for part in needed if part not in parts]
    return tuple(missing)


def is_newer(revision: str) -> bool:
    """Whether this program does not know the revision: only a newer one could have written it."""
    from alembic.script import ScriptDirectory

    known = ScriptDirectory.from_config(migration_config()).walk_revisions()
    return revision not in {script.revision for script in known}


def migration_config() -> Config:
    """Alembic's configuration, held in the package so that no file need be installed beside it."""
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    return config


def upgrade_schema(engine: Engine) -> None:
    """Brings the schema to HEAD in one transaction; nothing changes when a step fails."""
    from alembic import command

    with _migrating(engine) as connection:
        config = migration_config()
        config.attributes["connection"] = connection
        command.upgrade(config, "head")


@contextmanager
def _migrating(engine: Engine) -> Iterator[Connection]:
    """A write transaction; SQLite's foreign keys are checked at its end, because rebuilding a table drops the old one."""
    with translated(), engine.connect().execution_options(writes=True) as connection:
        if engine.dialect.name != "sqlite":
            with connection.begin(), unhurried(connection):
                yield connection
            return
        driver = connection.connection
        driver.execute("pragma foreign_keys = off")
        try:
            with connection.begin():
                yield connection
                if connection.exec_driver_sql("pragma foreign_key_check").first():
                    raise DatabaseProblem(
                        "The upgrade would have left rows without their parents, so nothing was changed. "
                        "Run `portal-admin db check`."
                    )
        finally:
            driver.execute("pragma foreign_keys = on")
