from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import psutil
import pytest

from config import postgres

PATIENCE = 120


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


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


def relatives(process: subprocess.Popen[str], home: Path) -> list[psutil.Process]:
    family = psutil.Process(process.pid).children(recursive=True)
    assert any(str(home) in " ".join(member.cmdline()) for member in family)
    return family


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if name != "DATABASE_URL"}
    return kept | {
        "PALIMPSEST_HOME": str(tmp_path),
        "PALIMPSEST_DEMO": "0",
        "STATIC_ROOT": str(tmp_path / "static"),
        "HOST": "127.0.0.1",
        "PORT": str(free_port()),
        "DJANGO_SETTINGS_MODULE": "config.settings",
    }


def start(environment: dict[str, str]) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "config.supervisor"],
        env=environment,
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )


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
        family = relatives(second, tmp_path)
        second.send_signal(signal.SIGINT)
        assert second.wait(timeout=PATIENCE) == 0
    deadline = time.monotonic() + 5
    while any(map(psutil.Process.is_running, family)) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not [process for process in family if process.is_running()]
    assert not postgres.is_running(tmp_path)
    assert not (tmp_path / "server.json").exists()


def test_port_must_be_a_number(environment: dict[str, str]) -> None:
    with start(environment | {"PORT": "eighty"}) as process:
        wait_for_line(process, "PORT must be a number")
        assert process.wait(timeout=10) == 1
