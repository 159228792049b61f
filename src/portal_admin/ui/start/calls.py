"""The calls to try: situations that a demonstration brings along in its config folder."""

from __future__ import annotations

import tomllib
from pathlib import Path

import msgspec

from portal_admin.errors import SettingsProblem
from portal_admin.paths import config_folder

FILE = "calls_to_try.toml"


class Place(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a call opens: a screen, and what to look at there; `file` lies beside the calls."""

    screen: str
    site: str | None = None
    email: str | None = None
    contract: str | None = None
    account: str | None = None
    payment: str | None = None
    request: str | None = None
    file: str | None = None


class Call(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One caller: who, what is wrong, what they say, and the place that answers it."""

    title: str
    situation: str
    say: str
    open: Place


class _File(msgspec.Struct, forbid_unknown_fields=True):
    calls: list[Call]


def calls_file() -> Path:
    """Where a demonstration puts its calls, as `[[calls]]` tables."""
    return config_folder() / FILE


def read_calls() -> tuple[Call, ...]:
    """The calls to try; none when this is no demonstration."""
    path = calls_file()
    try:
        return tuple(msgspec.convert(tomllib.loads(path.read_text(encoding="utf-8")), _File).calls)
    except FileNotFoundError:
        return ()
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError, msgspec.ValidationError) as problem:
        raise SettingsProblem(f"{path} cannot be read. Start the demonstration again.") from problem
