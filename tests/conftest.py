from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any, cast

import pytest
from django.conf import settings
from django.contrib.auth.models import User
from hypothesis import settings as hypothesis_settings
from playwright.sync_api import Browser, Page, sync_playwright
from pytest_django import Settings
from pytest_django.live_server_helper import LiveServer

from config import postgres
from tests import s3_server
from tests.factories import make_tenant, make_user

# `--hypothesis-profile=long`: a search by hand, of many minutes.
hypothesis_settings.register_profile("long", max_examples=300, stateful_step_count=50)

BROWSERS = ("chromium", "chromium-browser", "google-chrome")
BROWSER_FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


def home_of_tests() -> Path:
    if settings.SETTINGS_MODULE != "tests.settings":
        pytest.exit("Run pytest with --ds=tests.settings, which keeps it out of var/.")
    return Path(settings.HOME)


@pytest.fixture(scope="session")
def django_db_modify_db_settings(
    django_db_modify_db_settings_parallel_suffix: None,
) -> None:
    """The server of the tests: their own embedded one, or that of DATABASE_URL."""
    postgres.ensure_running(home_of_tests())


def pytest_unconfigure() -> None:
    if os.environ.get("PALIMPSEST_TEST_HOME_OWNER") == str(os.getpid()):
        if not postgres.is_external():
            postgres.release(home_of_tests())
        shutil.rmtree(home_of_tests(), ignore_errors=True)


@pytest.fixture(autouse=True)
def no_audit_by_chance(monkeypatch: pytest.MonkeyPatch) -> None:
    """Which sources are audited depends on their ids: none, unless a policy says so."""
    monkeypatch.setattr("reviewer.auditing.DEFAULT_SHARE", 0.0)


@pytest.fixture(autouse=True)
def no_check_by_chance(monkeypatch: pytest.MonkeyPatch) -> None:
    """In which cases an error is planted depends on their ids: in none here."""
    monkeypatch.setattr("reviewer.checks.shares.DEFAULT_SHARE", 0.0)


@pytest.fixture(scope="session")
def s3_url() -> Iterator[str]:
    """The address of an S3 server that is a process of its own."""
    with s3_server.running() as url:
        yield url


@pytest.fixture
def s3_bucket(
    s3_url: str, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> dict[str, Any]:
    """Blobs go to an empty bucket; gives the entry of STORAGES."""
    for name, value in s3_server.CREDENTIALS.items():
        monkeypatch.setenv(name, value)
    entry = s3_server.storage(s3_url, s3_server.new_bucket(s3_url))
    settings.STORAGES = {**settings.STORAGES, "blobs": entry}
    return entry


@pytest.fixture
def disk_folder(settings: Settings, tmp_path: Path) -> dict[str, Any]:
    """Blobs go to an empty folder; gives the entry of STORAGES."""
    entry = {
        "BACKEND": "catalog.stores.disk.DiskStore",
        "OPTIONS": {"location": str(tmp_path / "blobs"), "base_url": None},
    }
    settings.STORAGES = {**settings.STORAGES, "blobs": entry}
    return entry


@pytest.fixture(params=["disk", "s3"])
def blob_store(request: pytest.FixtureRequest) -> dict[str, Any]:
    """Either store, empty: a test that asks for it runs with both."""
    name = {"disk": "disk_folder", "s3": "s3_bucket"}[request.param]
    return cast(dict[str, Any], request.getfixturevalue(name))


@pytest.fixture
def alice(db: None) -> User:
    """A reviewer of harbour."""
    return make_user("alice", make_tenant("harbour"))


@pytest.fixture
def bob(db: None) -> User:
    """Another reviewer of harbour."""
    return make_user("bob", make_tenant("harbour"))


@pytest.fixture
def charlie(db: None) -> User:
    """A reviewer of meadow, to whom nothing of harbour exists."""
    return make_user("charlie", make_tenant("meadow"))


@pytest.fixture(scope="session")
def live_server() -> Iterator[LiveServer]:
    """The server for browsers. Where static files are collected, WhiteNoise serves them
    by their hashed names, as in production."""
    server = LiveServer("localhost", start=False)
    if (Path(settings.STATIC_ROOT) / "staticfiles.json").exists():
        cast(Any, server.thread).static_handler = lambda application: application
    server.start()
    yield server
    server.stop()


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    names = [os.environ["CHROMIUM"]] if "CHROMIUM" in os.environ else BROWSERS
    path = next((found for name in names if (found := shutil.which(name))), None)
    assert path, "No Chromium: script/test installs it, or set CHROMIUM to its path."
    # Playwright's event loop runs in this thread, and Django takes that for async code.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=BROWSER_FLAGS)
        yield browser
        browser.close()


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """A fresh page; the test fails on any error in its console, as of a broken CSP."""
    context = browser.new_context()
    page = context.new_page()
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.on("console", lambda m: errors.append(m.text) if m.type == "error" else None)
    yield page
    context.close()
    assert not errors
