"""config.settings with a home of their own: no test touches var/ or reads .env."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

if "PALIMPSEST_TEST_HOME" not in os.environ:
    os.environ["PALIMPSEST_TEST_HOME"] = tempfile.mkdtemp(prefix="palimpsest-")
    os.environ["PALIMPSEST_TEST_HOME_OWNER"] = str(os.getpid())
os.environ["PALIMPSEST_HOME"] = os.environ["PALIMPSEST_TEST_HOME"]
os.environ["PALIMPSEST_ENV_FILE"] = os.devnull
os.environ.setdefault(
    "PALIMPSEST_POSTGRES_OPTIONS",
    "fsync=off synchronous_commit=off full_page_writes=off",
)

from config import settings as real

globals().update({name: value for name, value in vars(real).items() if name.isupper()})

# A slow hash protects passwords; test people's need no protection.
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
# WhiteNoise warns of a directory that is not there.
Path(real.STATIC_ROOT).mkdir(parents=True, exist_ok=True)
# Each process of the tests has a database of its own, and so must its blobs be: erasing
# deletes what no row of its own database needs.
_worker = os.environ.get("PYTEST_XDIST_WORKER", "")
STORAGES = {
    **real.STORAGES,
    "blobs": {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {
            "location": str(real.HOME / "blobs" / _worker),
            "base_url": None,
        },
    },
}
if not (Path(real.STATIC_ROOT) / "staticfiles.json").exists():
    # Without collectstatic there are no hashed names; script/test collects.
    STORAGES["staticfiles"] = {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
    }
