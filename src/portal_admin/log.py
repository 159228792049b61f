"""The log: JSON lines in a folder of the user's, with nothing secret in them."""

from __future__ import annotations

import json
import logging
import os
import re
from contextlib import suppress
from datetime import UTC, datetime
from io import TextIOWrapper
from logging.handlers import RotatingFileHandler

from portal_admin.paths import log_folder, make_folder

FILE = "portal-admin.jsonl"
BYTES_PER_FILE = 2_000_000
FILES_KEPT = 5
# Their lines would hold what people typed into a search.
NOISY = ("httpx", "httpcore", "urllib3")
# Patterns as text: re compiles and keeps them when the first line is logged, not at every start.
SECRETS = (
    (r"(?i)(bearer\s+)[\w.~+/=-]+", r"\1***"),
    (
        r"""(?i)((?:password|passwd|pwd|token|secret|authorization)["']?\s*[:=]\s*)(["']?)[^\s"',;&}]+\2""",
        r"\1***",
    ),
    (r"(://[^\s/:@]*):[^\s@/]+@", r"\1:***@"),
    (r"\b\d{5,13}(\d{4})\b", r"…\1"),
)


def redacted(text: str) -> str:
    """The text without passwords and tokens, long digit runs such as account numbers cut to the last four."""
    for pattern, replacement in SECRETS:
        text = re.sub(pattern, replacement, text)
    return text


class JsonLines(logging.Formatter):
    """One JSON document a record: at (UTC), level, logger, message, and where known correlation_id and exception."""

    def format(self, record: logging.LogRecord) -> str:
        line = {
            "at": datetime.fromtimestamp(record.created, UTC)
            .isoformat(timespec="milliseconds")
            .replace("+00:00", "Z"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "process": record.process,
            "message": redacted(record.getMessage()),
        }
        if correlation_id := getattr(record, "correlation_id", None):
            line["correlation_id"] = correlation_id
        if record.exc_info:
            line["exception"] = redacted(self.formatException(record.exc_info))
        return json.dumps(line, ensure_ascii=False)


class LogFile(RotatingFileHandler):
    """A log that never stops the work: a full disk, or a file that another process holds, costs lines only."""

    def _open(self) -> TextIOWrapper:
        """A new file is its owner's alone."""

        def opener(path: str, flags: int) -> int:
            return os.open(path, flags, 0o600)

        return open(self.baseFilename, "a", encoding=self.encoding, opener=opener)

    def rotate(self, source: str, dest: str) -> None:
        """Windows cannot rename a file that another process writes to: the next start will."""
        with suppress(PermissionError):
            super().rotate(source, dest)

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802
        """Say nothing: the terminal belongs to the command."""


def start_logging() -> None:
    """Write the log to the log folder, once a process; calling again follows a moved folder."""
    stop_logging()
    folder = log_folder()
    try:
        make_folder(folder)
    except OSError:
        # No folder, no log: a desk on a locked-down machine still works.
        return
    handler = LogFile(
        folder / FILE, maxBytes=BYTES_PER_FILE, backupCount=FILES_KEPT, encoding="utf-8", delay=True
    )
    handler.setFormatter(JsonLines())
    root = logging.getLogger()
    root.addHandler(handler)
    root.setLevel(logging.INFO)
    for name in NOISY:
        logging.getLogger(name).setLevel(logging.WARNING)


def last_lines(count: int) -> list[str]:
    """The newest lines of the log as they stand in its file, oldest first; none where there is no log."""
    found: list[str] = []
    for name in (FILE, f"{FILE}.1"):
        with suppress(OSError):
            older = (log_folder() / name).read_text(encoding="utf-8", errors="replace").splitlines()
            found = older[len(found) - count :] + found
        if len(found) >= count:
            break
    return found


def stop_logging() -> None:
    """Close the log file."""
    root = logging.getLogger()
    for handler in [handler for handler in root.handlers if isinstance(handler, LogFile)]:
        root.removeHandler(handler)
        handler.close()
