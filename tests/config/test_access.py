"""Walks every URL: to others, what belongs to a tenant does not exist."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import Model
from django.test import Client

from catalog import services
from catalog.models import (
    Delivery,
    DerivedArtifact,
    Erasure,
    Generation,
    GoldenCase,
    GoldenSet,
    GoldenValue,
    LegalHold,
    Membership,
    Promotion,
    PromotionBatch,
    RetentionClass,
    SourceMedia,
    Tenant,
)
from catalog.services.golden_sets import freeze_golden_set
from pipeline.gate import open_gate
from pipeline.memo.revocations import Which, revoke_memo
from pipeline.models import (
    AcceptanceProof,
    Activation,
    DocumentType,
    Gate,
    MemoRevocation,
    ModelEntry,
    PipelinePolicy,
    PipelineVersion,
    Reprocess,
    ReprocessItem,
    Run,
    Stage,
)
from pipeline.versions import add_missing_types
from reviewer.models import (
    CheckShare,
    ReviewTask,
    SecondLookRule,
    Skills,
    Turnaround,
)
from tests.config.places import Place, UnknownPlace, places
from tests.corpus import put_in_place, read
from tests.factories import make_source, make_task, make_tenant, make_user
from tests.pipeline.test_proof_pages import make_proof
from tests.reviewer.second_looking import make_rule

Rows = dict[type[Model], Model]

EVERYWHERE = places()
OPEN = {"healthz", "readyz", "login", "admin:login", "admin:logout", "api-token"}
# Everybody's, or of operators alone: not a tenant's.
SHARED = {
    AcceptanceProof,
    Activation,
    DocumentType,
    ModelEntry,
    PipelinePolicy,
    PipelineVersion,
    RetentionClass,
}
OPERATORS = {User, GoldenSet}
ANSWER = {
    "token": str(uuid.uuid4()),
    "slot": "total",
    "verdict": "confirm",
    "decision_id": str(uuid.uuid4()),
}


SITE = [place for place in EVERYWHERE if place.has_row and not place.is_admin]
ADMIN = [place for place in EVERYWHERE if place.has_row and place.is_admin]
LISTS = [place for place in EVERYWHERE if not place.groups]


@pytest.fixture
def rows(alice: User) -> Rows:
    """One row of each model, harbour's where a tenant has it."""
    tenant = make_tenant("harbour")
    task = make_task(tenant)
    batch = make_batch(tenant)
    artifact = DerivedArtifact.objects.get(generation=task.generation, slot="total")
    services.file_golden_value(
        generation=task.generation,
        value=GoldenValue(slot="total", value_type="money", value="21.20"),
        slices={},
    )
    delivery = services.record_delivery(
        tenant=tenant, recipient=alice, form="csv", artifact_ids=[artifact.pk]
    )
    add_missing_types()
    erased = make_source(tenant)
    reprocess = Reprocess.objects.create(
        pipeline_version=PipelineVersion.objects.get(),
        seed=1,
        selection={"tenants": [str(tenant.pk)]},
    )
    ReprocessItem.objects.create(
        reprocess=reprocess, source=task.source, stage=Stage.CANARY, position=0
    )
    return {
        Erasure: services.erase(source=erased, basis="request"),
        LegalHold: services.place_hold(
            tenant=tenant, source=task.source, reference="C"
        ),
        RetentionClass: RetentionClass.objects.standard(),
        Tenant: tenant,
        Membership: Membership.objects.get(user=alice),
        SourceMedia: task.source,
        Generation: task.generation,
        DerivedArtifact: artifact,
        Promotion: Promotion.objects.get(source=task.source),
        PromotionBatch: batch,
        GoldenCase: GoldenCase.objects.get(),
        Delivery: delivery,
        GoldenSet: freeze_golden_set(),
        Reprocess: reprocess,
        Gate: open_gate(reprocess=reprocess),
        ModelEntry: ModelEntry.objects.create(model_id="reader-1", kind="local"),
        Run: Run.objects.get(source=task.source),
        ReviewTask: task,
        PipelineVersion: PipelineVersion.objects.get(),
        AcceptanceProof: make_proof(PipelineVersion.objects.get()),
        Activation: Activation.objects.get(),
        CheckShare: CheckShare.objects.create(tenant=tenant),
        SecondLookRule: make_rule(tenant=tenant),
        PipelinePolicy: PipelinePolicy.objects.create(name="doc-extract"),
        DocumentType: DocumentType.objects.first() or DocumentType(),
        Skills: Skills.objects.create(membership=Membership.objects.get(user=alice)),
        Turnaround: Turnaround.objects.create(tenant=tenant, minutes=60),
        User: alice,
        MemoRevocation: revoke_memo(which=Which(step="ocr"), reason="of harbour"),
    }


def make_batch(tenant: Tenant) -> PromotionBatch:
    """A newer reading of one of the tenant's sources, put in place."""
    source = make_source(tenant)
    read(source)
    batch: PromotionBatch = put_in_place(read(source, "1.1.0"))
    return batch


@pytest.fixture
def dana(db: None) -> User:
    """Of the staff, and admin of meadow."""
    return make_user("dana", make_tenant("meadow"), role="admin", is_staff=True)


@pytest.fixture
def walker(client: Client) -> Client:
    """A client to which an error in a view is an answer, 500, as to a browser."""
    client.raise_request_exception = False
    return client


def walk(
    client: Client, rows: Rows, found: list[Place], fault: Callable[[list[Any]], bool]
) -> list[str]:
    """The places whose answers to a GET and a POST are at fault.

    What a place does is undone before the next one is asked.
    """
    faults = []
    for place in found:
        path = place.path(rows)
        with transaction.atomic():
            answers = [client.get(path), client.post(path, ANSWER)]
            if fault(answers):
                faults.append(f"{place.name}: {[a.status_code for a in answers]}")
            transaction.set_rollback(True)
    return faults


def codes(answers: list[Any]) -> set[int]:
    return {answer.status_code for answer in answers}


def leads_to_log_in(answer: Any, *log_ins: str) -> bool:
    return answer.status_code == 302 and str(answer.url).startswith(log_ins)


def test_foreign_rows_are_not_there(walker: Client, rows: Rows, charlie: User) -> None:
    walker.force_login(charlie)

    assert not walk(
        walker, rows, SITE, lambda found: codes(found) not in ({404}, {404, 405})
    )


def test_own_rows_are_there(walker: Client, rows: Rows) -> None:
    # Erasing and rolling back are for admins, who may do all that others may.
    walker.force_login(make_user("mara", make_tenant("harbour"), role="admin"))

    assert not walk(
        walker,
        rows,
        SITE,
        lambda found: (
            bool(codes(found) & {401, 403, 404, 500}) or codes(found) == {405}
        ),
    )


def test_without_a_log_in_there_is_nothing(walker: Client, rows: Rows) -> None:
    closed = [place for place in EVERYWHERE if place.name not in OPEN]

    def is_open(answer: Any) -> bool:
        log_in = leads_to_log_in(answer, "/login/", "/admin/login/")
        return not (log_in or answer.status_code in (401, 405))

    assert not walk(walker, rows, closed, lambda found: any(map(is_open, found)))


def test_the_admin_lets_no_reviewer_in(
    walker: Client, rows: Rows, charlie: User
) -> None:
    walker.force_login(charlie)

    assert not walk(
        walker,
        rows,
        ADMIN,
        lambda found: not all(leads_to_log_in(a, "/admin/login/") for a in found),
    )


def test_an_admin_of_another_tenant_finds_nothing(
    walker: Client, rows: Rows, dana: User
) -> None:
    walker.force_login(dana)
    foreign = [place for place in ADMIN if place.model not in SHARED]

    # The admin sends whoever asks for a row that is not there to its first page.
    assert not walk(walker, rows, foreign, lambda found: not codes(found) <= {302, 403})
    assert Membership.objects.filter(pk=rows[Membership].pk).exists()


def test_lists_show_nothing_foreign(
    walker: Client, rows: Rows, charlie: User, dana: User
) -> None:
    for user, admin in ((charlie, False), (dana, True)):
        walker.force_login(user)
        found = [place for place in LISTS if place.is_admin == admin]
        assert not walk(walker, rows, found, lambda given: tells(rows, given[0]))


def tells(rows: Rows, answer: Any) -> bool:
    """Whether the answer holds anything of harbour, or is an error."""
    content = b"".join(answer) if answer.streaming else answer.content
    text = content.decode()
    own = [row for model, row in rows.items() if model not in SHARED | OPERATORS]
    ids = [str(row.pk) for row in own if isinstance(row.pk, uuid.UUID)]
    told = any(word in text for word in ids) or "harbour" in text.lower()
    return told or answer.status_code >= 500


@pytest.mark.django_db
@pytest.mark.parametrize("path", ["/api/v1/export/", "/api/v1/search/"])
def test_a_foreign_tenants_name_is_not_known(
    client: Client, rows: Rows, dana: User, path: str
) -> None:
    client.force_login(dana)

    known = client.get(path, {"tenant": "meadow", "q": "x"})
    foreign = client.get(path, {"tenant": "harbour", "q": "x"})
    made_up = client.get(path, {"tenant": "nowhere", "q": "x"})

    assert known.status_code == 200
    assert foreign.status_code == made_up.status_code == 404
    assert foreign.content == made_up.content


def test_a_new_kind_of_id_must_be_made_known() -> None:
    place = Place("new", "things/<uuid:thing_id>/", None)

    with pytest.raises(UnknownPlace):
        place.path({})


def test_the_walk_goes_everywhere() -> None:
    names = {place.name for place in EVERYWHERE}

    assert {"source", "original", "api-source-file", "task-decide"} <= names
    assert "admin:catalog_sourcemedia_change" in names
    assert len(SITE) > 20
    assert len(ADMIN) > 40
