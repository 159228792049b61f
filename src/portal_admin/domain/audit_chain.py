"""The hash chain over the audit: each line's hash covers the line and the hash before it (decision of this project)."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

GENESIS = "0" * 64
COVERED = (
    "id",
    "at",
    "operator",
    "action",
    "site_key",
    "subject",
    "operation_id",
    "before",
    "after",
    "reason",
)

# Compact, with sorted keys and in ASCII: the same bytes on every database and machine.
_ENCODER = json.JSONEncoder(sort_keys=True, ensure_ascii=True, separators=(",", ":"), allow_nan=False)


def link_hash(previous: str, line: Mapping[str, Any]) -> str:
    """The SHA-256, in hex, of an audit line that follows the line with hash `previous`; every key of COVERED is needed."""
    covered = [_plain(line[name]) for name in COVERED]
    return hashlib.sha256(_ENCODER.encode([previous, *covered]).encode()).hexdigest()


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat(timespec="microseconds")
    return value
