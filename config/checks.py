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
from urllib.parse import urlsplit

from django.apps import AppConfig
from django.conf import settings
from django.core.checks import CheckMessage, Error, Warning, register
from django.db import Error as DatabaseError
from django.db import connection
from django.utils.module_loading import import_string

from catalog import blobs
from catalog.stores.disk import DiskStore

Apps = Sequence[AppConfig] | None

POPPLER_TOOLS = ("pdfinfo", "pdftoppm", "pdftotext")
OLDEST_POSTGRES = 15
BUCKET_HINTS = {
    "NoSuchBucket": "Make the bucket, or correct S3_BUCKET.",
    "403": "These credentials may not use the bucket: correct AWS_ACCESS_KEY_ID and"
    " AWS_SECRET_ACCESS_KEY, or grant them the rights in docs/storage.md.",
    "NoCredentialsError": "Set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY.",
    **dict.fromkeys(
        ("EndpointConnectionError", "ConnectTimeoutError", "ConnectionClosedError"),
        "Nothing answers there: start the server, or correct S3_ENDPOINT_URL.",
    ),
    "301": "The bucket is in another region: set AWS_DEFAULT_REGION.",
}
OTHER_BUCKET_HINT = "Compare S3_BUCKET and S3_ENDPOINT_URL with docs/storage.md."
LOOPBACK = ("localhost", "127.0.0.1", "::1")
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
def bucket(app_configs: Apps, **kwargs: Any) -> list[CheckMessage]:
    """The folder is a part of the home, which has a check of its own."""
    store = blobs.store()
    if isinstance(store, DiskStore):
        return []
    try:
        store.probe()
    except blobs.BlobUnavailable as error:
        message = f"The {store.place} cannot be used: {error.code}."
        hint = BUCKET_HINTS.get(error.code, OTHER_BUCKET_HINT)
        return [Error(message, hint=hint, id="palimpsest.E009")]
    return []


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
def vision_service(app_configs: Apps, **kwargs: Any) -> list[CheckMessage]:
    """Pictures of documents and a key go there, past everybody on the way."""
    urls = {
        urlsplit(engine.get("RUNTIME", {}).get("url", ""))
        for engine in settings.ENGINES.values()
    }
    open_ones = [u for u in urls if u.scheme == "http" and u.hostname not in LOOPBACK]
    if not open_ones:
        return []
    message = "Pictures of documents go to a model's service without encryption."
    hint = "Give PALIMPSEST_VISION_URL an address that begins with https."
    return [Warning(message, hint=hint, id="palimpsest.W010")]


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
