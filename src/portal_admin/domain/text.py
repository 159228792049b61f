"""When two spellings are the same: email addresses, private labels, contract ids and names."""

from __future__ import annotations

import unicodedata

import idna


def canonical_email(typed: str) -> str:
    """Trimmed, NFC, lower case, the domain in IDNA; text that is no address is only trimmed and lower-cased."""
    text = unicodedata.normalize("NFC", typed.strip()).lower()
    local, at, domain = text.rpartition("@")
    if not at:
        return text
    try:
        return f"{local}@{idna.encode(domain, uts46=True).decode('ascii')}"
    except idna.IDNAError:
        return text


def label_key(label: str | None) -> str:
    """Private labels are equal when trimmed and case-folded; null and blank both mean no label, the empty key."""
    return unicodedata.normalize("NFC", (label or "").strip()).casefold()


def id_key(typed: str) -> str:
    """Contract and account ids are text: leading zeros and dashes matter, case and outer blanks do not."""
    return unicodedata.normalize("NFC", typed.strip()).casefold()


def name_key(*parts: str) -> str:
    """A name to sort and search by: parts joined by one blank, case-folded, runs of blanks as one."""
    return " ".join(unicodedata.normalize("NFC", " ".join(parts)).casefold().split())
