"""The settings that all desktops on one portal database share."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta

from portal_admin.domain.freshness import CADENCES
from portal_admin.domain.verdict import Edition

# Rule A knows these alone; one older article says Customer only.
ADMITTED_ROLES = ("Customer", "Guarantor")
ADMITTED_SOURCE = "how-do-i-control-user-access-to-contracts"


@dataclass(frozen=True, slots=True)
class PortalSettings:
    """Rule edition, the roles that open contracts, the company's time zone and the cadence of each data class."""

    edition: Edition = Edition.E2026
    admitted_roles: tuple[str, ...] = ADMITTED_ROLES
    time_zone: str = "America/Chicago"
    cadences: Mapping[str, timedelta] = field(default_factory=lambda: dict(CADENCES))
