"""Attempts as rows of a table."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from portal_admin.domain.enrolment_attempts import Attempt
from portal_admin.ui.navigation import Target
from portal_admin.ui.panels.enrolment import words
from portal_admin.ui.panels.enrolment.words import tr
from portal_admin.ui.tables.rows import Cell, Column, Kind, Row
from portal_admin.ui.widgets.ages import clock_text, zone_text


def columns(*, with_email: bool) -> tuple[Column, ...]:
    """The columns, the ones that a narrow place leaves out last."""
    email = (Column("email", tr("Email"), 210, sortable=True),) if with_email else ()
    return (
        Column("when", tr("When"), 128, sortable=True),
        *email,
        Column("outcome", tr("Outcome"), 108, sortable=True),
        Column("because", tr("Because"), 180, stretch=True),
        Column("contract", tr("Contract"), 110, Kind.ID, sortable=True),
        Column("site", tr("Site"), 100, Kind.SECONDARY, sortable=True),
        Column("name", tr("Name typed"), 130, Kind.SECONDARY),
        Column("postal_code", tr("Postal code"), 96, Kind.SECONDARY),
    )


def rows(attempts: Iterable[Attempt], now: datetime, *, with_email: bool) -> list[Row]:
    """The rows, their keys the ids of the attempts."""
    return [_row(attempt, now, with_email=with_email) for attempt in attempts]


def _row(attempt: Attempt, now: datetime, *, with_email: bool) -> Row:
    meaning, icon = words.MEANINGS[attempt.outcome]
    because = words.because(attempt)
    email = (Cell(attempt.email, tooltip=attempt.email),) if with_email else ()
    return Row(
        attempt.id,
        (
            Cell(clock_text(attempt.at, now), tooltip=zone_text(attempt.at), sort=(attempt.at, attempt.id)),
            *email,
            Cell(words.outcome(attempt.outcome), meaning, icon),
            Cell(because, tooltip=because),
            attempt.contract_id,
            attempt.site,
            Cell(attempt.name, tooltip=attempt.name),
            attempt.postal_code,
        ),
    )


def target(attempt: Attempt) -> Target:
    """The rehearsal of what was typed then."""
    return Target(
        "enrolment",
        site=attempt.site,
        email=attempt.email,
        contract=attempt.contract_id,
        attempt=str(attempt.id),
    )
