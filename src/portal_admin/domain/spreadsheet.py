"""Text that spreadsheet programs would run as a formula, and what marks it as text (decision of this project)."""

from __future__ import annotations

# What begins a formula, or is skipped before one, in programs that open a CSV file; wide forms count as the plain ones.
STARTS_FORMULA = "=+-@\t\r\n＝＋－＠"
MARK = "'"


def neutralised(text: str) -> str:
    """The text with a mark before it when a program might run it; marks that stand there already get one more."""
    return MARK + text if _is_formula(text.lstrip(MARK)) else text


def restored(text: str) -> str:
    """The text that `neutralised` was given: a mark before a formula goes, every other apostrophe stays."""
    marked = text.startswith(MARK) and _is_formula(text.lstrip(MARK))
    return text[len(MARK) :] if marked else text


def _is_formula(text: str) -> bool:
    return text[:1] in STARTS_FORMULA if text else False
