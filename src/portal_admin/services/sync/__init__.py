"""Reads what changed in ASPIRE into the portal database."""

from portal_admin.services.sync.account import read_account_now
from portal_admin.services.sync.lists import SyncProgress
from portal_admin.services.sync.run import SyncResult, sync
from portal_admin.services.sync.status import ClassStatus, RunStatus, SyncStatus, sync_status

__all__ = [
    "ClassStatus",
    "RunStatus",
    "SyncProgress",
    "SyncResult",
    "SyncStatus",
    "read_account_now",
    "sync",
    "sync_status",
]
