"""Compiles for SQL Server, which no test can run, whatever the services ask the other databases."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Connection, Engine, event
from sqlalchemy.dialects import mssql
from sqlalchemy.exc import CompileError
from sqlalchemy.sql.elements import ClauseElement
from sqlalchemy.sql.expression import Executable, SelectBase, UpdateBase

DIALECT = mssql.dialect()  # type: ignore[no-untyped-call]
# What SQLAlchemy writes without a word, and T-SQL has not; each in words for whoever meets it.
LACKING = {
    "ON DELETE RESTRICT": r"\bRESTRICT\b",
    "comparing rows": r"\([^()]+,[^()]+\)\s*(=|<>|<|>|<=|>=|IN)\s*\(",
    "LIMIT": r"\bLIMIT\b",
    "|| between texts": r"\|\|",
    "ON CONFLICT": r"\bON CONFLICT\b",
    "RETURNING": r"\bRETURNING\b",
    "NULLS FIRST or LAST": r"\bNULLS (FIRST|LAST)\b",
    "words for truth": r"(?i)(?<![\w'\[])(true|false)(?![\w'\]])",
    "ILIKE, GLOB, MATCH, REGEXP": r"\b(ILIKE|GLOB|MATCH|REGEXP)\b",
    "FILTER of an aggregate": r"\bFILTER\s*\(",
    "a condition as a value": (
        r"(?i)(SELECT|ORDER BY|GROUP BY)\s+(NOT\b|EXISTS\b|[\w.\[\]]+(\s*[=<>]|\s+(IS|IN|LIKE)\b))"
    ),
    "INSERT OR": r"\bINSERT OR\b",
    "functions of other databases": (
        r"(?i)\b(group_concat|string_agg|json_extract|strftime|datetime|substr|length|greatest|least)\("
    ),
}
# What one database alone is asked. SQLite's stands beside another way for servers, which the tests on
# PostgreSQL take; PostgreSQL's are its own catalogs.
OF_ONE_ALONE = re.compile(
    r"\b(end_user|aspire_account|aspire_contact)_(search|sound)\b|\b(instr|json_each)\(|\bpg_catalog\b"
)


def lacking(sql: str) -> list[str]:
    """What T-SQL has not of a statement."""
    return [name for name, pattern in LACKING.items() if re.search(pattern, sql)]


@contextmanager
def judged() -> Iterator[dict[str, str]]:
    """While the block lasts, every statement that is executed is judged; yields the faults by statement."""
    faults: dict[str, str] = {}
    seen: set[object] = set()

    def judge(_connection: Connection, statement: Executable, *_: object) -> None:
        # Text and the making of tables is each database's own.
        if not isinstance(statement, SelectBase | UpdateBase):
            return
        key = statement._generate_cache_key()
        if key is None or key.key not in seen:
            seen.add(key and key.key)
            _judge(statement, faults)

    event.listen(Engine, "before_execute", judge)
    try:
        yield faults
    finally:
        event.remove(Engine, "before_execute", judge)


def _judge(statement: ClauseElement, faults: dict[str, str]) -> None:
    if OF_ONE_ALONE.search(str(statement)):
        return
    try:
        sql = str(statement.compile(dialect=DIALECT, compile_kwargs={"render_postcompile": True}))
    except CompileError as problem:
        faults[str(statement)] = str(problem)
        return
    found = lacking(sql)
    if found:
        faults[sql] = ", ".join(found)
