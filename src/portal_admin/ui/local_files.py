"""Small JSON files of this desk in the data folder, for their owner alone; read and written on a worker."""

from __future__ import annotations

import hashlib
import json
import logging
import os
import tempfile
import threading
from contextlib import suppress
from pathlib import Path
from typing import Any

from portal_admin.paths import data_folder, make_folder

log = logging.getLogger(__name__)


def local_file(folder: str, *parts: str) -> Path:
    """The file that belongs to these words; they may hold anything, so the name is made of their digest."""
    digest = hashlib.sha256("\0".join(parts).encode("utf-8")).hexdigest()
    return data_folder() / folder / f"{digest[:32]}.json"


def write_local(path: Path, content: Any) -> None:
    """Put the content in place of what is there, as a whole or not at all; OSError when the disk refuses."""
    make_folder(path.parent)
    # mkstemp makes the file for its owner alone.
    number, draft = tempfile.mkstemp(prefix=f"{path.name}.", dir=path.parent)
    try:
        with os.fdopen(number, "w", encoding="utf-8", newline="\n") as file:
            json.dump(content, file, ensure_ascii=False)
            file.flush()
            os.fsync(file.fileno())
        os.replace(draft, path)
    except BaseException:
        with suppress(OSError):
            os.unlink(draft)
        raise


def read_local(path: Path) -> Any:
    """What the file holds; None when there is none, or when it cannot be read, which the log tells."""
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return None
    except (OSError, ValueError) as problem:
        log.warning("a local file of %s cannot be read: %s", path.parent.name, type(problem).__name__)
        return None


def remove_local(path: Path) -> None:
    """Remove the file; there need not be one."""
    path.unlink(missing_ok=True)


class LatestFile:
    """A file of which only the newest content counts: `put` on the UI thread, then `write` on a worker."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._content: Any = None
        self._lock = threading.Lock()

    def put(self, content: Any) -> None:
        """What the file is to hold; None removes it."""
        self._content = content

    def write(self) -> None:
        """Write what was put last: workers that come late write it again, and never something older."""
        with self._lock:
            content = self._content
            if content is None:
                remove_local(self.path)
            else:
                write_local(self.path, content)
