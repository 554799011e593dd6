from __future__ import annotations

import re
import signal
import subprocess
import urllib.request
from pathlib import Path

import psutil
import pytest

from config import postgres
from tests.config.house import PATIENCE, all_gone, environment_of, start


def wait_for_line(process: subprocess.Popen[str], part: str) -> list[str]:
    lines = []
    assert process.stdout is not None
    for line in process.stdout:
        lines.append(line)
        if part in line:
            return lines
    raise AssertionError(f"no line with {part!r} in {lines}")


def answer(address: str, path: str) -> bytes:
    with urllib.request.urlopen(f"http://{address}{path}", timeout=10) as response:
        return bytes(response.read())


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    return environment_of(tmp_path)


def test_it_serves_survives_a_kill_and_leaves_nothing(
    environment: dict[str, str], tmp_path: Path
) -> None:
    address = f"127.0.0.1:{environment['PORT']}"
    with start(environment) as first:
        wait_for_line(first, f"http://{address}/")
        assert answer(address, "/healthz") == b"ok\n"
        page = answer(address, "/login/").decode()
        sheet = re.search(r"/static/css/[\w.-]+\.[0-9a-f]{12}\.css", page)
        assert sheet, "no style sheet with a hashed name"
        assert answer(address, sheet[0])
        first.kill()
    # Everything that the killed one started ends by itself, or is ended here.
    with start(environment) as second:
        wait_for_line(second, f"http://{address}/")
        assert b'"status": "ok"' in answer(address, "/readyz")
        family = psutil.Process(second.pid).children(recursive=True)
        assert any(str(tmp_path) in " ".join(member.cmdline()) for member in family)
        second.send_signal(signal.SIGINT)
        assert second.wait(timeout=PATIENCE) == 0
    assert all_gone(family)
    assert not postgres.is_running(tmp_path)
    assert not (tmp_path / "server.json").exists()


def test_port_must_be_a_number(environment: dict[str, str]) -> None:
    with start(environment | {"PORT": "eighty"}) as process:
        wait_for_line(process, "PORT must be a number")
        assert process.wait(timeout=10) == 1
