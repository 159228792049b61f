"""The rows of the two tables: how fresh each class of data is, and what the last runs of sync did."""

from __future__ import annotations

from datetime import datetime, timedelta

from PySide6.QtCore import QCoreApplication, QLocale

from portal_admin.services.sync.status import ClassStatus, RunStatus
from portal_admin.ui.tables.rows import Cell, Column, Kind, Row
from portal_admin.ui.theme import Meaning
from portal_admin.ui.widgets.ages import age_text, clock_text, zone_text

OUTCOMES = {
    "done": Meaning.GOOD,
    "running": Meaning.NEUTRAL,
    "failed": Meaning.BAD,
    "stopped": Meaning.ATTENTION,
    "restored": Meaning.BAD,
}
_UNITS = ((timedelta(days=1), "d"), (timedelta(hours=1), "h"), (timedelta(minutes=1), "min"))


def _tr(text: str) -> str:
    return QCoreApplication.translate("HealthRows", text)


def class_columns() -> tuple[Column, ...]:
    """The columns of the classes of data."""
    return (
        Column("class", _tr("Data"), 150, stretch=True),
        Column("read", _tr("Last read"), 150),
        Column("every", _tr("Every"), 72, Kind.SECONDARY),
        Column("due", _tr("Next due"), 104, Kind.SECONDARY),
        Column("state", _tr("State"), 96, Kind.CHIP),
    )


def class_sections(classes: tuple[ClassStatus, ...], now: datetime) -> list[tuple[str, list[Row]]]:
    """What is too old first; no titles while everything is fresh."""
    stale = [_class_row(one, now) for one in classes if one.stale]
    fresh = [_class_row(one, now) for one in classes if not one.stale]
    if not stale:
        return [("", fresh)]
    return [(_tr("Too old to rely on"), stale), (_tr("Fresh"), fresh)]


def _class_row(one: ClassStatus, now: datetime) -> Row:
    read: str | Cell = _tr("never read")
    if one.confirmed_at is not None:
        read = Cell(age_text(one.confirmed_at, now), tooltip=zone_text(one.confirmed_at))
    overdue = one.next_due <= now
    due = Cell(_tr("now") if overdue else clock_text(one.next_due, now), tooltip=zone_text(one.next_due))
    state = Cell(_tr("Stale"), Meaning.ATTENTION) if one.stale else Cell(_tr("Fresh"), Meaning.GOOD)
    return Row(one.data_class, (class_words(one.data_class), read, span_words(one.cadence), due, state))


def class_words(data_class: str) -> str:
    """A class of data as people call it."""
    return {
        "accounts": _tr("Accounts"),
        "contacts": _tr("Contacts"),
        "contracts": _tr("Contract list"),
        "private_labels": _tr("Private labels"),
        "contract": _tr("Contract"),
        "invoices": _tr("Invoices"),
        "payments": _tr("Payments"),
        "alternate_efts": _tr("Alternate EFTs"),
        "bank_accounts": _tr("Bank accounts"),
        "amortization": _tr("Amortization schedule"),
        "credit_lines": _tr("Lines of credit"),
        "equipment": _tr("Equipment"),
    }.get(data_class, data_class)


def run_columns() -> tuple[Column, ...]:
    """The columns of the runs."""
    return (
        Column("started", _tr("Started"), 112),
        Column("outcome", _tr("Outcome"), 100, Kind.CHIP),
        Column("read", _tr("Read"), 64, Kind.AMOUNT),
        Column("changed", _tr("Changed"), 80, Kind.AMOUNT),
        Column("removed", _tr("Removed"), 84, Kind.AMOUNT),
        Column("took", _tr("Took"), 64, Kind.AMOUNT),
        Column("operator", _tr("By"), 120, Kind.SECONDARY),
        Column("message", _tr("What it said"), 40, stretch=True),
    )


def run_row(run: RunStatus, now: datetime) -> Row:
    """A run as a line."""
    number = QLocale().toString
    outcome = outcome_words(run.outcome)
    if run.full:
        outcome = _tr("{outcome}, full").format(outcome=outcome)
    return Row(
        run.started_at,
        (
            Cell(clock_text(run.started_at, now), tooltip=zone_text(run.started_at)),
            Cell(outcome, OUTCOMES.get(run.outcome)),
            number(run.read),
            number(run.changed),
            number(run.removed),
            "" if run.finished_at is None else span_words(run.finished_at - run.started_at),
            Cell(run.operator, tooltip=run.operator),
            _said(run),
        ),
    )


def _said(run: RunStatus) -> str | Cell:
    if not run.message:
        return ""
    if len(run.warnings) > 1:
        words = _tr("{n} warnings").format(n=len(run.warnings))
        return Cell(words, Meaning.ATTENTION, "warning", tooltip=run.message)
    if run.warnings:
        return Cell(run.message, Meaning.ATTENTION, "warning", tooltip=run.message)
    return Cell(run.message, tooltip=run.message)


def outcome_words(outcome: str) -> str:
    """How a run ended."""
    return {
        "done": _tr("Done"),
        "running": _tr("Running"),
        "failed": _tr("Failed"),
        "stopped": _tr("Stopped"),
        "restored": _tr("Restored"),
    }.get(outcome, outcome)


def span_words(span: timedelta) -> str:
    """`15 min`, `1 d` or `42 s`, in the largest unit that fills it."""
    for unit, name in _UNITS:
        if span >= unit:
            return f"{round(span / unit)} {name}"
    return f"{round(span.total_seconds())} s"
