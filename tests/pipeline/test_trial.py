"""A version is tried on a document, and nothing of it is kept."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from django.apps import apps
from django.contrib.auth.models import User
from django.core.files.storage import storages
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from pytest_django import Settings

from catalog.models import SourceMedia
from pipeline import versions
from pipeline.models import PipelineVersion
from pipeline.trying import Trial, TrialRefused, watched, watching
from pipeline.trying.watching import Step
from tests.factories import make_tenant, make_user
from tests.pipeline.memo_readings import ocr_named, picture, picture_source, read

TEXT = "Receipt Cash Subtotal Total 21.20"


@pytest.fixture
def operator(db: None, client: Client) -> User:
    user = make_user("olga", is_staff=True, is_superuser=True)
    client.force_login(user)
    return user


@pytest.fixture
def draft(operator: User, settings: Settings, disk_folder: object) -> PipelineVersion:
    settings.ENGINES = ocr_named("fixed-1", TEXT)
    base = versions.ensure_built_in()
    return versions.draft_from(base=base, created_by=operator)


def kept() -> tuple[dict[str, int], list[str]]:
    """Rows of every table, and every file of the store."""
    rows = {m._meta.label: m._default_manager.count() for m in apps.get_models()}
    folder = Path(storages["blobs"].path(""))
    return rows, sorted(str(path) for path in folder.rglob("*"))


def trial(client: Client, version: PipelineVersion, **given: object) -> str:
    page = f"/admin/pipeline/pipelineversion/{version.pk}/try/"
    response = client.post(page, given)
    if not response.streaming:
        return response.content.decode()
    return b"".join(response).decode()


def test_a_document_that_is_here_is_tried_beside_what_stands(
    client: Client, draft: PipelineVersion
) -> None:
    source = picture_source()
    base = draft.base
    assert base is not None
    read(source, base)
    before = kept()

    text = trial(client, draft, document=str(source.pk))

    assert "Reading the words …" in text
    assert "All steps together took" in text
    assert "Every value is as what stands now." in text
    assert 'src="data:image/jpeg;base64,' in text
    assert "<rect" in text
    assert kept() == before


def test_a_file_is_tried_and_not_kept(client: Client, draft: PipelineVersion) -> None:
    before = kept()
    file = SimpleUploadedFile("slip.png", picture(), "image/png")

    text = trial(client, draft, file=file)

    assert "21.20" in text
    assert "Nothing stands for this document" in text
    assert kept() == before


def test_what_the_gate_refuses_is_said(client: Client, draft: PipelineVersion) -> None:
    file = SimpleUploadedFile("a.bin", b"\x00\x01\x02" * 99, "image/png")

    text = trial(client, draft, file=file)

    assert "It would be rejected" in text
    assert "This type of file cannot be read" in text


@pytest.fixture
def ada(db: None) -> User:
    """Of the staff, and admin of harbour."""
    return make_user("ada", make_tenant("harbour"), role="admin", is_staff=True)


def test_another_tenants_document_does_not_exist(
    client: Client, draft: PipelineVersion, ada: User
) -> None:
    own = picture_source(make_tenant("harbour"))
    others = picture_source(make_tenant("meadow"))
    client.force_login(ada)

    assert "There is no such document" in trial(client, draft, document=others.pk)
    text = trial(client, draft, document=own.name)
    assert "All steps together took" in text


@pytest.mark.parametrize("given", [{}, {"document": "nowhere.pdf"}])
def test_a_trial_of_nothing_says_what_to_do(
    client: Client, draft: PipelineVersion, given: dict[str, str]
) -> None:
    text = trial(client, draft, **given)

    assert "Choose a document, or a file" in text or "no such document" in text


def test_a_file_that_is_too_large_is_refused_unread(
    client: Client, draft: PipelineVersion, settings: Settings
) -> None:
    settings.MAX_UPLOAD_BYTES = 1000
    file = io.BytesIO(bytes(200_000))
    file.name = "large.png"

    assert "larger than" in trial(client, draft, file=file)


def test_an_engine_that_is_not_here_is_said(
    client: Client, draft: PipelineVersion, settings: Settings
) -> None:
    source = picture_source()
    settings.ENGINES = {"extract": settings.ENGINES["extract"]}

    assert "An engine of it cannot be used here" in trial(
        client, draft, document=source.pk
    )


def test_a_trial_that_takes_long_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(watching, "BEAT", 0.01)

    def attempt(announce: object) -> Trial:
        import time

        time.sleep(0.3)
        raise TrialRefused("too late")

    *beats, last = watched(attempt, longest=0.05)

    assert beats
    assert all(isinstance(beat, Step) for beat in beats)
    assert str(last) == watching.TOO_LONG


def test_only_a_few_are_tried_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    import threading

    monkeypatch.setattr(watching, "_trying", threading.BoundedSemaphore(1))
    watching._trying.acquire()

    (said,) = watched(lambda announce: pytest.fail("it was tried"))

    assert str(said) == watching.BUSY


def test_a_defect_is_said_without_its_message() -> None:
    def attempt(announce: object) -> Trial:
        raise ValueError("secret text of a document")

    (said,) = watched(attempt)

    assert str(said) == watching.DEFECT


def test_nothing_is_offered_that_was_erased(
    client: Client, draft: PipelineVersion
) -> None:
    source: SourceMedia = picture_source()

    text = client.get(f"/admin/pipeline/pipelineversion/{draft.pk}/try/")

    assert str(source.pk) in text.content.decode()
