"""The rows of the two tables: sites with what they take, and labels with who takes them."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication, QLocale

from portal_admin.domain.brand import Brand
from portal_admin.domain.people import Site
from portal_admin.domain.site_policy import BANK_ACCOUNT_WORDS, SitePolicy
from portal_admin.services.sites import KnownLabel, KnownLabels
from portal_admin.ui.tables.rows import Cell, Column, Kind, Row
from portal_admin.ui.theme import Meaning


def _tr(text: str) -> str:
    return QCoreApplication.translate("SiteRows", text)


def site_columns() -> tuple[Column, ...]:
    """The columns of the sites."""
    return (
        Column("key", _tr("Key"), 112, sortable=True),
        Column("name", _tr("Name"), 168, sortable=True),
        Column("labels", _tr("Private labels"), 112, stretch=True),
        Column("unlabelled", _tr("No label"), 84, Kind.SECONDARY),
        Column("sender", _tr("Mail sender"), 104, Kind.SECONDARY),
        Column("payments", _tr("Payments"), 96, Kind.SECONDARY),
    )


def site_row(site: Site, brand: Brand | None, policy: SitePolicy | None = None) -> Row:
    """A site as a line; its mails wait until it has a brand."""
    labels: str | Cell = ", ".join(site.labels)
    if not site.labels and not site.unlabelled:
        words = _tr("takes no contracts yet")
        labels = Cell(words, Meaning.ATTENTION, "warning")
    elif site.labels:
        labels = Cell(str(labels), tooltip="\n".join(site.labels))
    return Row(
        site.key,
        (
            Cell(site.key, tooltip=site.key),
            Cell(site.name, tooltip=site.name),
            labels,
            _tr("taken") if site.unlabelled else _tr("not taken"),
            sender_cell(brand),
            policy_cell(policy or SitePolicy()),
        ),
    )


def policy_cell(policy: SitePolicy) -> Cell:
    """Whether the site has payments, with the rest of its policy on hover."""
    return Cell(_tr("on") if policy.payments_enabled else _tr("off"), tooltip=policy_line(policy))


def policy_line(policy: SitePolicy) -> str:
    """What is switched on for a site, in one line."""
    payments = _tr("Payments on") if policy.payments_enabled else _tr("Payments off")
    mfa = _tr("MFA on") if policy.mfa_required else _tr("MFA off")
    return f"{payments} · {BANK_ACCOUNT_WORDS[policy.bank_accounts]} · {mfa}"


def sender_cell(brand: Brand | None) -> Cell:
    """Whether mails can be sent, with the address that they come from on hover."""
    if brand is None:
        words = _tr("Mails of this site wait until it has a sender.")
        return Cell(_tr("not set"), Meaning.ATTENTION, "warning", tooltip=words)
    return Cell(_tr("set"), tooltip=f"{brand.sender_name} <{brand.sender_address}>")


def label_columns() -> tuple[Column, ...]:
    """The columns of the labels."""
    return (
        Column("label", _tr("Private label"), 200, sortable=True),
        Column("contracts", _tr("Booked contracts"), 140, Kind.AMOUNT, sortable=True),
        Column("sites", _tr("Sites that take it"), 240, stretch=True),
    )


def label_sections(known: KnownLabels) -> list[tuple[str, list[Row]]]:
    """Labels that no site takes first, because nobody sees their contracts."""
    orphans = [label_row(one) for one in known.labels if not one.sites]
    mapped = [label_row(one) for one in known.labels if one.sites]
    return [
        (_tr("Mapped to no site: nobody sees these contracts"), orphans),
        (_tr("Mapped"), mapped),
    ]


def label_row(known: KnownLabel) -> Row:
    """A label as a line; its key is the label, None for contracts without one."""
    count = Cell(QLocale().toString(known.contracts), sort=known.contracts)
    if known.sites:
        sites: str | Cell = ", ".join(known.sites)
        name: str | Cell = label_words(known.label)
    else:
        sites = Cell(_tr("no site"), Meaning.ATTENTION)
        name = Cell(label_words(known.label), Meaning.ATTENTION, "warning", sort=known.label or "")
    return Row(known.label or "", (name, count, sites))


def label_words(label: str | None) -> str:
    """A label, or words for its absence."""
    return label or _tr("no label")
