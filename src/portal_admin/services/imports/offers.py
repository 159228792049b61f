"""Which of the accounts that a file names may be newly linked: rule B, for thousands of them at a time."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from itertools import islice

from sqlalchemy import Connection, select

from portal_admin.domain.access import CLOSED, OPEN, area_of, hidden_reasons
from portal_admin.domain.imports import NAMED_AT_MOST, AccountAnswer, Opened, Opens
from portal_admin.domain.offering import EDITION_RULES, Holding, OfferCase, explain_offer
from portal_admin.domain.people import Site
from portal_admin.domain.policy import PortalSettings
from portal_admin.domain.reading import Answer, Live, Stored
from portal_admin.domain.records import Account, Contract
from portal_admin.domain.text import id_key
from portal_admin.domain.verdict import Verdict
from portal_admin.errors import AspireDenied, AspireReplyUnreadable
from portal_admin.models import aspire_account, aspire_contract, aspire_contract_role, site_private_label
from portal_admin.services import snapshot
from portal_admin.services.accounts import one_budget, why_not_offered
from portal_admin.services.chunks import chunks
from portal_admin.services.desk import Desk
from portal_admin.services.live import live_holding
from portal_admin.services.settings import read_settings
from portal_admin.services.snapshot import Freshness

ASKED_AT_MOST = 50  # accounts of one file that the snapshot lacks
ZEROS_LOST = 8
# What people write between ids where a semicolon is meant.
SEPARATES = re.compile(r"[,/|\s]")
SCIENTIFIC = re.compile(r"-?\d([.,]\d+)?E\+\d+", re.IGNORECASE)
# Failures of one record; any other kind means that ASPIRE need not be asked again.
OF_ONE_RECORD = frozenset({AspireDenied.kind, AspireReplyUnreadable.kind})

TOO_OLD = (
    "The portal's copy of ASPIRE is too old to rely on, so account {id} cannot be judged. "
    "Run a sync, then import the row again."
)
RESTORED = (
    "ASPIRE was restored from a backup, so the portal's copy may be wrong and account {id} cannot be judged. "
    "Run a full sync, then import the row again."
)
TOO_MANY = (
    "The portal has no copy of account {id}, nor of many others in this file. "
    "ASPIRE is not asked about more than {most} of them: run a sync, then import the row again."
)
UNSEEN = "Links of this end user were changed while account {id} was being judged. Import the row again."
LIST_ONLY = "an import is judged by the portal's copy."

Seen = tuple[int, str, str]  # contract oid, contract id, area


@dataclass(frozen=True, slots=True)
class _Basis:
    """What all answers rest on; when it changes, none of them holds any longer."""

    site: Site
    settings: PortalSettings
    freshness: Freshness


@dataclass
class Offers:
    """What rule B says about the accounts of one file, remembered while nothing it rests on changes."""

    desk: Desk
    live: dict[int, Account] = field(default_factory=dict)  # judged by ASPIRE alone
    _basis: _Basis | None = None
    _answers: dict[str, AccountAnswer] = field(default_factory=dict)
    _seen: dict[int, tuple[Seen, ...]] = field(default_factory=dict)
    _absent: dict[str, str] = field(default_factory=dict)
    _alike: dict[str, list[str]] = field(default_factory=dict)
    _asked: int = 0
    _silence: Live[Holding] | None = None

    @property
    def freshness(self) -> Freshness | None:
        """How fresh the snapshot is that the answers rest on, None before the first look."""
        return self._basis.freshness if self._basis else None

    def answer(self, account_id: str) -> AccountAnswer:
        """Whether that account may be newly linked; it must have been looked up before."""
        found = self._answers.get(id_key(account_id))
        return found or AccountAnswer(None, UNSEEN.format(id=account_id), unread=True)

    def look(self, connection: Connection, on: Site, account_ids: Iterable[str]) -> None:
        """Judge accounts by the snapshot; what it lacks is left to `ask`."""
        settings = read_settings(connection)
        basis = _Basis(on, settings, snapshot.freshness(connection, settings, self.desk.clock()))
        if basis != self._basis:
            self._basis = basis
            for remembered in (self._answers, self._seen, self._absent, self._alike):
                remembered.clear()
        wanted = {id_key(one): one for one in account_ids}
        new = {key: one for key, one in wanted.items() if key not in self._answers}
        stored = _stored(connection, new)
        self.see(connection, [account.oid for account in stored.values()])
        self._judge(connection, new, stored)
        self._absent = {key: one for key, one in new.items() if key not in stored}
        self._alike |= _spelled_alike(connection, islice(self._absent, ASKED_AT_MOST))

    def see(self, connection: Connection, oids: Iterable[int]) -> None:
        """Read which contracts those accounts open on the site."""
        basis = self._basis
        assert basis is not None  # noqa: S101  # looked before
        contract, role, label = aspire_contract.c, aspire_contract_role.c, site_private_label.c
        for some in chunks(sorted(set(oids) - self._seen.keys())):
            found: dict[int, list[Seen]] = defaultdict(list)
            query = (
                select(role.account_oid, contract.oid, contract.contract_id, contract.is_terminated)
                .distinct()
                .join_from(aspire_contract_role, aspire_contract, contract.oid == role.contract_oid)
                .join(
                    site_private_label,
                    (label.site_id == basis.site.id) & (label.label_key == contract.label_key),
                )
                .where(
                    role.account_oid.in_(some),
                    role.role_type.in_(basis.settings.admitted_roles),
                    contract.is_booked,
                )
            )
            for account_oid, oid, contract_id, ended in connection.execute(query):
                found[account_oid].append((oid, contract_id, CLOSED if ended else OPEN))
            self._seen |= {oid: tuple(found[oid]) for oid in some}

    def ask(self) -> None:
        """Ask ASPIRE about accounts that the snapshot lacks: few, within one look-up, and no more once it is silent."""
        with one_budget(self.desk):
            for key, account_id in self._absent.items():
                self._answers[key] = self._ask(key, account_id)
        self._absent = {}

    def opened(self, new: Iterable[int], held: Iterable[int]) -> Opens:
        """The contracts that the new accounts open beyond those that the accounts held open already."""
        before = {oid for account in held for oid, _, _ in self._seen.get(account, ())}
        gained = {one for account in new for one in self._seen.get(account, ()) if one[0] not in before}
        first = sorted((contract_id, oid, area) for oid, contract_id, area in gained)[:NAMED_AT_MOST]
        return Opens(len(gained), tuple(Opened(contract_id, area) for contract_id, _, area in first))

    def _judge(self, connection: Connection, asked: Mapping[str, str], stored: Mapping[str, Account]) -> None:
        basis = self._basis
        assert basis is not None  # noqa: S101  # looked before
        for sentence, applies in ((RESTORED, basis.freshness.restored), (TOO_OLD, basis.freshness.stale)):
            if applies:
                for key, account in stored.items():
                    refusal = sentence.format(id=asked[key])
                    self._answers[key] = AccountAnswer(account, refusal, unread=True)
                return
        rule = EDITION_RULES[basis.settings.edition]
        # The rule itself says in which area a contract must stand.
        admitted = {
            area
            for area, ended in ((OPEN, False), (CLOSED, True))
            if rule.admits(Contract(0, "", is_booked=True, is_terminated=ended))
        }
        withheld = {}
        for key, account in stored.items():
            if any(area in admitted for _, _, area in self._seen[account.oid]):
                self._answers[key] = AccountAnswer(account)
            else:
                withheld[key] = account
        held = snapshot.holdings(connection, withheld.values())
        for key, account in withheld.items():
            live: Live[Holding] = Live(Answer.UNREAD, self.desk.clock(), reason=LIST_ONLY)
            verdict = self._explained(asked[key], held[account.oid], live)
            self._answers[key] = self._answered(asked[key], account, verdict)

    def _ask(self, key: str, account_id: str) -> AccountAnswer:
        if self._silence is None and self._asked == ASKED_AT_MOST:
            return AccountAnswer(None, TOO_MANY.format(id=account_id, most=ASKED_AT_MOST), unread=True)
        live = self._silence
        if live is None:
            self._asked += 1
            live = live_holding(self.desk, account_id)
            if live.answer is Answer.UNREAD and live.kind not in OF_ONE_RECORD:
                self._silence = live
        verdict = self._explained(account_id, None, live)
        answer = self._answered(account_id, live.fact.account if live.fact else None, verdict)
        if live.fact is None:
            hint = _hint(account_id, self._alike.get(key, []))
            return AccountAnswer(None, f"{answer.refusal}{hint}", answer.unread)
        if answer.refusal is None:
            self._remember(live.fact)
        return answer

    def _explained(self, account_id: str, stored: Holding | None, live: Live[Holding]) -> Verdict:
        assert self._basis is not None  # noqa: S101  # looked before
        site, settings, as_of = self._basis.site, self._basis.settings, self._basis.freshness.as_of
        return explain_offer(
            OfferCase(account_id, site, Stored(stored, as_of), live, None, settings, self.desk.clock())
        )

    def _answered(self, account_id: str, account: Account | None, verdict: Verdict) -> AccountAnswer:
        assert self._basis is not None  # noqa: S101  # looked before
        if verdict.cannot_tell:
            return AccountAnswer(
                account, f"Account {account_id} cannot be judged. {verdict.doubt}", unread=True
            )
        if verdict.verdict == "offered":
            return AccountAnswer(account)
        return AccountAnswer(account, why_not_offered(self._basis.site.key, account_id, verdict))

    def _remember(self, holding: Holding) -> None:
        assert self._basis is not None  # noqa: S101  # looked before
        oid = holding.account.oid
        self.live[oid] = holding.account
        opened = (
            c
            for c in holding.contracts
            if not hidden_reasons(c, accounts=[oid], site=self._basis.site, settings=self._basis.settings)
        )
        self._seen[oid] = tuple((c.oid, c.contract_id, area_of(c)) for c in opened)


def _stored(connection: Connection, keys: Iterable[str]) -> dict[str, Account]:
    """The accounts of those ids in the snapshot; of several with one id the first, as everywhere."""
    found: dict[str, Account] = {}
    for some in chunks(sorted(keys)):
        query = select(aspire_account).where(aspire_account.c.account_id_key.in_(some))
        for row in connection.execute(query.order_by(aspire_account.c.oid)):
            found.setdefault(row.account_id_key, snapshot.account_of(row))
    return found


def _spelled_alike(connection: Connection, absent: Iterable[str]) -> dict[str, list[str]]:
    """Ids in the snapshot that a spreadsheet would have turned into the absent ones by dropping zeros at the start."""
    spelled = {
        "0" * zeros + key: key for key in absent for zeros in range(1, ZEROS_LOST + 1) if key[:1].isdigit()
    }
    found: dict[str, list[str]] = defaultdict(list)
    column = aspire_account.c
    for some in chunks(sorted(spelled)):
        query = select(column.account_id_key, column.account_id).where(column.account_id_key.in_(some))
        for key, account_id in connection.execute(query):
            found[spelled[key]].append(account_id)
    return dict(found)


def _hint(account_id: str, alike: list[str]) -> str:
    if len(alike) == 1:
        return f" Did you mean {alike[0]}? Spreadsheets drop zeros at the start of a number: format the column as text."
    if SCIENTIFIC.fullmatch(account_id):
        return " Excel turned this id into a number: format the column as text, and type the id again."
    if SEPARATES.search(account_id):
        return " If these are several ids, separate them by semicolons."
    return ""
