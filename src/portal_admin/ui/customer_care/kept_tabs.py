"""Which callers were open, kept on this machine so that they can be offered again after a restart or a crash."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from portal_admin.ui.local_files import LatestFile, local_file, read_local

FOLDER = "open-callers"
MOST = 20


class KeptTab(NamedTuple):
    """One caller whose tab was open."""

    site: str
    email: str
    name: str


class KeptTabs:
    """The open callers of one operator on one profile; `read` and `write` are for a worker."""

    def __init__(self, profile: str, operator: str) -> None:
        self._file = LatestFile(local_file(FOLDER, profile, operator))

    def read(self) -> tuple[KeptTab, ...]:
        """Who was open last; none when the file cannot be read, which the log tells."""
        kept = read_local(self._file.path)
        found = [_tab(record) for record in kept] if isinstance(kept, list) else []
        return tuple(tab for tab in found if tab is not None)[:MOST]

    def put(self, tabs: Sequence[KeptTab]) -> None:
        """Who is open now."""
        self._file.put([tab._asdict() for tab in tabs[:MOST]] or None)

    def write(self) -> None:
        """Keep what was put last; OSError when the disk refuses."""
        self._file.write()


def _tab(record: object) -> KeptTab | None:
    if not isinstance(record, dict):
        return None
    texts = [record.get(name) for name in KeptTab._fields]
    site, email, name = (text if isinstance(text, str) else "" for text in texts)
    return KeptTab(site, email, name) if site and email else None
