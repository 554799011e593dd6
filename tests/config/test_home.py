from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from config.home import erasure_key, home_path, read_env_file, secret_key


def test_secret_is_made_once_and_for_this_user_alone(tmp_path: Path) -> None:
    home = tmp_path / "home"
    with ThreadPoolExecutor(8) as pool:
        keys = set(pool.map(lambda _: secret_key(home), range(16)))
    (key,) = keys
    assert len(key) >= 50
    assert (home / "secret_key").stat().st_mode & 0o777 == 0o600
    assert [path.name for path in home.iterdir()] == ["secret_key"]


def test_the_key_of_erasures_is_another_one(tmp_path: Path) -> None:
    key = erasure_key(tmp_path)

    assert key == erasure_key(tmp_path) != secret_key(tmp_path)
    assert (tmp_path / "erasure.key").stat().st_mode & 0o777 == 0o600


def test_env_file_gives_way_to_the_environment(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "env"
    file.write_text(f"PALIMPSEST_HOME={tmp_path}/a\nPORT=1\n")
    monkeypatch.setenv("PALIMPSEST_ENV_FILE", str(file))
    monkeypatch.setenv("PALIMPSEST_HOME", "")
    monkeypatch.setenv("PALIMPSEST_HOME", f"{tmp_path}/b")
    monkeypatch.setenv("PORT", "2")
    read_env_file()
    assert home_path() == tmp_path / "b"
