"""The form of a draft whose documents a service sees: words, units, bounds, choices."""

from __future__ import annotations

import inspect
import os
import subprocess
import sys
from typing import Any

import pytest
from django.conf import settings as configured
from django.contrib.auth.models import User
from django.test import Client
from pytest_django import Settings

from pipeline import versions
from pipeline.admin.draft_form import form_for
from pipeline.engines.handler import engines
from pipeline.engines.vision_chat.engine import VisionChatEngine
from pipeline.manifest import Manifest
from pipeline.models import ModelEntry, PipelineVersion
from tests.factories import make_user
from tests.pipeline.chat_server import ChatServer
from tests.pipeline.vision import MODEL, engines_with, vision_version

pytestmark = pytest.mark.django_db
OPTION = "engine_extract_vision_"


@pytest.fixture
def draft(client: Client, settings: Settings) -> PipelineVersion:
    # Nobody is asked anything: only forms are filled in.
    settings.ENGINES = engines_with(ChatServer("http://127.0.0.1:9"), in_flight=4)
    operator: User = make_user("olga", is_staff=True, is_superuser=True)
    client.force_login(operator)
    base = vision_version(versions.ensure_built_in())
    draft = versions.draft_from(base=base, created_by=operator)
    draft.refresh_from_db()
    return draft


def posted(client: Client, draft: PipelineVersion, **given: Any) -> str:
    """The form's complaints; empty where it was saved."""
    initial = form_for(draft)(instance=draft).initial
    shown = {name: value for name, value in initial.items() if value is not False}
    url = f"/admin/pipeline/pipelineversion/{draft.pk}/change/"
    response = client.post(url, {**shown, **given})
    return "" if response.status_code == 302 else response.content.decode()


def options_of(draft: PipelineVersion) -> dict[str, Any]:
    draft.refresh_from_db()
    found: dict[str, Any] = Manifest.of(draft).engines["extract_vision"]["options"]
    return found


def test_every_field_has_words(client: Client, draft: PipelineVersion) -> None:
    page = client.get(f"/admin/pipeline/pipelineversion/{draft.pk}/change/")
    text = page.content.decode()

    assert "Longest side of a picture that is sent" in text
    assert "Budget of a document in millionths of a US dollar" in text
    assert "Most micro usd" not in text
    assert "Usually ." not in text
    for name, field in form_for(draft)(instance=draft).fields.items():
        if name.startswith(("extract_", OPTION)):
            assert field.help_text, name
    # How requests travel is this machine's, and no part of a version.
    for runtime in ("url", "seconds", "retries", "in_flight", "requests_a_minute"):
        assert f"{OPTION}{runtime}" not in text


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("extract_longest_side", "-5"),
        ("extract_most_pages", "0"),
        ("extract_most_output", "1"),
        ("extract_most_tokens", "-1"),
        ("extract_most_micro_usd", "-1"),
        (f"{OPTION}temperature", "3"),
        (f"{OPTION}model", "nobody-knows-it"),
    ],
)
def test_what_is_out_of_bounds_is_refused(
    client: Client, draft: PipelineVersion, name: str, value: str
) -> None:
    before = draft.manifest

    said = posted(client, draft, **{name: value})

    assert "errorlist" in said or "pl-error" in said
    draft.refresh_from_db()
    assert draft.manifest == before


def test_saving_without_a_change_changes_nothing(
    client: Client, draft: PipelineVersion
) -> None:
    before = draft.manifest

    assert not posted(client, draft)

    draft.refresh_from_db()
    assert draft.manifest == before


def test_a_temperature_is_a_number_of_the_request(
    client: Client, draft: PipelineVersion
) -> None:
    assert not posted(client, draft, **{f"{OPTION}temperature": "0.5"})

    options = options_of(draft)
    assert options["temperature"] == 0.5
    engine = engines.made_with("extract_vision", options)
    assert engine._client.more == {"temperature": 0.5}


def test_another_model_is_one_that_is_registered(
    client: Client, draft: PipelineVersion
) -> None:
    ModelEntry.objects.create(model_id="seer-2", kind="remote")

    assert not posted(client, draft, **{f"{OPTION}model": "seer-2"})

    assert options_of(draft)["model"] == "seer-2"
    released = versions.release(version=draft)
    assert Manifest.of(released).engines["extract_vision"]["model_id"] == "seer-2"


def test_the_product_keeps_to_itself_what_decides_no_answer() -> None:
    """All that the form is not to offer is in the settings' RUNTIME."""
    told = "from config import settings as s; print(*s.ENGINES['extract_v']['RUNTIME'])"
    env = {
        **os.environ,
        "PALIMPSEST_VISION_MODELS": "v=seer-1",
        "PALIMPSEST_VISION_URL": "http://127.0.0.1:9/v1",
    }
    out = subprocess.run(  # noqa: S603 - our own command line
        [sys.executable, "-c", told],
        env=env,
        capture_output=True,
        text=True,
        check=True,
    )

    taken = set(inspect.signature(VisionChatEngine).parameters)
    decide = {"model", "answers_as", "temperature", "request", "output_limit"}
    assert set(out.stdout.split()) == taken - decide


def test_what_a_version_froze_of_the_machine_s_is_kept(draft: PipelineVersion) -> None:
    """As versions did that were released while the form offered it."""
    assert "retries" in configured.ENGINES["extract_vision"]["RUNTIME"]

    engine = engines.made_with("extract_vision", {"model": MODEL, "retries": 7})

    assert engine._client.retries == 7
