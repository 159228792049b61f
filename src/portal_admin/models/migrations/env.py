"""Alembic runs this; the connection, or the dialect of a script, comes from the caller's configuration."""

from __future__ import annotations

from typing import Any

from alembic import context

from portal_admin.models import metadata
from portal_admin.models.migrations.comparison import is_compared

OPTIONS: dict[str, Any] = {
    "target_metadata": metadata,
    "render_as_batch": True,
    "compare_type": True,
    "include_object": is_compared,
    "transactional_ddl": True,
}


def run() -> None:
    """Migrate the connection given, or write the script for a dialect."""
    attributes = context.config.attributes
    if context.is_offline_mode():
        context.configure(dialect_name=attributes["dialect"], literal_binds=True, **OPTIONS)
    else:
        context.configure(connection=attributes["connection"], **OPTIONS)
    with context.begin_transaction():
        context.run_migrations()


run()
