"""Accounts whose names are nearly equal: the commonest reason for a wrong link."""

from __future__ import annotations

import re
import unicodedata
from difflib import SequenceMatcher

# Words that tell a company's legal form and not who it is.
LEGAL_FORMS = frozenset(
    {"llc", "inc", "incorporated", "corp", "corporation", "co", "company", "ltd", "limited", "lp", "llp"}
    | {"plc", "pllc", "pc", "gmbh", "sa", "ag", "the", "and"}
)
NEARLY_EQUAL = 0.88  # found by reading pairs: typing slips lie above, different companies of one trade below


def core_name(name: str) -> str:
    """The name without accents, punctuation and legal form: `L.L.C.` and `LLC` leave nothing."""
    plain = "".join(c for c in unicodedata.normalize("NFKD", name.casefold()) if not unicodedata.combining(c))
    words = re.findall(r"\w+", plain.replace(".", "").replace("'", "").replace("’", ""))
    kept = [word for word in words if word not in LEGAL_FORMS]
    return " ".join(kept or words)


def look_alike(one: str, other: str) -> bool:
    """Whether two account names could be taken for each other; equal names are look-alikes too."""
    # In order, because the measure depends on which name comes first.
    first, second = sorted((core_name(one), core_name(other)))
    if not first or not second:
        return False
    if first == second:
        return True
    matcher = SequenceMatcher(None, first, second, autojunk=False)
    return (
        matcher.real_quick_ratio() >= NEARLY_EQUAL
        and matcher.quick_ratio() >= NEARLY_EQUAL
        and matcher.ratio() >= NEARLY_EQUAL
    )
