"""What accounts open, in words."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication

from portal_admin.domain.access import CLOSED
from portal_admin.services.access import HiddenContract
from portal_admin.services.access_overview import AccountProfile
from portal_admin.services.links import NewUserPreview


def _tr(text: str) -> str:
    return QCoreApplication.translate("ContractWords", text)


def contracts(count: int) -> str:
    """`1 contract` or `3 contracts`."""
    return _tr("1 contract") if count == 1 else _tr("{n} contracts").format(n=count)


def opened_words(preview: NewUserPreview) -> str:
    """`Opens 3 contracts, 1 of them closed; 2 stay hidden.`"""
    closed = sum(line.area == CLOSED for line in preview.opened)
    words = _tr("Opens {contracts}").format(contracts=contracts(len(preview.opened)))
    if closed:
        words += _tr(", {n} of them closed").format(n=closed)
    if preview.hidden:
        hidden = len(preview.hidden)
        words += _tr("; 1 stays hidden") if hidden == 1 else _tr("; {n} stay hidden").format(n=hidden)
    return words + "."


def hidden_words(hidden: HiddenContract) -> str:
    """One hidden contract and why, in rule A's terms."""
    label = _tr("its label {label} is not mapped to this site").format(label=hidden.private_label)
    unlabelled = _tr("it has no label, and this site takes only labelled contracts")
    reasons = {
        "booked": _tr("it is not booked"),
        "role": _tr("the account is neither Customer nor Guarantor on it"),
        "private_label": label if (hidden.private_label or "").strip() else unlabelled,
    }
    why = "; ".join(reasons.get(name, name) for name in hidden.reasons)
    return _tr("{contract}: {why}").format(contract=hidden.contract_id, why=why)


def profile_words(profile: AccountProfile) -> str:
    """`Customer · opens 3 contracts, 1 closed · 2 hidden`, for one account on the site."""
    parts = [", ".join(profile.roles)] if profile.roles else []
    if profile.open + profile.closed:
        opened = _tr("opens {contracts}").format(contracts=contracts(profile.open + profile.closed))
        closed = _tr(", {n} closed").format(n=profile.closed) if profile.closed else ""
        parts.append(opened + closed)
    if profile.hidden:
        parts.append(_tr("{n} hidden").format(n=profile.hidden))
    return " · ".join(parts) or _tr("on no contract")
