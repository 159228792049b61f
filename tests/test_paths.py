from __future__ import annotations

from pathlib import Path

import pytest

from portal_admin.paths import config_folder, data_folder, log_folder, resources


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
