"""Erasing from the page, and what every page then says of an erased document."""

from __future__ import annotations

import io

import pytest
from django.contrib.auth.models import User
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from catalog import blobs
from catalog.ids import new_id
from catalog.models import (
    ArtifactInput,
    DerivedArtifact,
    Erasure,
    GoldenCase,
    SourceMedia,
)
from catalog.services import (
    ResidueFound,
    erase,
    off_board,
    place_hold,
    register_source,
)
from pipeline.versions import ensure_built_in
from reviewer import services
from reviewer.answers import Answer
from reviewer.models import Correction, Decision, ReviewTask, Verdict
from tests.documents import pdf_of
from tests.factories import (
    make_generation,
    make_source,
    make_task,
    make_tenant,
    make_user,
)


@pytest.fixture
def ada(db: None) -> User:
    """Admin of harbour."""
    return make_user("ada", make_tenant("harbour"), role="admin")


def corrected(user: User) -> ReviewTask:
    """A task of which one value was corrected; the other one is open still."""
    task = make_task(make_tenant("harbour"))
    held = services.reserve(user=user, task_id=task.pk)
    services.decide(
        user=user,
        task_id=task.pk,
        token=held.reservation_token or task.pk,
        answer=Answer(
            decision_id=new_id(),
            slot="total",
            verdict=Verdict.CORRECT,
            value="77.77",
            region=None,
        ),
    )
    return ReviewTask.objects.get(pk=task.pk)


def test_the_page_counts_and_asks(client: Client, ada: User) -> None:
    task = corrected(ada)
    client.force_login(ada)

    page = client.get(reverse("source-erase", args=[task.source_id]))

    text = page.content.decode()
    assert "What will go" in text
    assert "golden_value" in text
    assert "correction" in text
    assert not Erasure.objects.exists()
    link = client.get(reverse("source", args=[task.source_id])).content.decode()
    assert reverse("source-erase", args=[task.source_id]) in link


def test_the_name_must_be_typed(client: Client, ada: User) -> None:
    source = make_source(make_tenant("harbour"))
    client.force_login(ada)
    path = reverse("source-erase", args=[source.pk])

    assert client.post(path, {"reference": "R-1", "confirm": "x"}).status_code == 422
    assert client.post(path, {"confirm": source.name}).status_code == 422
    assert not Erasure.objects.exists()

    answer = client.post(path, {"reference": "R-1", "confirm": source.name})
    assert (answer.status_code, answer.headers["Location"]) == (
        302,
        reverse("source", args=[source.pk]),
    )
    erasure = Erasure.objects.get()
    assert (erasure.actor, erasure.reference, erasure.basis) == (ada, "R-1", "request")


def test_only_admins_erase(client: Client, alice: User, charlie: User) -> None:
    source = make_source(make_tenant("harbour"))
    path = reverse("source-erase", args=[source.pk])
    given = {"reference": "R-1", "confirm": source.name}

    for user, code in ((alice, 403), (charlie, 404)):
        client.force_login(user)
        assert client.get(path).status_code == code
        assert client.post(path, given).status_code == code
    client.force_login(alice)
    assert path not in client.get(reverse("source", args=[source.pk])).content.decode()
    assert not Erasure.objects.exists()


def test_a_hold_is_named(client: Client, ada: User) -> None:
    source = make_source(make_tenant("harbour"))
    place_hold(tenant=source.tenant, source=source, reference="CASE-9")
    client.force_login(ada)
    path = reverse("source-erase", args=[source.pk])

    assert "CASE-9" in client.get(path).content.decode()
    client.post(path, {"reference": "R-1", "confirm": source.name})
    assert "CASE-9" in client.get(reverse("source", args=[source.pk])).content.decode()
    assert not Erasure.objects.exists()


def test_the_tombstone_says_what_is_known(client: Client, ada: User) -> None:
    task = corrected(ada)
    name = task.source.name
    erase(source=task.source, basis="request", reference="R-77", actor=ada)
    client.force_login(ada)

    text = client.get(reverse("source", args=[task.source_id])).content.decode()

    erasure = Erasure.objects.get()
    for said in ("a person asked for it", "R-77", "ada", erasure.fingerprint, "0 left"):
        assert said in text
    for said in (name, "77.77", "21.20"):
        assert said not in text
    again = client.get(reverse("source-erase", args=[task.source_id]))
    assert again.status_code == 302


def test_an_unfinished_erasure_says_so(
    client: Client, ada: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = make_source(make_tenant("harbour"))
    monkeypatch.setattr(blobs, "delete", lambda content_hash: None)
    with pytest.raises(ResidueFound, match="1 in blobs"):
        erase(source=source, basis="request")
    client.force_login(ada)

    page = client.get(reverse("source", args=[source.pk]))

    assert "Not finished" in page.content.decode()


def test_no_page_breaks_on_an_erased_source(client: Client, ada: User) -> None:
    task = corrected(ada)
    case = GoldenCase.objects.get()
    generation = task.generation
    erase(source=task.source, basis="request")
    client.force_login(ada)
    artifacts = DerivedArtifact.objects.filter(source=task.source_id)

    for path in (
        reverse("source", args=[task.source_id]),
        f"{reverse('source', args=[task.source_id])}?generation={generation.pk}&page=1",
        reverse("golden-case", args=[case.pk]),
        *(reverse("artifact", args=[artifact.pk]) for artifact in artifacts),
        reverse("sources"),
        f"{reverse('sources')}?erased=true",
        reverse("queue"),
        reverse("golden-cases"),
        f"{reverse('search')}?q=Total",
        reverse("run-status", args=[generation.run.pk]),
    ):
        answer = client.get(path)
        assert answer.status_code == 200, path
        assert "77.77" not in answer.content.decode()
    # Its task was withdrawn, and whoever still has it open is told why.
    lost = client.get(reverse("task", args=[task.pk]))
    assert lost.status_code == 409
    assert "its document was erased" in lost.content.decode()
    assert (
        client.post(reverse("source-review", args=[task.source_id])).status_code == 404
    )
    assert (
        client.post(reverse("run-retry", args=[generation.run.pk])).status_code == 302
    )


def test_its_bytes_are_gone_and_the_answer_says_so(client: Client, ada: User) -> None:
    task = make_task(make_tenant("harbour"))
    erase(source=task.source, basis="request")
    client.force_login(ada)
    artifact = DerivedArtifact.objects.filter(source=task.source_id)[0]

    for path in (
        reverse("original", args=[task.source_id]),
        reverse("artifact-file", args=[artifact.pk]),
        f"/api/v1/sources/{task.source_id}/file/",
        f"/api/v1/artifacts/{artifact.pk}/file/",
    ):
        assert client.get(path).status_code == 410, path


def test_an_empty_document_that_stays_is_not_shown_for_an_erased_one(
    client: Client, ada: User
) -> None:
    """What was erased has the hash of nothing, which an empty original has too."""
    make_source(make_tenant("harbour"), data=b" ")
    empty = register_source(
        tenant=make_tenant("harbour"), stream=io.BytesIO(b""), name="empty.pdf"
    ).source
    task = make_task(make_tenant("harbour"))
    erase(source=task.source, basis="request")
    client.force_login(ada)
    artifact = DerivedArtifact.objects.filter(source=task.source_id)[0]

    assert client.get(reverse("artifact-file", args=[artifact.pk])).status_code == 410
    assert client.get(reverse("original", args=[empty.pk])).status_code == 200
    # And it can be erased itself, though rows hold its hash.
    assert erase(source=empty, basis="request").finished_at is not None


def test_lists_leave_it_out(client: Client, ada: User) -> None:
    gone, kept = (
        make_source(make_tenant("harbour")),
        make_source(make_tenant("harbour")),
    )
    erase(source=gone, basis="request")
    client.force_login(ada)

    plain = client.get(reverse("sources")).content.decode()
    erased = client.get(f"{reverse('sources')}?erased=true").content.decode()

    assert str(kept.pk) in plain
    assert str(gone.pk) not in plain
    assert str(gone.pk) in erased
    assert str(kept.pk) not in erased
    listed = client.get("/api/v1/sources/").json()["results"]
    assert [row["source_id"] for row in listed] == [str(kept.pk)]
    listed = client.get("/api/v1/sources/?erased=true").json()["results"]
    assert [row["source_id"] for row in listed] == [str(gone.pk)]


def test_what_people_answered_goes_and_that_they_did_stays(ada: User) -> None:
    task = corrected(ada)
    assert Correction.objects.exists()

    erasure = erase(source=task.source, basis="request")

    task.refresh_from_db()
    assert (task.state, task.template_key) == ("withdrawn", "")
    assert task.reserver is None
    assert not Correction.objects.exists()
    assert Decision.objects.get().reviewer == ada
    assert erasure.erased is not None
    assert erasure.erased["tables"]["correction"] == 1
    assert erasure.erased["tables"]["review_task"] == 1


def test_an_answer_that_comes_too_late_is_told_why(ada: User) -> None:
    task = make_task(make_tenant("harbour"))
    held = services.reserve(user=ada, task_id=task.pk)
    token = held.reservation_token
    assert token is not None
    erase(source=task.source, basis="request")

    with pytest.raises(services.ReservationLost):
        services.decide(
            user=ada,
            task_id=task.pk,
            token=token,
            answer=Answer(
                decision_id=new_id(),
                slot="total",
                verdict=Verdict.CONFIRM,
                value="",
                region=None,
            ),
        )


def test_the_export_carries_nothing_of_it(client: Client, db: None) -> None:
    mara = make_user("mara", make_tenant("harbour"), role="manager")
    gone, kept = (
        make_generation(
            make_source(make_tenant("harbour")),
            disposition="auto_accept",
            reason="all_critical",
        ).source
        for _ in range(2)
    )
    erase(source=gone, basis="request")
    client.force_login(mara)

    answer = client.get("/api/v1/export/?tenant=harbour")

    told = b"".join(answer.streaming_content).decode()  # type: ignore[attr-defined]
    assert str(kept.pk) in told
    assert str(gone.pk) not in told


def test_a_program_erases(
    client: Client, ada: User, alice: User, charlie: User
) -> None:
    source = make_source(make_tenant("harbour"))
    path = f"/api/v1/sources/{source.pk}/"

    for user, code in ((alice, 403), (charlie, 404)):
        client.force_login(user)
        assert client.delete(f"{path}?reference=R-1").status_code == code
    client.force_login(ada)
    assert client.delete(path).status_code == 400
    assert not Erasure.objects.exists()

    answer = client.delete(f"{path}?reference=R-1")

    assert answer.status_code == 200
    told = answer.json()
    assert (told["reference"], told["actor"], told["residue"]["total"]) == (
        "R-1",
        "ada",
        0,
    )
    seen = client.get(path).json()
    assert seen["erased_at"] is not None
    assert seen["erasure"] == told
    assert (seen["fields"], seen["lines"], seen["generations"]) == ({}, [], [])
    assert client.get(f"{path}status/").status_code == 200
    assert client.get(f"{path}artifacts/").status_code == 200


def test_a_program_is_told_of_a_hold_and_of_residue(
    client: Client, ada: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    held, left = (
        make_source(make_tenant("harbour")),
        make_source(make_tenant("harbour")),
    )
    place_hold(tenant=held.tenant, source=held, reference="CASE-9")
    monkeypatch.setattr(blobs, "delete", lambda content_hash: None)
    client.force_login(ada)

    refused = client.delete(f"/api/v1/sources/{held.pk}/?reference=R-1")
    assert (refused.status_code, "CASE-9" in refused.json()["detail"]) == (409, True)

    begun = client.delete(f"/api/v1/sources/{left.pk}/?reference=R-1")
    assert begun.status_code == 202
    assert begun.json()["residue"]["found"] == {"blobs": 1}
    assert begun.json()["finished_at"] is None


def test_uploads_into_a_tenant_that_left_are_refused(client: Client, db: None) -> None:
    ensure_built_in()
    harbour = make_tenant("harbour")
    off_board(tenant=harbour)
    # Of people only operators still reach it.
    client.force_login(make_user("olga", is_superuser=True))

    def file() -> SimpleUploadedFile:
        return SimpleUploadedFile("a.pdf", pdf_of())

    api = client.post("/api/v1/sources/", {"tenant": "harbour", "file": file()})
    assert api.status_code == 409
    assert "off-boarded" in api.json()["detail"]
    web = client.post(reverse("upload"), {"tenant": "harbour", "file": file()})
    assert web.status_code == 422
    assert not SourceMedia.objects.exists()


def test_what_was_made_from_an_erased_document_breaks_no_page(
    client: Client, ada: User
) -> None:
    """Another document's page whose values came from the erased one in part."""
    gone, stays = make_task(make_tenant("harbour")), make_task(make_tenant("harbour"))
    source_of = DerivedArtifact.objects.filter(generation=gone.generation)[0]
    for made in DerivedArtifact.objects.filter(generation=stays.generation):
        ArtifactInput.objects.create(
            artifact=made, input_artifact=source_of, input_hash="0" * 64
        )
    erase(source=gone.source, basis="request")
    client.force_login(ada)

    for path in (
        reverse("source", args=[stays.source_id]),
        reverse("task", args=[stays.pk]),
        f"/api/v1/sources/{stays.source_id}/",
        f"/api/v1/review-tasks/{stays.pk}/",
    ):
        assert client.get(path).status_code == 200, path
