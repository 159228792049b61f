"""What an import file says, what becomes of each of its rows, and why (decision of this project)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from portal_admin.domain.people import Status
from portal_admin.domain.records import Account
from portal_admin.domain.text import id_key

NAMED_AT_MOST = 5  # accounts or contracts in one sentence; the count tells the rest


class Column(StrEnum):
    """What the columns of a file mean; the values are the headings that the program writes itself."""

    EMAIL = "Email"
    FIRST_NAME = "First name"
    LAST_NAME = "Last name"
    ACCOUNTS = "Accounts"


class Beside(StrEnum):
    """Columns of an export that are not imported; what they say can refuse a row, so that it does no other thing."""

    SITE = "Site"
    STATUS = "Status"


class Result(StrEnum):
    """What became of a row, or would; every row has one of these."""

    CREATED = "created"
    CHANGED = "changed"
    UNCHANGED = "unchanged"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Options:
    """How to import: the status of people who are created, whether Pending ones are mailed, and all rows or none."""

    status: Status = Status.PENDING
    mail: bool = True
    all_or_nothing: bool = False


@dataclass(frozen=True, slots=True)
class Counts:
    """Rows by what became of them; they always add up to `read`."""

    created: int = 0
    changed: int = 0
    unchanged: int = 0
    refused: int = 0

    @property
    def read(self) -> int:
        return self.created + self.changed + self.unchanged + self.refused


@dataclass(frozen=True, slots=True)
class Opened:
    """One contract that a row opens, and the area it stands in."""

    contract_id: str
    area: str


@dataclass(frozen=True, slots=True)
class Opens:
    """How many contracts a row opens once the user is Active, and the first of them by contract id."""

    count: int = 0
    first: tuple[Opened, ...] = ()


@dataclass(frozen=True, slots=True)
class RowVerdict:
    """One row of the file (the heading is row 1), what becomes of it, and a sentence why.

    `opens` is only filled by a rehearsal; `unread` marks a refusal for a fact that could not be got.
    """

    row: int
    email: str
    result: Result
    reason: str
    accounts: tuple[str, ...] = ()
    opens: Opens = Opens()
    unread: bool = False


@dataclass(frozen=True, slots=True)
class Entry:
    """One row of a file, understood; `fault` says why it cannot be, and `cells` then hold what it said instead.

    `site` and `status` are what it says beside, in a file that has such columns.
    """

    row: int
    email: str
    first_name: str = ""
    last_name: str = ""
    accounts: tuple[str, ...] = ()
    fault: str | None = None
    cells: tuple[str, ...] = ()
    site: str = ""
    status: str = ""


@dataclass(frozen=True, slots=True)
class Person:
    """An end user as a row meets them: linked accounts by oid, and the row of this file that created them, if one did."""

    first_name: str
    last_name: str
    status: Status
    accounts: Mapping[int, str]
    created_in: int | None = None

    @property
    def names(self) -> tuple[str, str]:
        return self.first_name, self.last_name


@dataclass(frozen=True, slots=True)
class AccountAnswer:
    """Whether an account may be newly linked: `refusal` says why not; `unread`, that a needed fact could not be got."""

    account: Account | None
    refusal: str | None = None
    unread: bool = False


@dataclass(frozen=True, slots=True)
class Decision:
    """What one row does: accounts newly linked and the person afterwards; None where the row is refused."""

    result: Result
    before: Person | None
    after: Person | None
    new: tuple[Account, ...] = ()
    refusal: str | None = None
    unread: bool = False


def judge(
    entries: Iterable[Entry],
    people: dict[str, Person],
    answer: Callable[[str], AccountAnswer],
    options: Options,
) -> Iterator[tuple[Entry, Decision]]:
    """What each row does, in order; `people`, by address, is kept as the rows before leave them."""
    for entry in entries:
        decision = decide(entry, people.get(entry.email), answer, options)
        if decision.after is not None:
            people[entry.email] = decision.after
        yield entry, decision


def decide(
    entry: Entry, person: Person | None, answer: Callable[[str], AccountAnswer], options: Options
) -> Decision:
    """What one row does to the person it names, None for nobody yet; an import adds and never removes or blanks.

    `answer` is asked, by id, about accounts that would be newly linked; a link there is already stays as it is.
    """
    if entry.fault is not None:
        return _refused(person, entry.fault)
    linked = {id_key(account_id) for account_id in person.accounts.values()} if person else set()
    asked = [answer(account_id) for account_id in entry.accounts if id_key(account_id) not in linked]
    held = person.accounts if person else {}
    new = {a.account.oid: a.account for a in asked if a.account and a.account.oid not in held}
    withheld = [a for a in asked if a.refusal and (a.account is None or a.account.oid in new)]
    lacking = [] if person else [*_lacking(entry), *_contrary(entry, options)]
    if withheld or lacking:
        unread = not lacking and all(a.unread for a in withheld)
        return _refused(person, " ".join([*lacking, *_first(withheld)]), unread)
    accounts = {**held, **{oid: account.account_id for oid, account in new.items()}}
    if person is None:
        made = Person(entry.first_name, entry.last_name, options.status, accounts, entry.row)
        return Decision(Result.CREATED, None, made, tuple(new.values()))
    names = (entry.first_name or person.first_name, entry.last_name or person.last_name)
    if not new and names == person.names:
        return Decision(Result.UNCHANGED, person, person)
    after = Person(*names, person.status, accounts, person.created_in)
    return Decision(Result.CHANGED, person, after, tuple(new.values()))


def _first(withheld: Sequence[AccountAnswer]) -> list[str]:
    said = [one.refusal or "" for one in withheld[:NAMED_AT_MOST]]
    more = len(withheld) - len(said)
    return [*said, f"So it is with {more} more accounts of the row."] if more else said


def _lacking(entry: Entry) -> list[str]:
    needed = {
        "a first name": entry.first_name,
        "a last name": entry.last_name,
        "at least one account": entry.accounts,
    }
    absent = [name for name, given in needed.items() if not given]
    return [f"There is no such end user yet, and a new one needs {_listed(absent)}."] if absent else []


def _contrary(entry: Entry, options: Options) -> list[str]:
    """Nobody is created who may register, or sign in, where the file says that they may not."""
    if entry.status.casefold() != Status.INACTIVE.casefold():
        return []
    return [
        f"This row's Status is {Status.INACTIVE}; a new end user would be {options.status}. "
        "Leave the row out, or empty its Status."
    ]


def _refused(person: Person | None, reason: str, unread: bool = False) -> Decision:
    return Decision(Result.REFUSED, person, None, (), reason, unread)


def reason(decision: Decision, options: Options, *, done: bool) -> str:
    """Why a row ends as it does, in a sentence: what was done, or what would be."""
    before, after = decision.before, decision.after
    if after is None:
        return decision.refusal or ""
    if decision.result is Result.UNCHANGED:
        return f"Nothing to do: the end user exists and has all of this already.{_from_this_file(before)}"
    if before is None:
        return (
            f"{'Created' if done else 'Would be created'} as {_welcome(options)}, linked to {_ids(decision)}."
        )
    said = []
    if decision.new:
        said.append(f"{'Linked' if done else 'Would be linked'} to {_ids(decision)}.")
    if before.names != after.names:
        verb = "was changed" if done else "would be changed"
        said.append(f"The name {verb} from {' '.join(before.names)} to {' '.join(after.names)}.")
    if decision.new and after.status is Status.INACTIVE:
        said.append("The end user is Inactive and stays so.")
    return " ".join(said) + _from_this_file(before)


def _welcome(options: Options) -> str:
    if options.status is Status.ACTIVE:
        return "Active, without a mail"
    return "Pending, with a registration mail" if options.mail else "Pending, without a registration mail"


def _from_this_file(person: Person | None) -> str:
    created_in = person.created_in if person else None
    return f" Row {created_in} of this file creates the end user." if created_in else ""


def _ids(decision: Decision) -> str:
    ids = [account.account_id for account in decision.new]
    return _listed(ids) if len(ids) <= NAMED_AT_MOST else f"{len(ids)} accounts"


def _listed(words: Sequence[str]) -> str:
    *first, last = words
    return f"{', '.join(first)} and {last}" if first else last


def opening(opens: Opens) -> str:
    """The contracts that a row opens, in a sentence; nothing where it opens none."""
    if not opens.count:
        return ""
    named = ", ".join(f"{one.contract_id} ({one.area})" for one in opens.first)
    more = f" and {opens.count - len(opens.first):,} more" if opens.count > len(opens.first) else ""
    word = "contract" if opens.count == 1 else "contracts"
    return f" It opens {opens.count:,} {word}: {named}{more}."


def all_or_none(verdicts: Sequence[RowVerdict]) -> tuple[RowVerdict, ...]:
    """The same rows where all are wanted or none: one that is refused refuses every row that would do something."""
    refused = sum(verdict.result is Result.REFUSED for verdict in verdicts)
    if not refused:
        return tuple(verdicts)
    other = "another row is" if refused == 1 else f"{refused:,} other rows are"
    why = f"All rows or none were asked for, and {other} refused."
    return tuple(
        replace(verdict, result=Result.REFUSED, reason=why, opens=Opens())
        if verdict.result in (Result.CREATED, Result.CHANGED)
        else verdict
        for verdict in verdicts
    )


def counts_of(results: Iterable[Result]) -> Counts:
    """The rows counted by what became of them."""
    counted = Counter(results)
    return Counts(*(counted[result] for result in Result))
