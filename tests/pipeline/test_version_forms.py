"""A draft is changed in forms: engines, their options, prompts, code and types."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client
from pytest_django import Settings

from pipeline import versions
from pipeline.admin.draft_form import form_for
from pipeline.manifest import Manifest
from pipeline.models import DocumentType, PipelineVersion
from tests.factories import make_user
from tests.pipeline.memo_readings import ocr_named

URL = "/admin/pipeline/pipelineversion/"
SECOND = {
    "BACKEND": "tests.pipeline.memo_engines.FixedOcr",
    "OPTIONS": {"name": "second-1"},
}


@pytest.fixture
def operator(db: None, client: Client) -> User:
    user = make_user("olga", is_staff=True, is_superuser=True)
    client.force_login(user)
    return user


@pytest.fixture
def draft(operator: User, settings: Settings) -> PipelineVersion:
    settings.ENGINES = {**ocr_named("fixed-1"), "ocr_second": SECOND}
    base = versions.ensure_built_in()
    return versions.draft_from(base=base, created_by=operator)


def filled(draft: PipelineVersion, **changed: Any) -> dict[str, Any]:
    """What a browser sends: a box that is not ticked is not sent."""
    initial = form_for(draft)(instance=draft).initial
    shown = {name: value for name, value in initial.items() if value is not False}
    return {**shown, **changed}


def changed(client: Client, draft: PipelineVersion, **given: Any) -> Manifest:
    page = f"{URL}{draft.pk}/change/"
    response = client.post(page, filled(draft, **given))
    assert response.status_code == 302, response.content.decode()
    draft.refresh_from_db()
    return Manifest.of(draft)


def page_of(client: Client, version: PipelineVersion) -> str:
    return client.get(f"{URL}{version.pk}/change/").content.decode()


def test_saving_without_a_change_changes_nothing(
    client: Client, draft: PipelineVersion
) -> None:
    before = draft.manifest

    assert changed(client, draft).as_json() == before


def test_another_engine_is_chosen_from_those_that_are_here(
    client: Client, draft: PipelineVersion
) -> None:
    text = page_of(client, draft)
    assert "ocr_second (FixedOcr)" in text

    manifest = changed(client, draft, ocr_engine="ocr_second")

    entry = next(entry for entry in manifest.steps if entry.step == "ocr")
    assert entry.engine == "ocr_second"
    assert set(manifest.engines) == {"ocr_second", "extract"}
    told = "Reading the words (ocr): engine ocr became ocr_second."
    assert told in page_of(client, draft)
    released = versions.release(version=draft)
    assert Manifest.of(released).engines["ocr_second"]["model_id"] == "second-1"


def test_an_engines_own_options_belong_to_the_version(
    client: Client, draft: PipelineVersion
) -> None:
    manifest = changed(client, draft, engine_ocr_text="Total 9.99")

    assert manifest.engines["ocr"]["options"]["text"] == "Total 9.99"
    engine = Manifest.of(versions.release(version=draft)).engine("ocr")
    assert engine.text == "Total 9.99"
    assert "text went from Total 21.20 to Total 9.99" in page_of(client, draft)


def test_a_steps_older_code_can_be_chosen(
    client: Client, draft: PipelineVersion
) -> None:
    manifest = changed(client, draft, ocr_code="1.0.0")

    assert manifest.steps[2].version == "1.0.0"
    assert "code 1.1.0 became 1.0.0" in page_of(client, draft)


def test_a_prompt_is_a_text_of_many_lines(
    client: Client, draft: PipelineVersion
) -> None:
    manifest = draft.manifest
    manifest["steps"][5]["params"]["prompt"] = "Read the total."
    PipelineVersion.objects.filter(pk=draft.pk).update(manifest=manifest)
    draft.refresh_from_db()
    assert '<textarea name="extract_prompt"' in page_of(client, draft)

    found = changed(client, draft, extract_prompt="Read the total.\nAnd the date.")

    assert found.params_of("extract")["prompt"] == "Read the total.\nAnd the date."
    assert "another prompt, 2 lines added and 0 removed" in page_of(client, draft)


def test_types_are_taken_as_they_are_now_or_as_the_base_has_them(
    client: Client, draft: PipelineVersion
) -> None:
    DocumentType.objects.filter(name="receipt").update(keywords=["bonnetje"])
    text = page_of(client, draft)
    assert "As it is described now" in text
    assert "receipt, keywords: “bonnetje” added." in text

    taken = changed(client, draft, type_receipt="now").document_type("receipt")
    assert taken is not None
    assert taken.keywords == ("bonnetje",)

    back = changed(client, draft, type_receipt="base").document_type("receipt")
    assert draft.base is not None
    assert back == Manifest.of(draft.base).document_type("receipt")


def test_a_type_can_be_left_out_but_not_every_one(
    client: Client, draft: PipelineVersion
) -> None:
    given = filled(draft, type_receipt="out", type_invoice="out")
    refused = client.post(f"{URL}{draft.pk}/change/", given)
    assert "Leave at least one document type in" in refused.content.decode()

    manifest = changed(client, draft, type_receipt="out")

    assert manifest.document_type("receipt") is None
    assert "Document type receipt is gone." in page_of(client, draft)


def test_a_released_version_tells_itself_against_base_and_active(
    client: Client, draft: PipelineVersion
) -> None:
    changed(client, draft, thumbnail_width="200")
    released = versions.release(version=draft)
    other = versions.draft_from(base=released, created_by=make_user("ada"))
    changed(client, other, ocr_seconds="9")
    other = versions.release(version=other)

    text = page_of(client, other)

    assert f"Against its base ({released})" in text
    assert "Against the active version (doc-extract@1.0.0)" in text
    assert "width of the small picture went from 320 to 200" in text
    assert "seconds a file went from 6 to 9" in text
    assert 'name="version"' not in text
