"""`manage.py check` names each part that is missing, and what to do about it."""

from __future__ import annotations

import importlib.util
import os
import shutil
import stat
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from django.apps import AppConfig
from django.conf import settings
from django.core.checks import CheckMessage, Error, Warning, register
from django.db import Error as DatabaseError
from django.db import connection
from django.utils.module_loading import import_string

Apps = Sequence[AppConfig] | None

POPPLER_TOOLS = ("pdfinfo", "pdftoppm", "pdftotext")
OLDEST_POSTGRES = 15
ENGINE_PACKAGES = ("cv2", "onnxruntime", "rapidocr")


@register
def poppler(app_configs: Apps, **kwargs: Any) -> list[CheckMessage]:
    missing = [name for name in POPPLER_TOOLS if shutil.which(name) is None]
    if not missing:
        return []
    hint = "Debian, Ubuntu: apt-get install poppler-utils. macOS: brew install poppler."
    message = f"PDF pages cannot be read: {', '.join(missing)} not found on the PATH."
    return [Error(message, hint=hint, id="palimpsest.E001")]


@register
def database(app_configs: Apps, **kwargs: Any) -> list[CheckMessage]:
    was_open = connection.connection is not None
    try:
        connection.ensure_connection()
        version = connection.cursor().connection.info.server_version // 10_000
    except DatabaseError:
        message = f"The database server at {place()} does not answer."
        return [Error(message, hint=database_hint(), id="palimpsest.E002")]
    finally:
        if not was_open:
            connection.close()
    if version >= OLDEST_POSTGRES:
        return []
    message = f"PostgreSQL {version} at {place()} is too old."
    hint = (
        f"Use version {OLDEST_POSTGRES} or newer, or unset DATABASE_URL to use the "
        "embedded server."
    )
    return [Error(message, hint=hint, id="palimpsest.E003")]


def place() -> str:
    """Where the server is, without user and password."""
    database = settings.DATABASES["default"]
    host = database["HOST"] or database.get("OPTIONS", {}).get("host") or "localhost"
    return f"{host}:{database['PORT']}" if database["PORT"] else str(host)


def database_hint() -> str:
    if os.environ.get("DATABASE_URL"):
        return "Start it, or correct DATABASE_URL."
    return f"See {settings.HOME / 'postgres.log'}; script/server starts the server."


@register
def home(app_configs: Apps, **kwargs: Any) -> list[CheckMessage]:
    try:
        settings.HOME.mkdir(mode=0o700, parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=settings.HOME):
            return []
    except OSError as error:
        message = f"Data cannot be kept in {settings.HOME}: {error.strerror}."
        hint = "Give this user the directory, or set PALIMPSEST_HOME to another one."
        return [Error(message, hint=hint, id="palimpsest.E004")]


@register
def engines(app_configs: Apps, **kwargs: Any) -> list[CheckMessage]:
    found: list[CheckMessage] = []
    for alias, engine in settings.ENGINES.items():
        try:
            import_string(engine["BACKEND"])
        except ImportError as error:
            message = f"The engine {alias} cannot be loaded: {error}."
            hint = "Run script/bootstrap, or correct ENGINES in config/settings.py."
            found.append(Error(message, hint=hint, id="palimpsest.E005"))
    for name in ENGINE_PACKAGES:
        if importlib.util.find_spec(name) is None:
            message = f"The package {name}, which reads pages, is not installed."
            hint = "Run script/bootstrap."
            found.append(Error(message, hint=hint, id="palimpsest.E006"))
    return found


@register
def secret_keys(app_configs: Apps, **kwargs: Any) -> list[CheckMessage]:
    paths = [settings.HOME / name for name in ("secret_key", "erasure.key")]
    return [
        Error(
            f"Other users of this machine can read {path}.",
            hint=f"chmod 600 {path}",
            id="palimpsest.E007",
        )
        for path in paths
        if path.exists() and stat.S_IMODE(path.stat().st_mode) & 0o077
    ]


@register(deploy=True)
def static_files(app_configs: Apps, **kwargs: Any) -> list[CheckMessage]:
    if (Path(settings.STATIC_ROOT) / "staticfiles.json").exists():
        return []
    message = f"The static files are not in {settings.STATIC_ROOT}."
    hint = "Run manage.py collectstatic; script/server does."
    return [Warning(message, hint=hint, id="palimpsest.W008")]
