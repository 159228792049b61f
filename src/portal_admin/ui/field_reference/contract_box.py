"""The box for the contract on the phone; it offers the last few again."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QComboBox, QLineEdit, QWidget

RECENT = 10
ID_LENGTH = 64
CHARACTERS = 16


class ContractBox(QComboBox):
    """Emits `asked` with the trimmed id on Enter and when a recent one is chosen."""

    asked = Signal(str)

    def __init__(self, name: str, *, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setEditable(True)
        self.setInsertPolicy(QComboBox.InsertPolicy.NoInsert)
        self.setMinimumContentsLength(CHARACTERS)
        self.setAccessibleName(name)
        self.edit = QLineEdit()
        self.edit.setAccessibleName(name)
        self.edit.setPlaceholderText(name)
        self.edit.setClearButtonEnabled(True)
        self.edit.setMaxLength(ID_LENGTH)
        self.setLineEdit(self.edit)
        # Completion would replace what the caller spells out with what an earlier caller asked for.
        self.edit.setCompleter(None)  # type: ignore[arg-type]
        self.edit.returnPressed.connect(self.ask)
        self.activated.connect(self.ask)

    @property
    def contract_id(self) -> str:
        """What is typed, trimmed."""
        return self.currentText().strip()

    def ask(self) -> None:
        """Ask for what is typed."""
        self.asked.emit(self.contract_id)

    def remember(self, contract_id: str) -> None:
        """Show an id as ASPIRE spells it and put it first among the recent ones."""
        found = self.findText(contract_id)
        if found >= 0:
            self.removeItem(found)
        self.insertItem(0, contract_id)
        self.setCurrentIndex(0)
        while self.count() > RECENT:
            self.removeItem(RECENT)
