"""Email fields of ASPIRE, which may hold several addresses (`self`)."""

from __future__ import annotations

import re

from portal_admin.domain.text import canonical_email

BETWEEN = re.compile(r"[,;]")


def usable_addresses(field: str | None) -> tuple[str, ...]:
    """The addresses that a field holds, separated by comma or semicolon, each once and in its canonical form."""
    parts = (canonical_email(part) for part in BETWEEN.split(field or ""))
    return tuple(dict.fromkeys(part for part in parts if _is_usable(part)))


def email_key(field: str | None) -> str:
    """The usable addresses of a field to search by, with one blank between."""
    return " ".join(usable_addresses(field))


def _is_usable(part: str) -> bool:
    local, at, domain = part.rpartition("@")
    return bool(at and local and "." in domain.strip(".") and not any(map(str.isspace, part)))
