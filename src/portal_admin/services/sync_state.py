"""What sync remembers between its runs."""

from __future__ import annotations

from sqlalchemy import Connection, select

from portal_admin.models import sync_run, sync_state

RESTORED = "restored"  # the outcome of a run that raised the alarm


def stored_generation(connection: Connection) -> int | None:
    """ASPIRE's Generation when the contracts were last synced."""
    query = select(sync_state.c.generation).where(sync_state.c.data_class == "contracts")
    found: int | None = connection.execute(query).scalar()
    return found


def restored_alarm(connection: Connection) -> bool:
    """Whether the last sync found that ASPIRE was restored and no full sync has followed."""
    query = select(sync_run.c.outcome).order_by(sync_run.c.id.desc()).limit(1)
    return connection.execute(query).scalar() == RESTORED
