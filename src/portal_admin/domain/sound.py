"""How names sound: "Chris" also finds Cris and Kris (`searching-for-customer-portal-users`).

Metaphone with its two readings of a word, because the vendor's Soundex tells Chris (C620) from Kris (K620).
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from functools import lru_cache

from doublemetaphone import doublemetaphone  # type: ignore[import-untyped]

MARK = "="
SHORTEST = 2  # one consonant alone sounds like everybody
SHORTEST_TYPED = 3  # less is the beginning of a word
LONGEST_WORD = 64
APOSTROPHES = re.compile("['\u2018\u2019\u02bc`\u00b4]")  # what people type for one
# Categories of what stands in a name beside letters: marks, dashes, apostrophes, commas and full stops.
SPOKEN = frozenset({"Mn", "Pd"})
PUNCTUATION = frozenset(".,'\u2018\u2019\u02bc`\u00b4")
WORD = re.compile("[a-z]+")
VOWEL = re.compile("[aeiouy]")
VOWELS = {"a": "A", "e": "E", "i": "I", "o": "O", "u": "U", "y": "I"}
# Letters of their own, which no mark can be taken from.
LETTERS = str.maketrans({"ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "æ": "ae", "œ": "oe", "ı": "i"})


def sound_keys(*names: str) -> str:
    """Every way in which a word of the names sounds, without and with its first vowel: "=KRS=KRSI="; "" for none."""
    words = (word for name in names for part in name.split() for word in part_words(part))
    found = dict.fromkeys(key for word in words for key in (*_keys(word), *_near(word)))
    return MARK + MARK.join(found) + MARK if found else ""


def sounds_of(typed: str) -> tuple[tuple[str, ...], ...]:
    """How each part of one typed word may sound; empty when that cannot be told, as of digits, initials or an address."""
    return _each_part(typed, _keys)


def near_sounds_of(typed: str) -> tuple[tuple[str, ...], ...]:
    """The same with the first vowel of each part, so that Kris is nearer to Chris than Grace is."""
    return _each_part(typed, _near)


def _each_part(typed: str, told: Callable[[str], tuple[str, ...]]) -> tuple[tuple[str, ...], ...]:
    if len(typed) < SHORTEST_TYPED or not all(map(_is_spoken, typed)):
        return ()
    found = tuple(told(word) for word in part_words(typed))
    return found if all(found) else ()


def marked(key: str) -> str:
    """The text that stands in `sound_keys` where a word sounds so."""
    return f"{MARK}{key}{MARK}"


def alike(typed: str, name: str) -> str | None:
    """The first word of a name that sounds like a part of the typed word; None when there is none."""
    wanted = {key for keys in sounds_of(typed) for key in keys}
    for word in name.split():
        if any(wanted.intersection(_keys(part)) for part in part_words(word)):
            return word
    return None


def _is_spoken(character: str) -> bool:
    return character.isalpha() or character in PUNCTUATION or unicodedata.category(character) in SPOKEN


@lru_cache(maxsize=1 << 16)
def part_words(part: str) -> tuple[str, ...]:
    """The words in plain letters that a stretch of text without blanks holds: marks and apostrophes taken away."""
    if part.isascii():
        plain = part.lower()
    else:
        apart = unicodedata.normalize("NFKD", part.casefold())
        plain = "".join(c for c in apart if not unicodedata.combining(c)).translate(LETTERS)
    return tuple(WORD.findall(APOSTROPHES.sub("", plain)))


@lru_cache(maxsize=1 << 16)
def _keys(word: str) -> tuple[str, ...]:
    found = doublemetaphone(word[:LONGEST_WORD])
    return tuple(dict.fromkeys(key for key in found if len(key) >= SHORTEST))


@lru_cache(maxsize=1 << 16)
def _near(word: str) -> tuple[str, ...]:
    """The sounds with the first vowel behind them, where no consonant of a sound could be taken for it."""
    vowel = VOWEL.search(word)
    return tuple(key + VOWELS[vowel[0]] for key in _keys(word)) if vowel else ()
