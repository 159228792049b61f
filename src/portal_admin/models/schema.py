"""Whether the database has the schema of this program, and the way there."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import Connection, Engine, inspect, text

from portal_admin.errors import DatabaseProblem, SchemaMismatch
from portal_admin.models.engine import reading, unhurried
from portal_admin.models.failures import translated

if TYPE_CHECKING:
    from alembic.config import Config

# The newest revision in migrations/versions, so that opening a database need not import alembic.
HEAD = "0004"
MIGRATIONS = Path(__file__).with_name("migrations")


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
