"""Ids as people type them: what ASPIRE could never hold is told as such, before anybody looks for it."""

from __future__ import annotations

from collections.abc import Iterable

from portal_admin.aspire.client import ID_LENGTH
from portal_admin.domain.text import whole
from portal_admin.errors import InvalidInput


def typed_contract_id(typed: str) -> str:
    """A contract id, trimmed; InvalidInput when it is blank or longer than any in ASPIRE."""
    return _checked(typed, "contract")


def typed_account_id(typed: str) -> str:
    """An account id, trimmed; InvalidInput when it is blank or longer than any in ASPIRE."""
    return _checked(typed, "account")


def typed_account_ids(typed: Iterable[str]) -> tuple[str, ...]:
    """Account ids, each trimmed and checked."""
    return tuple(map(typed_account_id, typed))


def _checked(typed: str, record: str) -> str:
    text = whole(typed)
    article = "an" if record == "account" else "a"
    if not text:
        raise InvalidInput(f"Type {article} {record} id.", field=record)
    if len(text) > ID_LENGTH:
        raise InvalidInput(
            f"{article.capitalize()} {record} id has at most {ID_LENGTH} characters.", field=record
        )
    return text
