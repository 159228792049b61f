"""A note that was typed and not saved yet, kept on this machine so that a crash loses nothing."""

from __future__ import annotations

import logging
from datetime import datetime
from typing import NamedTuple

from portal_admin.errors import SettingsProblem
from portal_admin.ui.local_files import LatestFile, local_file, read_local

FOLDER = "note-drafts"
log = logging.getLogger(__name__)


class Draft(NamedTuple):
    """What was typed, the contract it is about, and when it was kept (UTC)."""

    text: str
    contract: str | None
    at: datetime


class DraftFile:
    """The draft of one operator about one caller; `read` and `write` are for a worker."""

    def __init__(self, profile: str, operator: str, site: str, email: str) -> None:
        self._file = LatestFile(local_file(FOLDER, profile, operator, site, email))

    def read(self) -> Draft | None:
        """What was kept; None for nothing, or for what cannot be read, which the log tells."""
        kept = read_local(self._file.path)
        if not isinstance(kept, dict):
            return None
        text, contract = kept.get("text"), kept.get("contract")
        try:
            at = datetime.fromisoformat(str(kept.get("at")))
        except ValueError:
            return None
        if not isinstance(text, str) or not text.strip() or at.tzinfo is None:
            return None
        return Draft(text, contract if isinstance(contract, str) else None, at)

    def put(self, draft: Draft | None) -> None:
        """What is to be kept; None when it was saved or emptied."""
        self._file.put(None if draft is None else {**draft._asdict(), "at": draft.at.isoformat()})

    def write(self) -> None:
        """Keep what was put last; SettingsProblem when the disk refuses."""
        try:
            self._file.write()
        except OSError as problem:
            raise SettingsProblem(
                "This note cannot be kept on this machine while it is typed. Save it before you leave it.",
                title="The note is not kept",
            ) from problem

    def write_last(self) -> None:
        """The same for when nobody can be told any more; the log tells."""
        try:
            self.write()
        except SettingsProblem:
            log.warning("a note that was being typed could not be kept")
