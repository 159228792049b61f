"""Takes a whole import back, where nothing it touched was changed since."""

from __future__ import annotations

from dataclasses import dataclass

from portal_admin.domain.permissions import Permission
from portal_admin.services.change import action
from portal_admin.services.desk import Desk
from portal_admin.services.imports.batches import Batch


@dataclass(frozen=True, slots=True)
class Undone:
    """The import that was taken back: end users removed again, and end users who are as they were before."""

    batch: Batch
    removed: int
    restored: int


@action(Permission.IMPORT_USERS)
def undo(desk: Desk, *, batch: int) -> Undone:
    """Take back what an import did, all or nothing; Refused names the people who were changed or mailed since."""
    raise NotImplementedError
