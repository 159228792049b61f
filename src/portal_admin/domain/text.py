"""When two spellings are the same: email addresses, private labels, contract ids and names."""

from __future__ import annotations

import re
import unicodedata

import idna

# NUL and halves of characters, which a broken terminal or file hands in and not every database stores.
UNSTORED = re.compile("[\0\ud800-\udfff]")
# Runs of digits and runs of letters, as the parts of an id.
ID_PARTS = re.compile(r"\d+|[^\W\d_]+")
# Categories that drive a terminal or end a line, and directions that turn a line round (Unicode annex 9).
UNSHOWN_CATEGORIES = frozenset({"Cc", "Cs", "Zl", "Zp"})
TURNING = frozenset({"LRE", "RLE", "LRO", "RLO", "PDF", "LRI", "RLI", "FSI", "PDI"})


def canonical_email(typed: str) -> str:
    """Trimmed, NFC, lower case, the domain in IDNA; text that is no address is only trimmed and lower-cased."""
    text = _composed(_composed(typed.strip()).lower())
    local, at, domain = text.rpartition("@")
    if not at:
        return text
    try:
        return f"{local}@{idna.encode(domain, uts46=True).decode('ascii')}"
    except idna.IDNAError:
        return text


def label_key(label: str | None) -> str:
    """Private labels are equal when trimmed and case-folded; null and blank both mean no label, the empty key."""
    return _folded((label or "").strip())


def id_key(typed: str) -> str:
    """Contract and account ids are text: leading zeros and dashes matter, case and outer blanks do not."""
    return _folded(typed.strip())


def plain_id(typed: str) -> str:
    """An id without its dashes and leading zeros: "120045" for "0012-0045"."""
    kept = "".join(c for c in id_key(typed) if c.isalnum())
    return kept.lstrip("0") or kept[:1]


def short_id(typed: str) -> str:
    """An id whose every part is without its dashes and leading zeros: "1245" for "0012-0045"."""
    return "".join(part.lstrip("0") or part[:1] for part in ID_PARTS.findall(id_key(typed)))


def name_key(*parts: str) -> str:
    """A name to sort and search by: parts joined by one blank, case-folded, runs of blanks as one."""
    return " ".join(_folded(" ".join(parts)).split())


def operator_key(name: str) -> str:
    """Operators are who they are in whatever case: operating systems take no notice of it."""
    return _folded(name.strip())


def whole(typed: str) -> str:
    """Trimmed, and without NUL and halves of characters, which cannot be sent or stored."""
    return UNSTORED.sub("\N{REPLACEMENT CHARACTER}", typed.strip())


def is_showable(text: str) -> bool:
    """Whether there is something to see in the text, and nothing that harms what stands around it."""
    if text.isascii() and text.isprintable():
        return bool(text.strip())
    return any(c.isprintable() and not c.isspace() for c in text) and not any(
        unicodedata.category(c) in UNSHOWN_CATEGORIES or unicodedata.bidirectional(c) in TURNING for c in text
    )


def _folded(text: str) -> str:
    # Folding takes characters apart that composing joins, so it is composed once more.
    return text.casefold() if _is_plain(text) else _composed(_composed(text).casefold())


def _composed(text: str) -> str:
    if _is_plain(text):
        return text
    return unicodedata.normalize("NFC", UNSTORED.sub("\N{REPLACEMENT CHARACTER}", text))


def _is_plain(text: str) -> bool:
    return text.isascii() and "\0" not in text
