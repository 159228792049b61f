"""Programs of other people that ours is measured beside; they live in an environment of their own."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parent
PYTHON = FOLDER.parent / ".venv-bench" / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
NOT_INSTALLED = "not run: `make bench` installs it"


def run(program: str, *arguments: str, given: object = None) -> Any:
    """What a program of this folder prints as JSON, None where its environment is not installed."""
    if not PYTHON.exists():
        return None
    done = subprocess.run(
        [PYTHON, FOLDER / program, *arguments],
        input=json.dumps(given),
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    return json.loads(done.stdout)
