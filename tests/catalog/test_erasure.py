"""Erasing an original with all that was made of it, and showing that it is gone."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
import time_machine
from django.conf import settings
from django.contrib.auth.models import User
from django.core.management import CommandError, call_command
from django.db import connection
from django.utils import timezone

from catalog import blobs
from catalog.erasing.fingerprint import fingerprint
from catalog.erasing.places import tables
from catalog.erasing.residue import Scope
from catalog.hashing import digest_of
from catalog.ids import new_id
from catalog.models import (
    ArtifactInput,
    DerivedArtifact,
    ErasedArtifact,
    Erasure,
    Generation,
    GoldenCase,
    GoldenValue,
    LedgerEntry,
    Promotion,
    SearchPage,
    SourceMedia,
)
from catalog.models.derived_artifact import HASH_OF_NOTHING
from catalog.services import (
    EraseRefused,
    HumanValue,
    NewArtifact,
    Reading,
    ResidueFound,
    SourceErased,
    begin_erasure,
    compare_by_hash,
    erase,
    file_golden_value,
    finish_erasure,
    hold_source,
    place_hold,
    preview_erasure,
    promote,
    record_delivery,
    record_human_artifact,
    register_source,
    resume_erasures,
    store_generation,
)
from tests.factories import (
    PDF,
    field_artifact,
    make_generation,
    make_source,
    make_tenant,
    make_user,
    ocr_artifact,
)

pytestmark = pytest.mark.django_db

CANARY = "canary-7f3a"
WORDS = ("Invoice", f"{CANARY}-word", f"{CANARY}-search")


def big_ocr() -> NewArtifact:
    """Too large for a row: it goes to the blob storage."""
    return ocr_artifact([*WORDS, *(f"filler{i}" for i in range(400))])


def search_text() -> NewArtifact:
    return NewArtifact(
        kind="search_text",
        slot="page=1",
        step="index",
        payload={"page": 1, "text": " ".join(WORDS)},
    )


def canary_source(user: User, tmp_path: Path) -> SourceMedia:
    """A source with the canary in everything that can hold it."""
    source = make_source(
        make_tenant("harbour"),
        data=PDF + CANARY.encode(),
        name=f"{CANARY}-name.pdf",
    )
    picture = tmp_path / "page.png"
    picture.write_bytes(b"\x89PNG " + CANARY.encode())
    thumbnail = NewArtifact(
        kind="thumbnail", slot="page=1", step="x", file=picture, media_type="image/png"
    )
    old = store_generation(
        source=source,
        reading=reading(
            "1.0.0",
            [
                big_ocr(),
                search_text(),
                thumbnail,
                field_artifact("invoice_number", f"{CANARY}-value", value_type="id"),
            ],
        ),
    )
    record_human_artifact(generation=old, answer=human_value(user))
    golden = GoldenValue(
        slot="invoice_number", value_type="id", value=f"{CANARY}-golden"
    )
    file_golden_value(generation=old, value=golden, slices={"template": "t-1"})
    new = store_generation(
        source=source,
        reading=reading(
            "1.1.0", [big_ocr(), field_artifact("total", f"{CANARY}-other")]
        ),
    )
    chosen = Generation.objects.filter(pk=new.pk)
    compare_by_hash(candidates=chosen)
    promote(candidates=chosen)
    carried = DerivedArtifact.objects.filter(generation=old).values_list(
        "pk", flat=True
    )
    record_delivery(
        tenant=source.tenant, recipient=user, form="csv", artifact_ids=list(carried)
    )
    return source


def reading(version: str, artifacts: list[NewArtifact]) -> Reading:
    return Reading(
        pipeline_name="doc-extract",
        pipeline_version=version,
        complete=True,
        disposition="auto_accept",
        reason="all_critical",
        document_type="invoice",
        template_key="t-000000000001",
        steps=[{"step": "ocr", "memo": CANARY}],
        artifacts=artifacts,
    )


def human_value(user: User) -> HumanValue:
    value = f"{CANARY}-human"
    return HumanValue(
        slot="invoice_number",
        payload={"slot": "invoice_number", "value": value, "raw": value},
        region={"page": 1, "bbox": [0.1, 0.1, 0.2, 0.2]},
        decision_id=new_id(),
        actor=user,
    )


def everything_in_tables() -> Iterator[str]:
    """All rows of all tables as text, bytes in hex."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT relname FROM pg_class WHERE relkind = 'r'"
            " AND relnamespace = current_schema()::regnamespace"
        )
        for (table,) in cursor.fetchall():
            cursor.execute(f'SELECT t::text FROM "{table}" t')  # noqa: S608 - from the database
            yield from (f"{table}: {row}" for (row,) in cursor.fetchall())


def tables_holding(*needles: str) -> list[str]:
    spelled = [form for n in needles for form in (n, n.encode().hex())]
    return [row for row in everything_in_tables() if any(one in row for one in spelled)]


def blobs_holding(needle: str) -> list[Path]:
    root = Path(settings.STORAGES["blobs"]["OPTIONS"]["location"])
    return [
        path
        for path in root.rglob("*")
        if path.is_file() and needle.encode() in path.read_bytes()
    ]


def settle() -> None:
    """What is checked at the end of a transaction is checked now."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")


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


def leave_behind(text: str) -> None:
    """In a table that nobody thought of."""
    with connection.cursor() as cursor:
        cursor.execute("CREATE TABLE left_behind (note text, raw bytea)")
        cursor.execute("INSERT INTO left_behind VALUES (%s, %s)", [text, text.encode()])


@pytest.mark.parametrize("what", ["name", "value", "hash"])
def test_residue_is_an_error_that_names_table_and_column(what: str) -> None:
    source = make_source(name=f"{CANARY}-name.pdf")
    make_generation(source, fields=(field_artifact("number", f"{CANARY}-value"),))
    said = {
        "name": source.name.upper(),
        "value": f"quoted: {CANARY}-value.",
        "hash": source.content_hash,
    }
    leave_behind(said[what])

    with pytest.raises(ResidueFound, match=r"1 in left_behind\.note") as found:
        erase(source=source, basis="request")

    assert CANARY not in str(found.value)
    erasure = Erasure.objects.get()
    assert erasure.finished_at is None
    assert erasure.residue is not None
    assert erasure.residue["found"]["left_behind.note"] == 1


def test_what_was_found_by_words_is_not_forgotten_with_them() -> None:
    source = make_source(name=f"{CANARY}-name.pdf")
    leave_behind(source.name)
    with pytest.raises(ResidueFound):
        erase(source=source, basis="request")
    erasure = Erasure.objects.get()

    # The words are known no more, and so nobody can say that they are gone.
    with pytest.raises(ResidueFound):
        finish_erasure(erasure=erasure)

    done = finish_erasure(erasure=erasure, by_hand=True)
    assert done.finished_at is not None
    assert done.residue is not None
    assert done.residue["settled_by_hand"]


def test_a_word_in_another_document_is_that_documents() -> None:
    fields = (field_artifact("number", f"{CANARY}-value"),)
    ours, theirs = make_generation(fields=fields), make_generation(fields=fields)

    erase(source=ours.source, basis="request")

    assert DerivedArtifact.objects.filter(source=theirs.source, kind="field").exists()


def columns_of_all() -> int:
    return sum(len(table.columns) for table in tables())


def test_the_quick_scan_looks_at_the_sources_own_rows(alice: User) -> None:
    source = make_generation().source

    erasure = erase(source=source, basis="request", scope=Scope.ROWS)

    assert erasure.residue is not None
    assert erasure.residue["scope"] == "rows"
    assert 20 < erasure.residue["columns"] < columns_of_all()


def quick() -> Scope:
    from catalog.erasing.residue import Scope

    return Scope.ROWS


def test_the_command_lists_erases_and_proves(tmp_path: Path) -> None:
    original = tmp_path / "original"
    original.write_bytes(PDF + b"proof")
    source = make_source(make_tenant("harbour"), data=original.read_bytes())
    out = io.StringIO()

    call_command("erase", str(source.pk), "--dry-run", "--json", stdout=out)
    assert json.loads(out.getvalue())["erased"]["blobs"] == 1
    assert not Erasure.objects.exists()

    out = io.StringIO()
    call_command("erase", str(source.pk), "--reference", "R-7", "--json", stdout=out)
    told = json.loads(out.getvalue())
    assert told["residue"]["total"] == 0
    erasure = Erasure.objects.get()
    assert told["erasure_id"] == str(erasure.pk)

    out = io.StringIO()
    call_command("erasure_proof", str(erasure.pk), str(original), stdout=out)
    assert "are the erased ones" in out.getvalue()
    original.write_bytes(PDF + b"another")
    with pytest.raises(CommandError, match="are not"):
        call_command("erasure_proof", str(erasure.pk), str(original))


def test_the_command_says_what_stands_in_the_way() -> None:
    source = make_source()
    place_hold(tenant=source.tenant, reference="CASE-12")

    with pytest.raises(CommandError, match="CASE-12"):
        call_command("erase", str(source.pk), "--reference", "R-8")
    with pytest.raises(CommandError, match="no source"):
        call_command("erase", str(new_id()), "--reference", "R-8")


def test_people_are_named_by_the_tombstone_only(alice: User) -> None:
    source = make_source(make_tenant("harbour"))
    bob = make_user("bob", source.tenant)

    erasure = erase(source=source, basis="request", actor=bob)

    source.refresh_from_db()
    assert erasure.actor == bob
    assert source.uploaded_by is None
