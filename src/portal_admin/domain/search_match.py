"""Why something was found: what of it is as typed, from the exact address down to what only sounds alike."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from enum import IntEnum
from typing import NamedTuple

from portal_admin.domain.search_words import words_typed
from portal_admin.domain.sound import alike
from portal_admin.domain.text import canonical_email, id_key, name_key, plain_id, short_id


class Tier(IntEnum):
    """How well something fits; the better ones come first."""

    EXACT = 0
    BEGINS = 1
    WORDS = 2
    SOUNDS = 3


class Match(NamedTuple):
    """How well something fits what was typed, in a word and in words."""

    tier: Tier
    words: str


def match_of(typed: str, *, name: str, emails: Sequence[str] = (), identity: str = "") -> Match:
    """Why a person or an account of that name, those addresses and that id was found."""
    key, mail, plain = name_key(typed), canonical_email(typed), id_key(typed)
    exact = {
        "account id": bool(identity) and id_key(identity) == plain,
        "email": mail in emails,
        "name": name_key(name) == key,
    }
    begun = {
        "account id": bool(identity) and id_key(identity).startswith(plain),
        "email": any(email.startswith(mail) for email in emails),
        "name": name_key(name).startswith(key),
    }
    if any(exact.values()):
        return Match(Tier.EXACT, _first(exact))
    if any(begun.values()):
        return Match(Tier.BEGINS, f"{_first(begun)} begins so")
    return _held(
        typed, {"name": name_key(name), "email": " ".join(emails), "account id": id_key(identity)}, name
    )


def _held(typed: str, fields: Mapping[str, str], name: str) -> Match:
    met: dict[str, None] = {}
    heard: dict[str, None] = {}
    for word in words_typed(typed):
        key = canonical_email(word) if "@" in word else name_key(word)
        places = [field for field, text in fields.items() if key in text]
        if places:
            met[places[0]] = None
        elif (sounding := alike(word, name)) is not None:
            heard[sounding] = None
    if heard:
        return Match(Tier.SOUNDS, f"sounds alike: {', '.join(heard)}")
    return Match(Tier.WORDS, f"words in the {' and the '.join(met)}" if met else "")


def contract_match(typed: str, contract_id: str) -> Match:
    """Why a contract of that id was found."""
    if id_key(typed) == id_key(contract_id):
        return Match(Tier.EXACT, "contract id")
    if id_key(contract_id).startswith(id_key(typed)):
        return Match(Tier.BEGINS, "contract id begins so")
    if plain_id(typed) == plain_id(contract_id) or short_id(typed) == short_id(contract_id):
        return Match(Tier.BEGINS, "contract id without zeros and dashes")
    return Match(Tier.WORDS, "contract id begins so, without zeros and dashes")


def _first(fields: Mapping[str, bool]) -> str:
    return next(field for field, is_so in fields.items() if is_so)
