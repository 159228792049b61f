"""The hash chain over the audit: each line's hash covers the line and the hash before it (decision of this project)."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from datetime import UTC, datetime
from operator import itemgetter
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

UNREADABLE = "It was edited after it was written: it holds what this program never writes."

_REST = itemgetter(*COVERED[2:])
# Compact, with sorted keys and in ASCII: the same bytes on every database and machine.
_ENCODER = json.JSONEncoder(sort_keys=True, ensure_ascii=True, separators=(",", ":"), allow_nan=False)


def link_hash(previous: str, line: Mapping[str, Any]) -> str:
    """The SHA-256, in hex, of an audit line that follows the line with hash `previous`; every key of COVERED is needed."""
    at: datetime = line["at"]
    written = at.astimezone(UTC).isoformat(timespec="microseconds")
    covered = (previous, line["id"], written, *_REST(line))
    return hashlib.sha256(_ENCODER.encode(covered).encode()).hexdigest()


def fault(line: Mapping[str, Any], *, last_id: int, last_hash: str) -> str | None:
    """What is wrong with a line that comes after line `last_id` (0 and GENESIS at the start), None when it is sound.

    Ids may have gaps, where lines were written before the chain was: only hashes tell whether something is missing.
    """
    try:
        own = link_hash(line["previous_hash"], line)
    except (TypeError, ValueError, AttributeError):
        return UNREADABLE
    if own != line["hash"]:
        return "It was edited after it was written: its hash does not fit what it says."
    if line["previous_hash"] == last_hash:
        return None
    first, until = last_id + 1, line["id"] - 1
    if first > until:
        return f"It does not follow line {last_id}: one of the two was put there or rewritten later."
    if first == until:
        return f"Line {first}, which came before it, is missing."
    return f"Lines that came before it are missing, among {first} to {until}."
