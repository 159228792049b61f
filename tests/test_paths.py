from __future__ import annotations

import sys
from pathlib import Path
from stat import S_IMODE

import pytest

from portal_admin.paths import config_folder, data_folder, log_folder, make_file, make_folder, resources


def test_that_one_variable_moves_settings_data_and_logs(home: Path) -> None:
    assert config_folder() == data_folder() == home
    assert log_folder() == home / "logs"


def test_that_without_it_the_platform_decides(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("PORTAL_ADMIN_HOME")
    assert {config_folder().name, data_folder().name} == {"portal-admin"}


def test_that_a_frozen_program_finds_the_resources_it_brought(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "resources").mkdir()
    monkeypatch.setattr("sys._MEIPASS", str(tmp_path), raising=False)
    assert resources() == tmp_path / "resources"


def test_that_a_source_tree_has_its_resources_at_its_root() -> None:
    assert resources() == Path(__file__).parents[1] / "resources"


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such modes")
def test_that_what_is_made_is_its_owner_s_alone_and_what_exists_stays_as_it_is(tmp_path: Path) -> None:
    shared = tmp_path / "shared"
    shared.mkdir()
    shared.chmod(0o2775)
    make_folder(shared / "mine" / "logs")
    make_file(shared / "mine" / "file")
    modes = {path.name: S_IMODE(path.stat().st_mode) for path in [shared, *shared.rglob("*")]}
    # A folder with a set group hands it on.
    assert {name: mode & 0o777 for name, mode in modes.items()} == {
        "shared": 0o775,
        "mine": 0o700,
        "logs": 0o700,
        "file": 0o600,
    }
    make_folder(shared)
    assert S_IMODE(shared.stat().st_mode) == 0o2775
    with pytest.raises(FileExistsError):
        make_file(shared / "mine" / "file")
    with pytest.raises(FileExistsError):
        make_folder(shared / "mine" / "file")
