from __future__ import annotations

import os
import re
import subprocess
import sys

from tests.config.house import House, processes_of


def test_it_serves_pages_and_their_files(house: House) -> None:
    assert house.get("/healthz") == (200, "ok\n")
    assert '"status": "ok"' in house.get("/readyz")[1]
    _, page = house.get("/login/")
    sheet = re.search(r"/static/css/[\w.-]+\.[0-9a-f]{12}\.css", page)
    assert sheet, "no style sheet with a hashed name"
    assert house.get(sheet[0])[0] == 200


def test_ctrl_c_leaves_nothing(house: House) -> None:
    assert len(processes_of(house.home)) > 10
    house.stop()
    assert not (house.home / "server.json").exists()
    house.start()


def test_port_must_be_a_number() -> None:
    command = [sys.executable, "-m", "config.supervisor"]
    environment = {**os.environ, "PORT": "eighty"}
    done = subprocess.run(  # noqa: S603 - our own command line
        command, env=environment, capture_output=True, text=True, timeout=60
    )
    assert done.returncode == 1
    assert "PORT must be a number" in done.stdout
