"""PostgreSQL's own programs for dumping and restoring, of the server's version."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from config import cluster
from config.backup import BackupError

# Where Debian, Ubuntu and Red Hat keep those of several versions side by side.
PLACES = ("/usr/lib/postgresql/{}/bin", "/usr/pgsql-{}/bin")


def tool(name: str, server: int) -> str:
    """The path of pg_dump or pg_restore of the server's major version.

    An older one cannot read the server, a newer one writes what the server does not
    understand. Raises BackupError.
    """
    found = []
    for path in _candidates(name, server):
        version = _major(path)
        if version == server:
            return path
        found.append(f"{path} is of version {version or 'unknown'}")
    raise BackupError(
        f"The server is PostgreSQL {server}, and there is no {name} of that version"
        f" ({'; '.join(found) or 'none was found'}). Install the client programs:"
        f" Debian, Ubuntu: apt-get install postgresql-client-{server}."
    )


def _candidates(name: str, server: int) -> Iterator[str]:
    """Our own embedded server's programs first, then those of the system."""
    paths = [Path(place.format(server)) / name for place in PLACES]
    own = Path(cluster.binary(name))
    yield from (str(path) for path in (own, *paths) if path.exists())
    if on_path := shutil.which(name):
        yield on_path


def _major(path: str) -> int | None:
    answer = subprocess.run([path, "--version"], capture_output=True, text=True)  # noqa: S603
    found = re.search(r"\(PostgreSQL\) (\d+)", answer.stdout)
    return int(found[1]) if found else None


def run(command: list[str], session: Any) -> None:
    """Run one of them on the database of a psycopg connection. Raises BackupError.

    The password goes by the environment: others can read a command line.
    """
    environment = {**os.environ, "PGAPPNAME": "palimpsest-backup"}
    if session.info.password:
        environment["PGPASSWORD"] = session.info.password
    answer = subprocess.run(  # noqa: S603 - our own command line
        [command[0], "--dbname", session.info.dsn, *command[1:]],
        env=environment,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
    )
    if answer.returncode:
        # Of many lines the last ones; a line may quote a row, so it is for the screen.
        told = "\n".join(answer.stderr.strip().splitlines()[-5:])
        raise BackupError(f"{Path(command[0]).name} failed:\n{told}")
