"""Choosing the private labels of a site from those that ASPIRE's contracts have, or by typing one."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from PySide6.QtCore import QCoreApplication, QLocale, Qt, Signal
from PySide6.QtWidgets import QCheckBox, QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from portal_admin.domain.text import label_key
from portal_admin.services.sites import KnownLabel
from portal_admin.ui.theme import Meaning, Space
from portal_admin.ui.widgets.buttons import button
from portal_admin.ui.widgets.text import PlainLabel


@dataclass(frozen=True, slots=True)
class Mapping:
    """The labels a site takes, and whether it takes contracts without one."""

    labels: tuple[str, ...] = ()
    unlabelled: bool = False

    @property
    def keys(self) -> frozenset[str]:
        """What is compared: label keys, the empty one for no label."""
        return frozenset({label_key(label) for label in self.labels} | ({""} if self.unlabelled else set()))


def mapping_words(labels: Iterable[str], *, unlabelled: bool) -> str:
    """What a site takes, in one line."""
    parts = [*labels, *([_tr("contracts without a label")] if unlabelled else [])]
    return ", ".join(parts) or _tr("nothing")


class LabelChoice(QWidget):
    """One box for each label, those without a label first; `changed` follows every tick."""

    changed = Signal()

    def __init__(self, *, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._known: tuple[KnownLabel, ...] = ()
        self._own: str | None = None
        self.boxes: dict[str, QCheckBox] = {}
        self._labels: dict[str, str] = {}
        self.typed = QLineEdit()
        self.typed.setPlaceholderText(self.tr("A label that no contract has yet"))
        self.typed.setAccessibleName(self.tr("Another private label"))
        self.typed.setMaxLength(200)
        self.typed.returnPressed.connect(self.add_typed)
        self.add_button = button(self.tr("Add label"), self.add_typed, icon="plus")
        self._column = _column(self)
        self._holder = QWidget()
        self._column.addWidget(self._holder)
        row = QHBoxLayout()
        row.setSpacing(Space.S)
        row.addWidget(self.typed, 1)
        row.addWidget(self.add_button)
        self._column.addLayout(row)

    @property
    def mapping(self) -> Mapping:
        """What is ticked now."""
        labels = tuple(self._labels[key] for key, box in self.boxes.items() if key and box.isChecked())
        return Mapping(labels, "" in self.boxes and self.boxes[""].isChecked())

    def show_labels(self, known: Iterable[KnownLabel], mapping: Mapping, *, own: str | None) -> None:
        """Offer these labels with those of `mapping` ticked; `own` is the key of the site they are for."""
        self._known, self._own = tuple(known), own
        self._labels = {"": ""}
        self._labels |= {label_key(one.label): one.label for one in self._known if one.label}
        self._labels |= {label_key(label): label for label in mapping.labels}
        self._rebuild(mapping.keys)

    def focus_label(self, label: str) -> None:
        """Put the keyboard on the box of a label."""
        box = self.boxes.get(label_key(label))
        if box is not None:
            box.setFocus(Qt.FocusReason.TabFocusReason)

    def tick(self, label: str) -> None:
        """Tick a label, listed or not; an empty one stands for contracts without a label."""
        box = self.boxes.get(label_key(label))
        if box is not None:
            box.setChecked(True)
        else:
            self.typed.setText(label)
            self.add_typed()

    def add_typed(self) -> None:
        """Take the typed label and tick it."""
        label = self.typed.text().strip()
        if not label:
            self.typed.setFocus()
            return
        ticked = self.mapping.keys | {label_key(label)}
        self._labels.setdefault(label_key(label), label)
        self.typed.clear()
        self._rebuild(ticked)
        self.typed.setFocus()
        self.changed.emit()

    def _rebuild(self, ticked: frozenset[str]) -> None:
        old, self._holder = self._holder, QWidget()
        column = _column(self._holder)
        facts = {label_key(one.label): one for one in self._known}
        self.boxes = {}
        for key, label in self._labels.items():
            box = QCheckBox(label.replace("&", "&&") if key else self.tr("Contracts without a label"))
            box.setChecked(key in ticked)
            box.toggled.connect(self.changed)
            self.boxes[key] = box
            note, attention = self._note(facts.get(key))
            box.setAccessibleName(f"{label or box.text()}: {note}")
            line = QVBoxLayout()
            line.setSpacing(0)
            line.addWidget(box)
            words = PlainLabel(
                note, kind="secondary", meaning=Meaning.ATTENTION if attention else None, wrap=True
            )
            words.setContentsMargins(Space.XL + Space.XS, 0, 0, 0)
            line.addWidget(words)
            column.addLayout(line)
        self._column.replaceWidget(old, self._holder)
        old.hide()
        old.deleteLater()
        previous: QWidget | None = None
        for stop in (*self.boxes.values(), self.typed, self.add_button):
            if previous is not None:
                QWidget.setTabOrder(previous, stop)
            previous = stop
        self.setFocusProxy(next(iter(self.boxes.values())))

    def _note(self, known: KnownLabel | None) -> tuple[str, bool]:
        if known is None:
            return self.tr("on no booked contract"), False
        number = QLocale().toString(known.contracts)
        words = self.tr("{n} booked contracts").format(n=number)
        if known.contracts == 1:
            words = self.tr("1 booked contract")
        others = [key for key in known.sites if key != self._own]
        if others:
            return self.tr("{contracts} · also on {sites}").format(
                contracts=words, sites=", ".join(others)
            ), False
        if not known.sites:
            return self.tr("{contracts} · mapped to no site").format(contracts=words), True
        return words, False


def _tr(text: str) -> str:
    return QCoreApplication.translate("LabelChoice", text)


def _column(holder: QWidget) -> QVBoxLayout:
    column = QVBoxLayout(holder)
    column.setContentsMargins(0, 0, 0, 0)
    column.setSpacing(Space.S)
    return column
