"""Where the data lives, and the secret that is made once and kept there."""

from __future__ import annotations

import os
import secrets
import tempfile
from contextlib import suppress
from pathlib import Path

import environ

BASE_DIR = Path(__file__).resolve().parent.parent


def read_env_file() -> None:
    """Adds the lines of `.env` to the environment, without replacing what is set."""
    path = Path(os.environ.get("PALIMPSEST_ENV_FILE", BASE_DIR / ".env"))
    if path.is_file():
        environ.Env.read_env(path)


def home_path() -> Path:
    return Path(os.environ.get("PALIMPSEST_HOME") or BASE_DIR / "var").resolve()


def secret_key(home: Path) -> str:
    """Django's key, in `secret_key` under the home."""
    return _kept(home / "secret_key")


def erasure_key(home: Path) -> str:
    """The key of the fingerprints of what was erased, in `erasure.key` under the home.

    It lies beside the database and never in it: who has only the database cannot tell
    whether a given document is an erased one.
    """
    return _kept(home / "erasure.key")


def _kept(path: Path) -> str:
    """The secret in the file, made on first use and readable by its owner only.

    Two processes that start together end with the same one: the file appears whole,
    by a link that only the first of them can make.
    """
    home = path.parent
    if not path.exists():
        home.mkdir(mode=0o700, parents=True, exist_ok=True)
        descriptor, name = tempfile.mkstemp(dir=home, prefix=f".{path.name}-")
        with os.fdopen(descriptor, "w") as file:
            file.write(secrets.token_urlsafe(48))
        with suppress(FileExistsError):
            path.hardlink_to(name)
        Path(name).unlink()
    return path.read_text().strip()
