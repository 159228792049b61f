from __future__ import annotations

import io
import re
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Engine, text

from portal_admin.errors import DatabaseProblem, SchemaMismatch
from portal_admin.models import metadata
from portal_admin.models.engine import open_engine, reading, writing
from portal_admin.models.migrations.comparison import is_compared
from portal_admin.models.schema import HEAD, check_schema, migration_config, upgrade_schema


def at_revision(engine: Engine, revision: str) -> None:
    with writing(engine) as connection:
        connection.execute(text("update alembic_version set version_num = :revision"), {"revision": revision})


def test_that_the_migrations_make_exactly_the_tables_of_the_models(engine: Engine) -> None:
    options = {"compare_type": True, "include_object": is_compared, "target_metadata": metadata}
    with reading(engine) as connection:
        context = MigrationContext.configure(connection, opts=options)
        assert compare_metadata(context, metadata) == []


@pytest.mark.databases("sqlite")
def test_that_check_constraints_are_those_of_the_models(engine: Engine, tmp_path: Path) -> None:
    built = open_engine(f"sqlite:///{tmp_path}/built.db", create=True)
    with writing(built) as connection:
        metadata.create_all(connection)

    def checks(source: Engine) -> list[str]:
        query = "select sql from sqlite_master where type = 'table' and sql is not null"
        with reading(source) as connection:
            tables = connection.exec_driver_sql(query).scalars().all()
        return sorted(found for sql in tables for found in re.findall(r"CONSTRAINT ck_.*\)", sql))

    assert checks(engine) == checks(built) != []
    built.dispose()


@pytest.mark.databases("postgresql")
def test_that_a_server_compares_every_text_by_its_code_points(engine: Engine) -> None:
    query = (
        "select table_name, column_name from information_schema.columns where table_schema = 'public' "
        "and data_type in ('character varying', 'text') and collation_name is distinct from 'C'"
    )
    with reading(engine) as connection:
        assert connection.execute(text(query)).all() == []


def test_that_head_is_the_newest_revision() -> None:
    assert ScriptDirectory.from_config(migration_config()).get_heads() == [HEAD]


def test_that_upgrading_twice_changes_nothing(engine: Engine) -> None:
    upgrade_schema(engine)
    check_schema(engine)


# A SQLite file is only ever migrated by the program: its tables are rebuilt from what they are.
@pytest.mark.parametrize("dialect", ["postgresql", "mssql"])
def test_that_the_script_for_a_server_can_be_written(dialect: str) -> None:
    config = migration_config()
    config.attributes["dialect"] = dialect
    config.output_buffer = io.StringIO()
    command.upgrade(config, "head", sql=True)
    script = config.output_buffer.getvalue()
    assert "CREATE TABLE end_user" in script
    assert "RESTRICT" not in script
    assert ("pg_trgm" in script) is (dialect == "postgresql")


# What the other databases take in a table, and T-SQL does not.
NOT_IN_T_SQL = (
    r"\bRESTRICT\b",
    r"\bBOOLEAN\b",
    r"\bTEXT NOT NULL PRIMARY",
    r"\bSERIAL\b",
    r"\bIF NOT EXISTS\b",
    r"\bTRIGGER\b",
    r"\bCOLLATE\b",
    r"\|\|",
    r"\bDEFERRABLE\b",
)


def test_that_the_script_for_sql_server_holds_nothing_that_t_sql_lacks() -> None:
    config = migration_config()
    config.attributes["dialect"] = "mssql"
    config.output_buffer = io.StringIO()
    command.upgrade(config, "head", sql=True)
    script = config.output_buffer.getvalue()
    for table in metadata.sorted_tables:
        assert f"CREATE TABLE {table.name} (" in script or f"CREATE TABLE [{table.name}] (" in script
    assert [pattern for pattern in NOT_IN_T_SQL if re.search(pattern, script)] == []


def test_that_an_older_database_asks_for_the_upgrade(engine: Engine) -> None:
    at_revision(engine, "0001")
    with pytest.raises(SchemaMismatch, match=r"older.*db upgrade"):
        check_schema(engine)


def test_that_a_newer_database_asks_for_the_newer_program(engine: Engine) -> None:
    at_revision(engine, "9999")
    with pytest.raises(SchemaMismatch, match="Install the newer Portal Admin"):
        check_schema(engine)


def test_that_an_empty_file_asks_for_the_upgrade(tmp_path: Path) -> None:
    engine = open_engine(f"sqlite:///{tmp_path}/empty.db", create=True)
    with pytest.raises(SchemaMismatch, match="db upgrade"):
        check_schema(engine)
    engine.dispose()


@pytest.mark.databases("sqlite")
def test_that_an_upgrade_that_orphans_rows_changes_nothing(migrated_file: Path, tmp_path: Path) -> None:
    path = tmp_path / "orphans.db"
    path.write_bytes(migrated_file.read_bytes())
    plain = sqlite3.connect(path)
    plain.execute(
        "insert into account_link (user_id, account_oid, account_id, created_at, created_by) "
        "values (7, 1, 'A-001', '2026-11-21', 'jdoe')"
    )
    plain.commit()
    plain.close()
    engine = open_engine(f"sqlite:///{path}")
    with pytest.raises(DatabaseProblem, match="nothing was changed"):
        upgrade_schema(engine)
    with reading(engine) as connection:
        assert connection.exec_driver_sql("pragma foreign_keys").scalar() == 1
    engine.dispose()


def test_that_opening_a_current_database_does_not_load_alembic(database_url: str) -> None:
    program = (
        "import sys; from portal_admin.models.engine import open_engine; "
        "from portal_admin.models.schema import check_schema; "
        f"check_schema(open_engine({database_url!r})); sys.exit('alembic' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0
