"""Values before and after, side by side."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QCoreApplication
from PySide6.QtWidgets import QWidget

from portal_admin.domain.audit_values import NONE, Change
from portal_admin.ui.widgets.facts import FactGrid
from portal_admin.ui.widgets.text import PlainLabel, breakable


def changes_grid(changes: Sequence[Change]) -> QWidget:
    """A grid of names with what was and what is; only what is where nothing was before."""

    def tr(text: str) -> str:
        return QCoreApplication.translate("ChangesGrid", text)

    holder = QWidget()
    grid = FactGrid(holder)
    both = any(change.before is not None for change in changes)
    if both:
        for place, title in enumerate((tr("Before"), tr("After")), start=1):
            grid.addWidget(PlainLabel(title, kind="secondary"), 0, place)
    for change in changes:
        values = (change.before, change.after) if both else (change.after,)
        labels = []
        for value in values:
            label = PlainLabel(breakable(value or NONE), wrap=True)
            label.setMinimumWidth(1)
            labels.append(label)
        grid.add_fact(change.name, *labels)
    return holder
