from __future__ import annotations

import io

import pytest
from django_q.models import OrmQ

from catalog.blobs import BlobTooLarge
from catalog.models import SourceMedia
from pipeline import services
from pipeline.intake import Received, receive
from pipeline.models import Run
from pipeline.versions import ensure_built_in
from tests.documents import blank_pdf, pdf_of
from tests.factories import make_tenant, make_user

pytestmark = pytest.mark.django_db


def upload(data: bytes, limit: int | None = None) -> Received:
    tenant = make_tenant("harbour")
    return receive(
        tenant=tenant, stream=io.BytesIO(data), name="a.pdf", user=None, limit=limit
    )


def test_a_good_document_is_queued_for_the_one_who_waits() -> None:
    ensure_built_in()

    received = upload(pdf_of())

    assert (received.run.state, received.run.lane) == ("queued", "interactive")
    assert OrmQ.objects.filter(key="interactive").count() == 1


def test_a_bad_document_is_refused_before_the_answer() -> None:
    ensure_built_in()

    received = upload(blank_pdf())

    assert (received.run.state, received.run.reason) == ("finished", "blank")
    assert not OrmQ.objects.exists()


def test_the_same_bytes_again_are_answered_from_what_is_known() -> None:
    ensure_built_in()
    first = upload(blank_pdf())

    second = upload(blank_pdf())

    assert (second.run, second.created) == (first.run, False)
    assert Run.objects.count() == 1


def test_too_large_an_upload_leaves_nothing() -> None:
    ensure_built_in()

    with pytest.raises(BlobTooLarge):
        upload(pdf_of(), limit=100)

    assert not SourceMedia.objects.exists()


def test_without_an_active_version_nothing_is_taken_in() -> None:
    with pytest.raises(services.NoActiveVersion):
        upload(pdf_of())

    assert not SourceMedia.objects.exists()


def test_the_uploader_is_remembered() -> None:
    ensure_built_in()
    alice = make_user("alice", tenant := make_tenant("harbour"))

    received = receive(
        tenant=tenant, stream=io.BytesIO(pdf_of()), name="a.pdf", user=alice
    )

    assert received.source.uploaded_by == alice
    assert received.run.requested_by == alice
