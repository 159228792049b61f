"""When a fact was true: local time, the zone on hover, a mark when it is stale."""

from __future__ import annotations

from datetime import datetime, timedelta

from PySide6.QtCore import QCoreApplication
from PySide6.QtWidgets import QWidget

from portal_admin.domain.dates import day_of_year, day_words, long_day_words
from portal_admin.ui.theme import Meaning
from portal_admin.ui.widgets.text import PlainLabel, set_tooltip

_DAY = timedelta(days=1)


def _tr(text: str) -> str:
    return QCoreApplication.translate("AgeLabel", text)


def clock_text(at: datetime, now: datetime, *, seconds: bool = False) -> str:
    """`14:02` on the same local day, `3 Nov 14:02` in the same year (both to the second if wanted), else with the year."""
    local, today = at.astimezone(), now.astimezone()
    time = f"{local:%H:%M:%S}" if seconds and local.year == today.year else f"{local:%H:%M}"
    if local.date() == today.date():
        return time
    day = day_of_year(local) if local.year == today.year else day_words(local)
    return f"{day} {time}"


def age_text(at: datetime, now: datetime) -> str:
    """`just now`, `3 min ago`, `2 h ago` or `5 days ago`."""
    age = now - at
    if age < timedelta(minutes=1):
        return _tr("just now")
    if age < timedelta(hours=1):
        return _tr("{n} min ago").format(n=age // timedelta(minutes=1))
    if age < _DAY:
        return _tr("{n} h ago").format(n=age // timedelta(hours=1))
    days = age // _DAY
    return _tr("1 day ago") if days == 1 else _tr("{n} days ago").format(n=days)


def zone_text(at: datetime) -> str:
    """The full local date and time with its zone, for a tooltip."""
    local = at.astimezone()
    return f"{long_day_words(local)}, {local:%H:%M:%S} {local.tzname()}"


class AgeLabel(PlainLabel):
    """`as of 14:02`; stale facts are marked in words and colour."""

    def __init__(self, *, parent: QWidget | None = None) -> None:
        super().__init__(kind="secondary", parent=parent)

    def set(self, at: datetime | None, *, now: datetime, stale: bool = False) -> None:
        """Show the time of a fact (both aware); None says that it was never read."""
        if at is None:
            self.setText(self.tr("never read"))
            set_tooltip(self, "")
        else:
            shown = self.tr("as of {time}").format(time=clock_text(at, now))
            self.setText(self.tr("{as_of}, stale").format(as_of=shown) if stale else shown)
            set_tooltip(self, zone_text(at))
        self.set_meaning(Meaning.ATTENTION if stale or at is None else None)
