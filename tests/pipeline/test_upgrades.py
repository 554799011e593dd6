"""After an upgrade the active version may not run here: that is said, with a way on."""

from __future__ import annotations

import io

import pytest
from django.contrib.auth.models import User
from django.core.management import CommandError, call_command
from django.test import Client
from pytest_django import Settings

from pipeline import versions
from pipeline.models import Activation, PipelineVersion
from pipeline.upgrades import stuck_versions
from tests.factories import make_user, make_version
from tests.pipeline.memo_readings import ocr_named

COMMAND = "manage.py activate doc-extract@1.0.1"


@pytest.fixture
def operator(db: None, client: Client) -> User:
    user = make_user("olga", is_staff=True, is_superuser=True)
    client.force_login(user)
    return user


@pytest.fixture
def upgraded(db: None, settings: Settings) -> PipelineVersion:
    """The engine of the active 1.0.0 is gone; 1.0.1 is released and waits."""
    settings.ENGINES = ocr_named("fixed-1")
    first = versions.ensure_built_in()
    manifest = first.manifest
    settings.ENGINES = ocr_named("fixed-2")
    assert manifest["engines"]["ocr"]["model_id"] == "fixed-1"
    settings.ENGINES = {
        **settings.ENGINES,
        "ocr": {
            "BACKEND": "tests.pipeline.memo_engines.Other",
            "OPTIONS": {"name": "other-1"},
        },
    }
    return versions.ensure_built_in()


def run(*arguments: str) -> str:
    out = io.StringIO()
    call_command("activate", *arguments, stdout=out)
    return out.getvalue()


def test_the_health_page_and_the_admin_say_it_with_a_button(
    client: Client, operator: User, upgraded: PipelineVersion
) -> None:
    for page in ("/health/", "/admin/"):
        text = client.get(page).content.decode()
        assert "doc-extract@1.0.0 reads new documents, but cannot run here" in text
        assert COMMAND in text
        assert f"/admin/pipeline/pipelineversion/{upgraded.pk}/activate/" in text


def test_ensure_pipeline_says_it_too(operator: User, upgraded: PipelineVersion) -> None:
    out = io.StringIO()

    call_command("ensure_pipeline", stdout=out)

    assert "Until doc-extract@1.0.1 is activated, new documents fail." in out.getvalue()
    assert COMMAND in out.getvalue()


def test_the_command_activates_and_notes_who_and_why(
    operator: User, upgraded: PipelineVersion
) -> None:
    text = run("doc-extract@1.0.1", "--because", "since the upgrade")

    assert "doc-extract@1.0.1 reads new documents from now on." in text
    row = Activation.objects.get(pipeline_version=upgraded)
    assert (row.reason, row.actor, row.note) == (
        "unguarded",
        operator,
        "since the upgrade",
    )
    assert list(stuck_versions()) == []


def test_it_is_never_silent(operator: User, upgraded: PipelineVersion) -> None:
    with pytest.raises(CommandError, match="write down why"):
        run("doc-extract@1.0.1")
    make_user("otto", is_superuser=True)
    with pytest.raises(CommandError, match="--by USERNAME"):
        run("doc-extract@1.0.1", "--because", "x")
    with pytest.raises(CommandError, match="no operator"):
        run("doc-extract@1.0.1", "--because", "x", "--by", "nobody")
    with pytest.raises(CommandError, match="There is no pipeline version"):
        run("doc-extract@9.9.9")
    run("doc-extract@1.0.1", "--because", "x", "--by", "otto")


def test_nothing_is_said_where_all_is_well(client: Client, operator: User) -> None:
    make_version()

    for page in ("/health/", "/admin/"):
        assert "cannot run here" not in client.get(page).content.decode()
