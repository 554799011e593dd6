"""Erasing an original with all that was made of it, and showing that it is gone."""

from __future__ import annotations

import io
from datetime import timedelta
from pathlib import Path

import pytest
import time_machine
from django.contrib.auth.models import User
from django.utils import timezone

from catalog import blobs
from catalog.erasing.fingerprint import fingerprint
from catalog.hashing import digest_of
from catalog.models import (
    ArtifactInput,
    DerivedArtifact,
    ErasedArtifact,
    Erasure,
    GoldenCase,
    LedgerEntry,
    Promotion,
    SearchPage,
)
from catalog.models.derived_artifact import HASH_OF_NOTHING
from catalog.services import (
    EraseRefused,
    SourceErased,
    begin_erasure,
    erase,
    hold_source,
    place_hold,
    preview_erasure,
    record_human_artifact,
    register_source,
    resume_erasures,
    store_generation,
)
from tests.catalog.canaries import (
    CANARY,
    big_ocr,
    blobs_holding,
    canary_source,
    everything_in_tables,
    human_value,
    reading,
    search_text,
    settle,
    tables_holding,
)
from tests.factories import (
    PDF,
    make_generation,
    make_source,
    make_tenant,
    make_user,
)

pytestmark = pytest.mark.django_db


def test_nothing_of_the_document_is_left_anywhere(alice: User, tmp_path: Path) -> None:
    source = canary_source(alice, tmp_path)
    content_hash = source.content_hash
    stored = DerivedArtifact.objects.filter(source=source).in_blobs()
    hashes = [content_hash, *stored.values_list("payload_hash", flat=True)]
    assert tables_holding(CANARY)
    assert blobs_holding(CANARY)
    settle()

    erasure = erase(source=source, basis="request", reference="R-1", actor=alice)
    settle()

    assert not tables_holding(CANARY, *hashes)
    assert not blobs_holding(CANARY)
    assert erasure.finished_at is not None
    assert erasure.residue is not None
    assert erasure.residue["total"] == 0
    assert erasure.residue["scope"] == "all"
    assert erasure.residue["looked_for"]["words"] >= 4
    assert erasure.residue["columns"] > 100


def test_what_stays_is_the_tombstone(alice: User, tmp_path: Path) -> None:
    source = canary_source(alice, tmp_path)
    content_hash = source.content_hash
    artifacts = DerivedArtifact.objects.filter(source=source).count()
    edges = ArtifactInput.objects.count()
    promotions = Promotion.objects.filter(source=source).count()

    erasure = erase(source=source, basis="request", reference="R-1", actor=alice)

    source.refresh_from_db()
    assert (source.name, source.uri) == ("erased", "erased")
    assert source.erased_at is not None
    assert source.content_hash == erasure.fingerprint != content_hash
    assert erasure.fingerprint == fingerprint(
        tenant_id=source.tenant_id, source_id=source.pk, content_hash=content_hash
    )
    assert DerivedArtifact.objects.filter(source=source).count() == artifacts
    assert ArtifactInput.objects.count() == edges
    assert Promotion.objects.filter(source=source).count() == promotions
    emptied = DerivedArtifact.objects.filter(source=source)
    assert {a.payload_hash for a in emptied} == {HASH_OF_NOTHING}
    assert {a.state for a in emptied} == {"erased"}
    assert not SearchPage.objects.exists()
    assert GoldenCase.objects.get().retired_because == "erased"
    assert erasure.erased is not None
    assert erasure.erased["tables"]["derived_artifact"] == artifacts
    assert erasure.erased["kinds"]["thumbnail"] == 1
    head = LedgerEntry.objects.head()
    assert head is not None
    assert (head.subject, head.sequence) == ("erasure", erasure.entry)


def test_the_same_bytes_of_another_tenant_stay_whole(alice: User) -> None:
    data = PDF + b"twice"
    ours = make_source(make_tenant("harbour"), data=data)
    theirs = make_source(make_tenant("meadow"), data=data)
    shared = reading("1.0.0", [big_ocr(), search_text()])
    store_generation(source=ours, reading=shared)
    kept = store_generation(source=theirs, reading=shared)
    before = list(DerivedArtifact.objects.filter(source=theirs).values())

    erasure = erase(source=ours, basis="request")

    theirs.refresh_from_db()
    assert theirs.name == "invoice.pdf"
    assert blobs.read_verified(theirs.content_hash) == data
    [ocr] = DerivedArtifact.objects.filter(generation=kept).in_blobs()
    assert blobs.read_verified(ocr.payload_hash)
    assert list(DerivedArtifact.objects.filter(source=theirs).values()) == before
    assert SearchPage.objects.count() == 1
    assert erasure.residue is not None
    assert erasure.residue["looked_for"]["hashes_of_others_too"] == 2

    erase(source=theirs, basis="request")
    assert not blobs.exists(ocr.payload_hash)


def made_from_another(artifact: DerivedArtifact) -> DerivedArtifact:
    """An artifact of another source that was made from this one."""
    other = make_generation(fields=())
    made = DerivedArtifact.objects.create(
        source=other.source,
        source_hash=other.source.content_hash,
        generation=other,
        kind="caption",
        slot="document",
        step="x",
        pipeline_name="doc-extract",
        pipeline_version="1.0.0",
        payload={"text": f"{CANARY}-across"},
        payload_uri="inline",
        payload_hash=digest_of({"text": f"{CANARY}-across"}),
    )
    ArtifactInput.objects.create(
        artifact=made, input_artifact=artifact, input_hash=artifact.payload_hash
    )
    return made


def test_what_other_sources_made_of_it_goes_too() -> None:
    generation = make_generation()
    first = DerivedArtifact.objects.filter(generation=generation)[0]
    across = made_from_another(first)
    further = made_from_another(across)
    bystander = DerivedArtifact.objects.get(source=across.source, kind="ocr")

    erasure = erase(source=generation.source, basis="request")

    for artifact in (across, further):
        artifact.refresh_from_db()
        assert artifact.payload is None
        assert artifact.state == "erased"
        assert ErasedArtifact.objects.filter(artifact_id=artifact.pk).exists()
    bystander.refresh_from_db()
    assert bystander.payload is not None
    assert erasure.erased is not None
    assert erasure.erased["artifacts_of_other_sources"] == 2
    assert not tables_holding(CANARY)
    # What is empty already does not stand in the way of erasing its own source.
    erase(source=across.source, basis="request")


def test_a_hold_stands_in_the_way(alice: User) -> None:
    source = make_source(make_tenant("harbour"))
    place_hold(tenant=source.tenant, source=source, reference="CASE-9", actor=alice)

    with pytest.raises(EraseRefused, match="CASE-9"):
        erase(source=source, basis="request")

    assert not Erasure.objects.exists()
    assert blobs.exists(source.content_hash)


def test_a_hold_on_the_tenant_stands_in_the_way_too() -> None:
    source = make_source(make_tenant("harbour"))
    place_hold(tenant=source.tenant, reference="CASE-10")
    other = make_source(make_tenant("meadow"))

    with pytest.raises(EraseRefused, match="CASE-10"):
        erase(source=source, basis="request")
    erase(source=other, basis="request")


def test_no_hold_on_what_is_gone() -> None:
    source = make_source()
    erase(source=source, basis="request")

    with pytest.raises(SourceErased):
        place_hold(tenant=source.tenant, source=source, reference="CASE-11")


def test_the_reference_may_not_quote_the_document() -> None:
    source = make_source(name=f"{CANARY}.pdf")

    with pytest.raises(EraseRefused, match="quotes"):
        erase(source=source, basis="request", reference=f"please erase {CANARY}.PDF")

    source.refresh_from_db()
    assert source.erased_at is None


def test_a_dry_run_counts_and_changes_nothing(alice: User, tmp_path: Path) -> None:
    source = canary_source(alice, tmp_path)
    before = list(everything_in_tables())

    counts = preview_erasure(source=source)

    assert list(everything_in_tables()) == before
    assert counts == erase(source=source, basis="request").erased


def test_twice_is_once() -> None:
    source = make_source()

    first = erase(source=source, basis="request", reference="R-1")

    assert erase(source=source, basis="request", reference="R-2") == first
    assert Erasure.objects.get().reference == "R-1"


def test_nothing_is_written_for_an_erased_source(alice: User) -> None:
    generation = make_generation()
    erase(source=generation.source, basis="request")

    with pytest.raises(SourceErased):
        make_generation(generation.source)
    with pytest.raises(SourceErased):
        record_human_artifact(generation=generation, answer=human_value(alice))
    with pytest.raises(SourceErased):
        hold_source(source_id=generation.source_id)


def test_the_same_bytes_may_come_again() -> None:
    tenant, data = make_tenant("harbour"), PDF + b"again"
    first = make_source(tenant, data=data)
    erase(source=first, basis="request")

    again = register_source(tenant=tenant, stream=io.BytesIO(data), name="a.pdf")

    assert again.created
    assert again.source.pk != first.pk


@pytest.mark.parametrize("bytes_are_gone", [False, True])
def test_what_was_cut_off_is_finished_later(bytes_are_gone: bool) -> None:  # noqa: FBT001
    source = make_source()
    content_hash = source.content_hash
    begin_erasure(source=source, basis="request")
    if bytes_are_gone:
        blobs.delete(content_hash)
    assert resume_erasures() == 0  # somebody may still be at work on it

    with time_machine.travel(timezone.now() + timedelta(hours=1)):
        assert resume_erasures() == 1

    erasure = Erasure.objects.get()
    assert erasure.finished_at is not None
    assert not blobs.exists(content_hash)
    assert erasure.residue is not None
    assert erasure.residue["looked_for"]["words"] == 0  # and it says so
    assert not tables_holding(content_hash)


def test_people_are_named_by_the_tombstone_only(alice: User) -> None:
    source = make_source(make_tenant("harbour"))
    bob = make_user("bob", source.tenant)

    erasure = erase(source=source, basis="request", actor=bob)

    source.refresh_from_db()
    assert erasure.actor == bob
    assert source.uploaded_by is None
