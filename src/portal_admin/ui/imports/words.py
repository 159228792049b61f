"""Numbers of rows and states of imports in words."""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtCore import QCoreApplication, QLocale

from portal_admin.domain.imports import Counts, Options, Result, RowVerdict
from portal_admin.domain.people import Status
from portal_admin.services.imports.batches import Batch, BatchStatus
from portal_admin.ui.theme import Meaning

MEANINGS = {
    Result.REFUSED: Meaning.BAD,
    Result.CREATED: Meaning.GOOD,
    Result.CHANGED: Meaning.ATTENTION,
    Result.UNCHANGED: Meaning.NEUTRAL,
}
# What needs a person comes first.
ORDER = tuple(MEANINGS)


def _tr(text: str) -> str:
    return QCoreApplication.translate("ImportWords", text)


def number(count: int) -> str:
    """A number as people of this machine write it."""
    return QLocale().toString(count)


def result_word(result: Result, *, planned: bool) -> str:
    """What becomes of a row, or became."""
    if planned and result in (Result.CREATED, Result.CHANGED):
        return _tr("Create") if result is Result.CREATED else _tr("Change")
    return {
        Result.CREATED: _tr("Created"),
        Result.CHANGED: _tr("Changed"),
        Result.UNCHANGED: _tr("Unchanged"),
        Result.REFUSED: _tr("Refused"),
    }[result]


def sum_words(counts: Counts, *, planned: bool) -> str:
    """All rows and what becomes of them, so that the numbers add up before the reader's eyes."""
    words = _tr(
        "{read} rows read = {created} to create + {changed} to change + {unchanged} unchanged + {refused} refused"
    )
    if not planned:
        words = _tr(
            "{read} rows = {created} created + {changed} changed + {unchanged} unchanged + {refused} refused"
        )
    return words.format(
        read=number(counts.read),
        created=number(counts.created),
        changed=number(counts.changed),
        unchanged=number(counts.unchanged),
        refused=number(counts.refused),
    )


def commit_words(rows: Iterable[RowVerdict], counts: Counts) -> str:
    """What the import will do to people; a person on several rows is counted once."""
    created = {row.email for row in rows if row.result is Result.CREATED}
    changed = {row.email for row in rows if row.result is Result.CHANGED} - created
    users = (
        _tr("1 end user") if counts.created == 1 else _tr("{n} end users").format(n=number(counts.created))
    )
    if created and changed:
        return _tr("Create {users} and change {n}").format(users=users, n=number(len(changed)))
    if created:
        return _tr("Create {users}").format(users=users)
    if changed:
        users = (
            _tr("1 end user") if len(changed) == 1 else _tr("{n} end users").format(n=number(len(changed)))
        )
        return _tr("Change {users}").format(users=users)
    return _tr("Nothing to import")


def left_out_words(counts: Counts, options: Options) -> str:
    """What the import leaves alone, and the mails that it queues."""
    words = []
    if counts.refused and options.all_or_nothing:
        count = (
            _tr("1 row is") if counts.refused == 1 else _tr("{n} rows are").format(n=number(counts.refused))
        )
        words.append(_tr("{rows} refused, and this import is all or nothing.").format(rows=count))
        return " ".join(words)
    if counts.refused:
        count = (
            _tr("1 row is") if counts.refused == 1 else _tr("{n} rows are").format(n=number(counts.refused))
        )
        words.append(_tr("{rows} left out; they can be saved to a file afterwards.").format(rows=count))
    if counts.created and options.status is Status.PENDING:
        if not options.mail:
            words.append(_tr("No registration mail is queued."))
        elif counts.created == 1:
            words.append(_tr("1 registration mail is queued."))
        else:
            words.append(_tr("{n} registration mails are queued.").format(n=number(counts.created)))
    return " ".join(words)


def option_words(options: Options) -> str:
    """The options of an import on one line."""
    words = [_tr("new end users are {status}").format(status=options.status.value)]
    if options.status is Status.PENDING:
        words.append(_tr("with registration mails") if options.mail else _tr("without mails"))
    if options.all_or_nothing:
        words.append(_tr("all or nothing"))
    return ", ".join(words)


def batch_state(batch: Batch) -> tuple[str, Meaning]:
    """The state of an import as a chip says it."""
    if batch.status is BatchStatus.RUNNING:
        return (_tr("Running"), Meaning.ATTENTION) if batch.runner else (_tr("Interrupted"), Meaning.BAD)
    return {
        BatchStatus.DONE: (_tr("Done"), Meaning.GOOD),
        BatchStatus.CANCELED: (_tr("Stopped"), Meaning.ATTENTION),
        BatchStatus.UNDONE: (_tr("Undone"), Meaning.NEUTRAL),
    }[batch.status]


def progress_words(batch: Batch) -> str:
    """How far an import got."""
    return _tr("{done} of {total}").format(done=number(batch.counts.read), total=number(batch.total))
