"""What linking or unlinking would change: contracts by area, and what stays hidden with the reason."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtWidgets import QFrame, QVBoxLayout

from portal_admin.services.access import HiddenContract
from portal_admin.services.links import PreviewLine
from portal_admin.ui.panels.access import words
from portal_admin.ui.theme import Space
from portal_admin.ui.widgets.text import PlainLabel

HIDDEN_AT_MOST = 5


class PreviewView(QFrame):
    """The sentence first, then the contract ids."""

    def __init__(
        self,
        sentence: str,
        lines: Sequence[PreviewLine],
        hidden: Sequence[HiddenContract] = (),
        say: Callable[[HiddenContract], str] | None = None,
    ) -> None:
        super().__init__()
        self.setProperty("kind", "panel")
        self.sentence = PlainLabel(sentence, kind="strong", wrap=True)
        column = QVBoxLayout(self)
        column.setContentsMargins(Space.M, Space.S, Space.M, Space.S)
        column.setSpacing(Space.XS)
        column.addWidget(self.sentence)
        for area, name in words.areas().items():
            ids = words.listed(lines, area)
            if ids:
                column.addWidget(PlainLabel(f"{name}: {ids}", wrap=True))
        for contract in hidden[:HIDDEN_AT_MOST]:
            reason = say(contract) if say else ""
            said = self.tr("Stays hidden: {id}, {reason}").format(id=contract.contract_id, reason=reason)
            column.addWidget(PlainLabel(said, kind="secondary", wrap=True))
        more = len(hidden) - HIDDEN_AT_MOST
        if more > 0:
            column.addWidget(PlainLabel(self.tr("and {n} more stay hidden").format(n=more), kind="secondary"))
        self.setAccessibleName(sentence)
