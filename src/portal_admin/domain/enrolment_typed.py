"""Rule D: what a visitor types to enrol, and when two spellings of it are the same (`self`)."""

from __future__ import annotations

import re
from dataclasses import dataclass

from portal_admin.domain.text import canonical_email
from portal_admin.domain.verdict import Edition

SELF_SOURCE = "self"
# How many characters of a billing postal code count, by country; elsewhere all of them do.
COUNTED = {"US": 5, "CA": 6}
SEPARATORS = re.compile("[,;]")


@dataclass(frozen=True, slots=True)
class Typed:
    """The five fields of the page; the names are not validated."""

    email: str
    postal_code: str
    contract_id: str
    first_name: str = ""
    last_name: str = ""

    @property
    def address(self) -> str:
        """The address to look for, empty where what was typed is none."""
        text = canonical_email(self.email)
        local, _, domain = text.rpartition("@")
        return text if local and domain and not SEPARATORS.search(text) and not re.search(r"\s", text) else ""


def addresses(field: str | None, edition: Edition) -> tuple[str, ...]:
    """The addresses that a source field stands for.

    Edition 2026 splits it at commas and semicolons, each part counts; 2025 knows nothing of that, so the field counts
    as a whole, and one that holds several addresses is nobody's (decision 0011).
    """
    if edition is Edition.E2025:
        whole = canonical_email(field or "")
        return (whole,) if whole else ()
    return every_address(field)


def every_address(field: str | None) -> tuple[str, ...]:
    """Each address that a field holds, between commas and semicolons."""
    parts = (canonical_email(part) for part in SEPARATORS.split(field or ""))
    return tuple(dict.fromkeys(part for part in parts if part))


def postal_key(text: str | None) -> str:
    """A postal code to compare: letters and digits alone, in one case."""
    return "".join(one for one in (text or "").casefold() if one.isalnum())


def counted(country: str | None) -> int | None:
    """How many characters of that country's codes count, None for all; a missing country counts whole."""
    return COUNTED.get((country or "").strip().upper())


def comparable(text: str | None, country: str | None) -> str:
    """The characters that are compared; empty for a code that can match none, because it is empty or too short."""
    key, length = postal_key(text), counted(country)
    if length is None:
        return key
    return key[:length] if len(key) >= length else ""


def same_postal_code(typed: str, on_file: str | None, country: str | None) -> bool:
    """Whether the code typed is the billing postal code on file; nothing never matches."""
    ours = comparable(typed, country)
    return bool(ours) and ours == comparable(on_file, country)


def masked_postal_code(text: str) -> str:
    """A postal code by which it is recognised but not learned."""
    key = postal_key(text).upper()
    return key[:1] + "•" * (len(key) - 1)
