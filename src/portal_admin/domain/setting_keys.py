"""Every setting that all desks share: its key, its default, what it means, and which texts it can hold."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from zoneinfo import ZoneInfo

from portal_admin.domain.durations import duration, duration_text
from portal_admin.domain.freshness import CADENCES, DATA_WORDS
from portal_admin.domain.mail_settings import MAIL_KEYS
from portal_admin.domain.policy import ADMITTED_ROLES, ADMITTED_SOURCE, PortalSettings
from portal_admin.domain.setting_key import SettingKey
from portal_admin.domain.verdict import Edition

SHORTEST_CADENCE, LONGEST_CADENCE = timedelta(minutes=1), timedelta(days=31)


def typed_roles(text: str) -> tuple[str, ...]:
    """The contract roles that were typed with commas between, in rule A's spelling where it knows them."""
    known = {role.casefold(): role for role in ADMITTED_ROLES}
    typed = filter(None, map(str.strip, text.split(",")))
    return tuple(dict.fromkeys(known.get(role.casefold(), role) for role in typed))


def _roles(text: str) -> tuple[str, ...]:
    roles = typed_roles(text)
    if ADMITTED_ROLES[0] not in roles or not set(roles) <= set(ADMITTED_ROLES):
        raise ValueError(text)
    return tuple(role for role in ADMITTED_ROLES if role in roles)


def _time_zone(text: str) -> str:
    try:
        return ZoneInfo(text.strip()).key
    except (LookupError, OSError) as problem:
        raise ValueError(text) from problem


def _cadence(text: str) -> timedelta:
    is_number = text.strip().isdecimal()
    found = timedelta(seconds=int(text)) if is_number else duration(text)
    if not SHORTEST_CADENCE <= found <= LONGEST_CADENCE:
        raise ValueError(text)
    return found


def _cadence_text(cadence: timedelta) -> str:
    return str(cadence // timedelta(seconds=1)) if cadence % timedelta(minutes=1) else duration_text(cadence)


def _known(*settings: SettingKey) -> Mapping[str, SettingKey]:
    return {one.key: one for one in settings}


_PLAIN = PortalSettings()
SETTING_KEYS: Mapping[str, SettingKey] = _known(
    SettingKey(
        "edition",
        _PLAIN.edition,
        "Which edition of the vendor's rules every verdict rests on.",
        "2025 or 2026",
        lambda text: Edition(text.strip()),
    ),
    SettingKey(
        "admitted_roles",
        ", ".join(_PLAIN.admitted_roles),
        "The contract roles whose accounts open contracts to their users.",
        f"Customer, or Customer, Guarantor: no other role opens contracts ({ADMITTED_SOURCE})",
        _roles,
        ", ".join,
    ),
    SettingKey(
        "time_zone",
        _PLAIN.time_zone,
        "The company's time zone, in which its days begin and end.",
        "the name of a time zone, such as America/Chicago",
        _time_zone,
    ),
    *(
        SettingKey(
            f"cadence.{name}",
            _cadence_text(default),
            f"How often {DATA_WORDS[name]} are read from ASPIRE; what is twice as old is stale.",
            "a time such as 15m, 24h or 1d, or whole seconds, from 1m to 31d",
            _cadence,
            _cadence_text,
        )
        for name, default in CADENCES.items()
    ),
    *MAIL_KEYS,
)
