"""A command line at work on a portal database and an ASPIRE, as a script would drive it."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from portal_admin.cli import run


@dataclass(frozen=True)
class Ran:
    """What one command did: exit code, stdout and stderr."""

    code: int
    stdout: bytes
    stderr: str

    @property
    def rows(self) -> list[Any]:
        """The JSON documents of stdout; every line must be one."""
        return [json.loads(line) for line in self.stdout.decode("utf-8").splitlines()]

    @property
    def row(self) -> Any:
        (row,) = self.rows
        return row

    @property
    def error(self) -> dict[str, Any]:
        """The error that the last line must be."""
        found: dict[str, Any] = self.rows[-1]["error"]
        return found


Cli = Callable[..., Ran]


def command_line(capfdbinary: Any) -> Cli:
    def call(*words: str) -> Ran:
        capfdbinary.readouterr()
        code = run(words)
        out, err = capfdbinary.readouterr()
        return Ran(code, out, err.decode("utf-8"))

    return call
