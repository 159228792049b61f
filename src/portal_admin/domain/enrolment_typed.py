"""Rule D: what a visitor types to enrol, and when two spellings of it are the same (`self`)."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from portal_admin.domain.addresses import BETWEEN, usable_addresses
from portal_admin.domain.verdict import Edition

SELF_SOURCE = "self"
# How many characters of a billing postal code count, by country; elsewhere all of them do.
COUNTED = {"US": 5, "CA": 6}


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
        """The address to look for, empty where what was typed is none or several."""
        found = usable_addresses(self.email)
        return found[0] if len(found) == 1 and not BETWEEN.search(self.email) else ""


def addresses(field: str | None, edition: Edition) -> tuple[str, ...]:
    """The addresses that a source field stands for.

    Edition 2026 splits it at commas and semicolons, each part counts; 2025 knows nothing of that, so the field counts
    as a whole, and one that holds several addresses is nobody's (decision 0011).
    """
    if edition is Edition.E2025 and BETWEEN.search(field or ""):
        return ()
    return usable_addresses(field)


@lru_cache(maxsize=4096)
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
