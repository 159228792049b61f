"""Profiles: which portal database and which ASPIRE a desk works on; never a password."""

from __future__ import annotations

import json
import os
import re
import tempfile
import tomllib
from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, quote, urlsplit

import msgspec

from portal_admin.errors import InvalidInput, NotFound, Refused, SettingsProblem
from portal_admin.paths import config_folder, data_folder

FILE = "profiles.toml"
NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9 ._-]{0,39}")
LOOPBACK = ("localhost", "127.0.0.1", "::1")
FROM_ENVIRONMENT = "environment"
OVERRIDES = {
    "database_url": "PORTAL_ADMIN_DATABASE_URL",
    "aspire_url": "PORTAL_ADMIN_ASPIRE_URL",
    "aspire_user": "PORTAL_ADMIN_ASPIRE_USER",
}


@dataclass(frozen=True, slots=True)
class Profile:
    """One pair of portal database and ASPIRE; `production` frames the window in red."""

    name: str
    database_url: str
    aspire_url: str | None = None
    aspire_user: str | None = None
    production: bool = False

    @property
    def logins(self) -> tuple[str | None, ...]:
        """What its passwords were typed for; they must not reach another server."""
        return self.database_url, self.aspire_url, self.aspire_user


@dataclass(frozen=True, slots=True)
class Profiles:
    """Every profile of this person on this machine, in the order they were added."""

    current: str | None = None
    all: tuple[Profile, ...] = ()

    def named(self, name: str) -> Profile:
        """The profile of that name, or NotFound."""
        for profile in self.all:
            if profile.name == name:
                return profile
        raise NotFound(f"There is no profile {name}. `portal-admin profile list` shows the profiles.")


class _Section(msgspec.Struct, forbid_unknown_fields=True):
    database_url: str
    aspire_url: str | None = None
    aspire_user: str | None = None
    production: bool = False


class _File(msgspec.Struct, forbid_unknown_fields=True):
    current: str | None = None
    profile: dict[str, _Section] = {}


def profiles_file() -> Path:
    """Where the profiles are kept."""
    return config_folder() / FILE


def default_database_url(name: str) -> str:
    """A SQLite file of the profile's own in the data folder."""
    return sqlite_url(default_database_file(name))


def default_database_file(name: str) -> Path:
    """Where that file lies."""
    return data_folder() / f"{name.replace(' ', '_')}.db"


def sqlite_url(path: Path) -> str:
    """The database address of a SQLite file, whatever signs its name has."""
    return f"sqlite:///{quote(path.as_posix(), safe='/:')}"


def has_logins_of(profile: Profile) -> bool:
    """Whether the stored profile of that name has the same logins, so that its passwords are meant for these servers."""
    return any(known.name == profile.name and known.logins == profile.logins for known in read_profiles().all)


def name_for_passwords(profile: Profile, parts: Iterable[str]) -> str:
    """Under which name the passwords lie that belong to these parts: the profile's, unless the environment overrides one."""
    for known in read_profiles().all:
        if known.name == profile.name and any(getattr(known, one) != getattr(profile, one) for one in parts):
            return FROM_ENVIRONMENT
    return profile.name


def read_profiles() -> Profiles:
    """The profiles as stored; SettingsProblem names the file and the place that cannot be read."""
    path = profiles_file()
    try:
        content = tomllib.loads(path.read_text(encoding="utf-8"))
        found = msgspec.convert(content, _File)
    except FileNotFoundError:
        return Profiles()
    except tomllib.TOMLDecodeError as problem:
        line = re.search(r"line \d+", str(problem))
        raise SettingsProblem(
            f"{path}, {line[0] if line else 'at its end'}: this is not valid TOML."
        ) from problem
    except msgspec.ValidationError as problem:
        raise SettingsProblem(
            f"{path}: {_place(problem)} is missing, misspelt or of the wrong kind."
        ) from problem
    except (OSError, UnicodeDecodeError) as problem:
        raise SettingsProblem(f"{path} cannot be read. Check that it is a text file and yours.") from problem
    profiles = (
        Profile(name, *(getattr(section, key) for key in _Section.__struct_fields__))
        for name, section in found.profile.items()
    )
    return Profiles(found.current, tuple(profiles))


def add_profile(profile: Profile, *, change: bool = False) -> Profiles:
    """Store a profile, the first one as the current; `change` allows overwriting one of the same name."""
    check_profile(profile)
    before = read_profiles()
    exists = any(known.name == profile.name for known in before.all)
    if exists and not change:
        raise Refused(
            f"There is a profile {profile.name} already. Choose another name, or change it with `--change`.",
            rule="profile_exists",
        )
    kept = (profile if known.name == profile.name else known for known in before.all)
    return _write(Profiles(before.current or profile.name, (*kept, *(() if exists else (profile,)))))


def use_profile(name: str) -> Profiles:
    """Make a profile the current one."""
    before = read_profiles()
    before.named(name)
    return _write(replace(before, current=name))


def remove_profile(name: str) -> Profiles:
    """Forget a profile; its database and its passwords are the caller's concern."""
    before = read_profiles()
    before.named(name)
    current = None if before.current == name else before.current
    return _write(Profiles(current, tuple(known for known in before.all if known.name != name)))


def choose_profile(name: str | None = None) -> Profile:
    """The profile asked for, else the current one, each part as the environment overrides it.

    Where there is none, what the environment gives makes one up.
    """
    overrides: dict[str, Any] = {
        field: os.environ[key] for field, key in OVERRIDES.items() if os.environ.get(key)
    }
    profiles = read_profiles()
    name = name or profiles.current
    if name is None:
        if "database_url" in overrides:  # enough for unattended work
            return Profile(FROM_ENVIRONMENT, **overrides)
        raise SettingsProblem(
            "No profile is chosen. Add one with `portal-admin profile add NAME`, "
            "choose one with `portal-admin profile use NAME`, or try `portal-admin demo`.",
            title="No profile yet",
        )
    return replace(profiles.named(name), **overrides)


def check_profile(profile: Profile) -> None:
    """InvalidInput names the first part of a profile that cannot be used."""
    if not NAME.fullmatch(profile.name):
        raise InvalidInput(
            "A profile's name has up to 40 letters, digits, blanks, dots, dashes and underscores.",
            field="name",
        )
    if "://" not in profile.database_url:
        raise InvalidInput(
            "A database address looks like sqlite:///C:/portal/portal.db or postgresql://user@server/database.",
            field="database_url",
        )
    if _password_in(profile.database_url):
        raise InvalidInput(
            "Leave the password out of the database address: `portal-admin signin --database` keeps it in the keyring.",
            field="database_url",
        )
    if profile.aspire_url is not None:
        _check_aspire(profile.aspire_url)


def _check_aspire(url: str) -> None:
    try:
        parts = urlsplit(url)
        host = parts.hostname
    except ValueError:
        parts, host = urlsplit(""), None
    if not host or parts.username or parts.password:
        raise InvalidInput(
            "The ASPIRE address looks like https://aspire.example.com/api.", field="aspire_url"
        )
    if parts.scheme != "https" and not (parts.scheme == "http" and host in LOOPBACK):
        raise InvalidInput("The ASPIRE address must begin with https://.", field="aspire_url")


def _password_in(url: str) -> bool:
    try:
        parts = urlsplit(url)
        return bool(parts.password) or "password" in parse_qs(parts.query)
    except ValueError:
        return False


def _place(problem: msgspec.ValidationError) -> str:
    """The key that msgspec's message names, as the file spells it."""
    path = re.search(r"`\$\.?(.*)`$", str(problem))
    key = re.search(r"(?:field|property) `([^`]+)`", str(problem))
    return ".".join(part for part in (path[1] if path else "", key[1] if key else "") if part) or "a key"


def _write(profiles: Profiles) -> Profiles:
    lines = [f"current = {_quoted(profiles.current)}"] if profiles.current else []
    for profile in profiles.all:
        lines += ["", f"[profile.{_quoted(profile.name)}]", f"database_url = {_quoted(profile.database_url)}"]
        lines += [f"aspire_url = {_quoted(profile.aspire_url)}"] if profile.aspire_url else []
        lines += [f"aspire_user = {_quoted(profile.aspire_user)}"] if profile.aspire_user else []
        lines += [f"production = {'true' if profile.production else 'false'}"]
    path = profiles_file()
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        _replace(path, "\n".join(lines).strip() + "\n")
    except OSError as problem:
        raise SettingsProblem(f"{path} cannot be written. Check that the folder is yours.") from problem
    return profiles


def _replace(path: Path, content: str) -> None:
    """All of the new content or all of the old, whatever happens in between."""
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f"{path.name}.")
    try:
        with open(handle, "w", encoding="utf-8", newline="\n") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        os.replace(name, path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


def _quoted(text: str) -> str:
    """A TOML basic string; JSON's escapes are a part of TOML's."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")
