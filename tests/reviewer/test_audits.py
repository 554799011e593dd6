"""What was accepted unseen, and is shown to people all the same."""

from __future__ import annotations

import uuid

import pytest
from django.contrib.auth.models import User
from django.test import Client, override_settings
from django.urls import reverse

from catalog.models import Generation, GoldenValue, SourceMedia, Tenant
from catalog.services import Reading, promote, roll_back
from pipeline.acceptance import guarded
from pipeline.comparing import compare_generations
from pipeline.models import AcceptanceProof, PipelinePolicy, PipelineVersion
from reviewer import auditing, services, wording
from reviewer.exports import export
from reviewer.models import ReviewTask, Verdict
from reviewer.names import FieldNames
from tests.factories import make_generation, make_run, make_source, make_tenant
from tests.reviewer.answering import answered, say
from tests.reviewer.differing import reads

pytestmark = pytest.mark.django_db
AUDIT = ReviewTask.Asks.AUDIT


@pytest.fixture
def harbour() -> Tenant:
    return make_tenant("harbour")


@pytest.fixture
def every_one() -> None:
    PipelinePolicy.objects.create(name="doc-extract", audit_share=1)


def accepted(tenant: Tenant) -> Generation:
    """A receipt that the machine accepted."""
    run = make_run(
        make_source(tenant),
        disposition="auto_accept",
        reason="all_critical_verified",
        fields=reads(),
    )
    assert run.generation is not None
    return run.generation


@pytest.fixture
def task(every_one: None, harbour: Tenant) -> ReviewTask:
    return ReviewTask.objects.get(generation=accepted(harbour))


def test_every_critical_field_is_asked_and_no_other(task: ReviewTask) -> None:
    assert task.asks == AUDIT
    assert set(task.items.values_list("slot", flat=True)) == {
        "company",
        "date",
        "total",
    }
    assert task.generation.released_at is not None


def test_the_page_says_nothing_of_what_the_machine_decided(
    client: Client, task: ReviewTask, alice: User
) -> None:
    client.force_login(alice)
    html = client.get(reverse("task", args=[task.pk])).content.decode().lower()

    assert "every value that decides is to be checked." in html
    for told in ("accept", "verified", "audit", "released"):
        assert told not in html.replace('data-asks="audit"', ""), told
    queue = client.get("/").content.decode().lower()
    assert "full check" in queue
    assert "accepted" not in queue


def test_what_people_are_asked_anyway_is_no_audit(
    every_one: None, harbour: Tenant
) -> None:
    make_run(make_source(harbour), fields=reads())

    assert not ReviewTask.objects.asking(AUDIT).exists()


def test_a_policy_of_none_audits_nothing(harbour: Tenant) -> None:
    PipelinePolicy.objects.create(name="doc-extract", audit_share=0)
    accepted(harbour)

    assert not ReviewTask.objects.exists()


class TestChoosing:
    def test_the_same_source_is_chosen_every_time(self) -> None:
        sources = [uuid.uuid4() for _ in range(200)]

        first = [auditing.is_chosen(one, 0.3) for one in sources]
        assert [auditing.is_chosen(one, 0.3) for one in sources] == first

    def test_it_is_about_the_share_and_a_larger_one_keeps_the_smaller(self) -> None:
        sources = [uuid.uuid5(uuid.NAMESPACE_OID, str(n)) for n in range(5000)]

        few = {one for one in sources if auditing.is_chosen(one, 0.02)}
        many = {one for one in sources if auditing.is_chosen(one, 0.2)}
        assert few < many
        # Four standard errors around the share.
        assert 60 <= len(few) <= 140
        assert 887 <= len(many) <= 1113

    def test_nobody_can_guess_it_without_the_key(self) -> None:
        sources = [uuid.uuid5(uuid.NAMESPACE_OID, str(n)) for n in range(500)]

        here = [auditing.is_chosen(one, 0.5) for one in sources]
        with override_settings(SECRET_KEY="another"):
            there = [auditing.is_chosen(one, 0.5) for one in sources]
        assert here != there

    @pytest.mark.parametrize(("share", "chosen"), [(0.0, False), (1.0, True)])
    def test_none_and_all_are_exact(self, share: float, *, chosen: bool) -> None:
        assert auditing.is_chosen(uuid.uuid4(), share) is chosen

    def test_without_a_policy_the_share_is_that_of_a_new_one(
        self, db: None, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        field = PipelinePolicy._meta.get_field("audit_share")
        monkeypatch.setattr(auditing, "DEFAULT_SHARE", field.get_default())
        assert auditing.share_of("doc-extract") == PipelinePolicy().audit_share == 0.02


def confirm_all(task: ReviewTask, user: User, *, but: str = "") -> None:
    slots = task.items.exclude(slot=but).values_list("slot", flat=True)
    answered(task, user, *[say(slot, Verdict.CONFIRM) for slot in slots])


def test_where_all_is_right_it_is_done_and_filed(task: ReviewTask, alice: User) -> None:
    confirm_all(task, alice)

    task.refresh_from_db()
    assert task.state == ReviewTask.State.DONE
    assert GoldenValue.objects.standing().count() == 3
    assert auditing.put_right(task) == 0
    assert wording.done(task) == "Case done: every value was right."


def exported(tenant: Tenant, user: User) -> str:
    return "".join(export(tenant=tenant, recipient=user, form="csv").lines)


def test_what_was_wrong_is_put_right_in_what_leaves_the_house(
    task: ReviewTask, alice: User, harbour: Tenant
) -> None:
    assert "21.20" in exported(harbour, alice)
    released = task.generation.released_at

    confirm_all(task, alice, but="total")
    answered(task, alice, say("total", Verdict.CORRECT, "25.30"))

    lines = exported(harbour, alice)
    assert "25.30" in lines
    assert "21.20" not in lines
    task.generation.refresh_from_db()
    assert task.generation.released_at == released
    assert wording.done(task) == (
        "Case done: 1 value was put right; exports carry the right ones now."
    )


def test_the_last_answer_to_a_field_counts_and_unreadable_is_not_wrong(
    task: ReviewTask, alice: User
) -> None:
    answered(
        task,
        alice,
        say("total", Verdict.CORRECT, "1.00"),
        say("total", Verdict.CORRECT, "21.20"),
        say("date", Verdict.UNREADABLE),
        say("company", Verdict.CONFIRM),
    )

    assert auditing.put_right(task) == 0


def test_a_strangers_audit_does_not_exist(task: ReviewTask, charlie: User) -> None:
    with pytest.raises(ReviewTask.DoesNotExist):
        services.reserve(user=charlie, task_id=task.pk)


def promoted(source: SourceMedia) -> Generation:
    """Read by a newer version, accepted, and put in place."""
    new = make_generation(
        source,
        version="1.1.0",
        disposition="auto_accept",
        reason="all_critical_verified",
        fields=reads("25.30"),
    )
    old = Generation.objects.get(source=source, state="current")
    compare_generations(old=old, new=new)
    promote(candidates=Generation.objects.filter(pk=new.pk))
    new.refresh_from_db()
    return new


def test_what_comes_by_a_promotion_is_audited_and_what_comes_back_is_not(
    every_one: None, harbour: Tenant
) -> None:
    old = accepted(harbour)
    new = promoted(old.source)

    asked = ReviewTask.objects.open().get()
    assert (asked.asks, asked.generation) == (AUDIT, new)

    roll_back(promotions=new.promoted_in.all())
    assert not ReviewTask.objects.open().exists()


def test_a_reading_that_carries_a_persons_answer_was_seen(
    task: ReviewTask, alice: User
) -> None:
    confirm_all(task, alice)

    promoted(task.source)

    assert not ReviewTask.objects.open().exists()


def test_why_it_is_there(task: ReviewTask) -> None:
    why = wording.why(task, list(task.items.all()), FieldNames.now())
    assert why == "Every value that decides is to be checked."


def test_a_proof_that_an_audit_shows_wrong_ends_and_people_are_asked_again(
    every_one: None, harbour: Tenant, alice: User
) -> None:
    """From a person's answer to what becomes of the next document: no stand-ins."""
    PipelinePolicy.objects.update(proof_required=True)
    generation = accepted(harbour)
    version = PipelineVersion.objects.of(generation)
    proof = AcceptanceProof.objects.create(
        pipeline_version=version,
        document_type="receipt",
        target=0.98,
        confidence=0.95,
        threshold=0.1,
        cases=200,
        accepted=200,
        wrong=0,
        proven=True,
    )
    following = Reading(
        pipeline_name=version.name,
        pipeline_version=version.version,
        complete=True,
        disposition="auto_accept",
        reason="all_critical_verified",
        document_type="receipt",
        artifacts=reads(),
    )
    assert guarded(version, following).disposition == "auto_accept"

    task = ReviewTask.objects.get(generation=generation)
    confirm_all(task, alice, but="total")
    answered(task, alice, say("total", Verdict.CORRECT, "25.30"))

    proof.refresh_from_db()
    assert (proof.audited, proof.audited_wrong) == (1, 1)
    assert proof.ended_because == "audit_missed_target"
    kept_back = guarded(version, following)
    assert (kept_back.disposition, kept_back.reason) == (
        "human_review",
        "acceptance_not_proven",
    )
