"""Where settings, data, logs and the program's own resources lie."""

from __future__ import annotations

import os
import sys
from pathlib import Path

NAME = "portal-admin"
HOME = "PORTAL_ADMIN_HOME"


def config_folder() -> Path:
    """The folder of profiles.toml; it need not exist yet."""
    if home := _home():
        return home
    import platformdirs

    return platformdirs.user_config_path(NAME, appauthor=False)


def data_folder() -> Path:
    """The folder of the embedded database and of what the desk remembers; it need not exist yet."""
    if home := _home():
        return home
    import platformdirs

    return platformdirs.user_data_path(NAME, appauthor=False)


def log_folder() -> Path:
    """The folder of the logs; it need not exist yet."""
    if home := _home():
        return home / "logs"
    import platformdirs

    return platformdirs.user_log_path(NAME, appauthor=False)


def resources() -> Path:
    """The folder of icons, styles and catalogues: inside the installed or frozen package, or in the source tree."""
    package = Path(__file__).resolve().parent
    frozen = getattr(sys, "_MEIPASS", None)
    places = [package / "resources", package.parents[1] / "resources"]
    if frozen:
        places.insert(0, Path(frozen) / "resources")
    return next((place for place in places if place.is_dir()), places[-1])


def make_folder(folder: Path) -> None:
    """Make a folder, and those above it, for their owner alone (POSIX); those that exist stay as they are."""
    for missing in [above for above in folder.parents if not above.exists()][::-1]:
        missing.mkdir(mode=0o700, exist_ok=True)
    folder.mkdir(mode=0o700, exist_ok=True)


def make_file(path: Path) -> None:
    """Make an empty file for its owner alone (POSIX); FileExistsError when there is one."""
    os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))


def _home() -> Path | None:
    """One folder for everything, for tests and for portable use."""
    home = os.environ.get(HOME)
    return Path(home).expanduser().absolute() if home else None
