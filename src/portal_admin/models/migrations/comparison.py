"""What a comparison of database and models looks at: the search indexes exist only in the migrations."""

from __future__ import annotations

from typing import Any

SEARCH_TABLES = tuple(
    f"{name}_{what}"
    for name in ("end_user", "aspire_account", "aspire_contact")
    for what in ("search", "sound")
)
SEARCH_TRIGGERS = tuple(
    f"{name}_{change}" for name in SEARCH_TABLES for change in ("insert", "delete", "update")
)


def is_compared(_object: Any, name: str | None, kind: str, _reflected: bool, _model: Any) -> bool:
    """False for the full-text tables of SQLite and the trigram indexes of PostgreSQL."""
    if kind == "table":
        return not (name or "").startswith(SEARCH_TABLES)
    return not (kind == "index" and (name or "").endswith("_trgm"))
