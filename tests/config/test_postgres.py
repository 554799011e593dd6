from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from config import cluster, postgres
from tests.config.processes import first_line, run_python, wait_until

USER = """
import sys, time
from pathlib import Path
from config import postgres
postgres.ensure_running(Path(sys.argv[1]))
print("up", flush=True)
time.sleep(60)
"""


@pytest.fixture(scope="module")
def module_home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    home = tmp_path_factory.mktemp("home")
    yield home
    postgres.release(home)


@pytest.fixture
def home(module_home: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """One cluster for all of these tests: its making takes most of their time."""
    monkeypatch.delenv("DATABASE_URL", raising=False)
    return module_home


def version(home: Path) -> int:
    with psycopg.connect(postgres.database_url(home)) as connection:
        return connection.info.server_version // 10_000


def test_url_is_known_before_the_server_runs(tmp_path: Path) -> None:
    assert postgres.database_url(tmp_path).startswith("postgresql://palimpsest@/")
    assert not any(tmp_path.iterdir())


def test_socket_has_a_short_path_wherever_the_home_is(tmp_path: Path) -> None:
    deep = tmp_path / ("long" * 30)
    directory = cluster.socket_directory(deep)
    assert directory != cluster.data_path(deep)
    assert len(os.fsencode(directory / cluster.SOCKET)) <= 103
    assert directory == cluster.socket_directory(deep)
    assert directory != cluster.socket_directory(deep / "other")


def test_socket_directory_of_somebody_else_is_refused(tmp_path: Path) -> None:
    directory = tmp_path / "sockets"
    directory.mkdir(mode=0o777)
    directory.chmod(0o777)
    with pytest.raises(cluster.PostgresError, match="nobody else may enter"):
        cluster.own(directory)


def test_first_user_starts_it_and_last_one_stops_it(home: Path) -> None:
    postgres.ensure_running(home)
    assert version(home) == 18
    assert postgres.release(home)
    assert not postgres.is_running(home)


def test_it_stays_while_another_process_uses_it(home: Path) -> None:
    with run_python(USER, str(home)) as other:
        assert first_line(other) == "up\n"
        postgres.ensure_running(home)
        assert not postgres.release(home)
        assert postgres.is_running(home)
        other.kill()
    assert wait_until(lambda: not postgres.is_running(home))


def test_files_of_a_killed_server_do_not_stop_the_next(home: Path) -> None:
    postgres.ensure_running(home)
    number = int((home / "postgres/postmaster.pid").read_text().split()[0])
    os.kill(number, signal.SIGKILL)
    assert wait_until(lambda: not postgres.is_running(home))
    # As after the restart of a container: the old id is another process by now.
    stale = home / "postgres/postmaster.pid"
    stale.write_text(stale.read_text().replace(str(number), str(os.getpid()), 1))
    postgres.ensure_running(home)
    assert version(home) == 18
    assert postgres.release(home)


def test_interrupted_making_of_the_files_is_begun_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("DATABASE_URL", raising=False)
    (tmp_path / "postgres.new").mkdir()
    (tmp_path / "postgres.new/half").touch()
    postgres.ensure_running(tmp_path)
    assert version(tmp_path) == 18
    assert postgres.release(tmp_path)


def test_files_of_another_version_are_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("DATABASE_URL", raising=False)
    (tmp_path / "postgres").mkdir()
    (tmp_path / "postgres/PG_VERSION").write_text("16\n")
    with pytest.raises(cluster.PostgresError, match=r"made by PostgreSQL 16"):
        postgres.ensure_running(tmp_path)
    postgres.release(tmp_path)


def test_another_server_is_left_to_others(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgresql://elsewhere/palimpsest")
    postgres.ensure_running(tmp_path / "home")
    assert not (tmp_path / "home").exists()
