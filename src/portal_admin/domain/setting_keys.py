"""Every setting that all desks share: its key, its default, what it means, and which texts it can hold."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from zoneinfo import ZoneInfo

from portal_admin.domain.freshness import CADENCES
from portal_admin.domain.mail_settings import MAIL_KEYS
from portal_admin.domain.policy import PortalSettings
from portal_admin.domain.setting_key import SettingKey
from portal_admin.domain.text import is_showable
from portal_admin.domain.verdict import Edition

LONGEST_ROLE = 64
SHORTEST_CADENCE, LONGEST_CADENCE = timedelta(minutes=1), timedelta(days=31)


def _roles(text: str) -> tuple[str, ...]:
    roles = tuple(dict.fromkeys(filter(None, map(str.strip, text.split(",")))))
    if not roles or any(len(role) > LONGEST_ROLE or not is_showable(role) for role in roles):
        raise ValueError(text)
    return roles


def _time_zone(text: str) -> str:
    try:
        return ZoneInfo(text.strip()).key
    except (LookupError, OSError) as problem:
        raise ValueError(text) from problem


def _cadence(text: str) -> timedelta:
    found = timedelta(seconds=int(text))
    if not SHORTEST_CADENCE <= found <= LONGEST_CADENCE:
        raise ValueError(text)
    return found


def _seconds(cadence: timedelta) -> str:
    return str(cadence // timedelta(seconds=1))


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
        "contract role types of ASPIRE with commas between, such as Customer, Guarantor",
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
            _seconds(default),
            f"How often {name.replace('_', ' ')} reach the portal, in seconds; twice as old is stale.",
            "whole seconds, from 60 to 2678400 (31 days)",
            _cadence,
            _seconds,
        )
        for name, default in CADENCES.items()
    ),
    *MAIL_KEYS,
)
