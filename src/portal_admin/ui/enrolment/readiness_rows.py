"""What is missing for enrolment, as rows of tables and where each leads."""

from __future__ import annotations

from collections.abc import Iterable

from portal_admin.domain.enrolment_readiness import Gap, Lack
from portal_admin.services.enrolment.readiness import Readiness
from portal_admin.ui.navigation import Target
from portal_admin.ui.panels.enrolment.words import tr
from portal_admin.ui.tables.rows import Cell, Column, Kind, Row
from portal_admin.ui.theme import Meaning

ALL_SITES = ""
OF_A_SITE = (Lack.NO_EMAIL, Lack.SHARED_EMAIL, Lack.NO_POSTAL_CODE)


def lack_words(lack: Lack) -> str:
    """A kind of gap."""
    return {
        Lack.NO_EMAIL: tr("No usable email"),
        Lack.SHARED_EMAIL: tr("Several on one email"),
        Lack.NO_POSTAL_CODE: tr("No billing postal code"),
        Lack.UNMAPPED_LABEL: tr("Label mapped to no site"),
    }[lack]


def short_words(lack: Lack) -> str:
    """The same where room is scarce."""
    return {
        Lack.NO_EMAIL: tr("No email"),
        Lack.SHARED_EMAIL: tr("Shared email"),
        Lack.NO_POSTAL_CODE: tr("No postal code"),
        Lack.UNMAPPED_LABEL: tr("Unmapped label"),
    }[lack]


def site_columns() -> tuple[Column, ...]:
    """One line for each site."""
    return (
        Column("site", tr("Site"), 160, stretch=True),
        Column("customers", tr("Customers"), 92, Kind.AMOUNT),
        Column("contracts", tr("Contracts"), 92, Kind.AMOUNT),
        *(Column(lack.value, short_words(lack), 140, Kind.AMOUNT) for lack in Lack),
    )


def site_rows(found: Readiness) -> list[Row]:
    """All sites first, then each; their keys are the sites' keys."""
    whole = Row(
        ALL_SITES,
        (
            Cell(tr("All sites"), strong=True),
            f"{sum(found.customers.values()):,}",
            f"{sum(found.contracts.values()):,}",
            *(_count(found.count(lack)) for lack in Lack),
        ),
    )
    return [whole, *(_site_row(found, site) for site in found.sites)]


def _site_row(found: Readiness, site: str) -> Row:
    counts = (_count(found.count(lack, site)) for lack in OF_A_SITE)
    # A label of no site belongs to none of them.
    return Row(site, (site, f"{found.customers[site]:,}", f"{found.contracts[site]:,}", *counts, ""))


def _count(number: int) -> Cell:
    return Cell(f"{number:,}", Meaning.ATTENTION if number else None)


def gap_columns() -> tuple[Column, ...]:
    """One line for each gap."""
    return (
        Column("missing", tr("Missing"), 148, sortable=True),
        Column("id", tr("Account or contract"), 156, Kind.ID, sortable=True),
        Column("name", tr("Name"), 180, sortable=True, stretch=True),
        Column("detail", tr("Detail"), 260, Kind.SECONDARY, sortable=True),
        Column("site", tr("Site"), 104, Kind.SECONDARY, sortable=True),
    )


def gap_rows(gaps: Iterable[tuple[int, Gap]]) -> list[Row]:
    """The gaps, each under its number."""
    return [_gap_row(number, gap) for number, gap in gaps]


def _gap_row(number: int, gap: Gap) -> Row:
    detail = _detail(gap)
    name = gap.account_name or "—"
    return Row(
        number,
        (
            Cell(short_words(gap.lack), tooltip=lack_words(gap.lack)),
            gap.contract_id or gap.account_id or "",
            Cell(name, tooltip=name),
            Cell(detail, tooltip=detail),
            gap.site or tr("none"),
        ),
    )


def _detail(gap: Gap) -> str:
    if gap.lack is Lack.SHARED_EMAIL:
        others = gap.shared_by - 1
        named = ", ".join(gap.others)
        more = (
            tr(" and {n} more").format(n=f"{others - len(gap.others):,}") if others > len(gap.others) else ""
        )
        return tr("{email}, also of {others}{more}").format(email=gap.detail, others=named, more=more)
    if gap.lack is Lack.UNMAPPED_LABEL:
        return tr("label {label}").format(label=gap.detail) if gap.detail else tr("no label")
    if gap.lack is Lack.NO_POSTAL_CODE:
        return tr("“{code}” is too short").format(code=gap.detail) if gap.detail else tr("none in ASPIRE")
    return tr("neither the account, its contacts nor a Bill-To Location has one")


def target(gap: Gap) -> Target:
    """Where the gap can be looked into."""
    if gap.lack is Lack.UNMAPPED_LABEL:
        return Target("sites")
    if gap.contract_id is not None:
        return Target("customer_care", contract=gap.contract_id)
    return Target("customer_care", account=gap.account_id)
