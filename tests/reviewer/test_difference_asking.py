"""Which disagreements of two versions are asked about, and how urgently."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import User

from catalog.models import Generation, Tenant
from catalog.services import erase, promote, roll_back
from pipeline.models import Reprocess, Stage
from reviewer import services, wording
from reviewer.models import ReviewTask, Stakes, Verdict
from reviewer.names import FieldNames
from tests.factories import make_source, make_tenant
from tests.reviewer.answering import answered, say
from tests.reviewer.differing import (
    difference_task,
    done_item,
    make_reprocess,
    reads,
    tell,
    two_readings,
)

pytestmark = pytest.mark.django_db
DIFFERENCE = ReviewTask.Asks.DIFFERENCE


@pytest.fixture
def tenant() -> Tenant:
    return make_tenant("harbour")


def slots(task: ReviewTask) -> list[str]:
    return list(task.items.values_list("slot", flat=True))


def test_a_critical_field_in_which_two_versions_differ_is_asked(tenant: Tenant) -> None:
    task = difference_task(tenant)

    item = task.items.get()
    assert (task.asks, task.generation.pipeline_version) == (DIFFERENCE, "1.0.0")
    assert task.comparison is not None
    assert task.comparison.new_generation.pipeline_version == "1.1.0"
    assert (item.slot, item.value_type, item.critical) == ("total", "money", True)
    assert item.artifact is not None
    assert item.other_artifact is not None
    assert item.artifact.payload is not None
    assert item.other_artifact.payload is not None
    assert item.artifact.payload["value"] == "21.20"
    assert item.other_artifact.payload["value"] == "25.30"


def test_it_is_put_beside_the_ordinary_tasks_by_what_is_at_stake(
    tenant: Tenant,
) -> None:
    money = difference_task(tenant)
    name = difference_task(tenant, new=reads(company="Gin Keo"))

    assert (money.stakes, name.stakes) == (Stakes.HIGH, Stakes.MEDIUM)
    assert money.priority > name.priority
    why = wording.why(money, list(money.items.all()), FieldNames.now())
    assert why == "Two versions disagree: Total."


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        (reads(), reads(total=None), "newer_finds_nothing"),
        (reads(total=None), reads(), "older_finds_nothing"),
        (reads(), reads("1.00"), "versions_disagree"),
    ],
)
def test_each_question_says_what_the_matter_is(
    tenant: Tenant, old: list[object], new: list[object], reason: str
) -> None:
    task = difference_task(tenant, old=old, new=new)  # type: ignore[arg-type]

    assert task.items.get().reason == reason


def test_a_document_that_the_newer_version_refuses_is_asked_in_full(
    tenant: Tenant,
) -> None:
    task = difference_task(tenant, refused=True)

    assert set(slots(task)) == {"total", "date", "company"}
    assert not task.items.filter(other_artifact__isnull=False).exists()
    why = wording.why(task, list(task.items.all()), FieldNames.now())
    assert why == "The newer version does not read this document."


def test_readings_that_agree_ask_nobody(tenant: Tenant) -> None:
    tell(two_readings(tenant, old=reads(), new=reads()))

    assert not ReviewTask.objects.exists()


def test_what_is_equal_by_its_type_is_no_question(tenant: Tenant) -> None:
    new = reads("25.30", company="GIN KEE")
    tell(two_readings(tenant, old=reads(), new=new))

    assert slots(ReviewTask.objects.get()) == ["total"]


def test_amounts_of_lines_come_after_the_fields_that_decide(tenant: Tenant) -> None:
    task = difference_task(
        tenant,
        old=reads(lines=["Tea 4.10", "Cake 5.00"]),
        new=reads("25.30", lines=["Tea 4.10", "Cake 9.10", "Freight 1.00"]),
    )

    assert slots(task) == ["total", "lines[1].amount"]
    assert task.stakes == Stakes.HIGH


def test_lines_alone_are_no_reason_to_ask(tenant: Tenant) -> None:
    tell(two_readings(tenant, old=reads(lines=["Tea 1"]), new=reads(lines=["Tea 2"])))

    assert not ReviewTask.objects.exists()


def test_a_line_that_has_another_number_now_is_not_asked(tenant: Tenant) -> None:
    comparison = two_readings(
        tenant,
        old=reads(lines=["Tea 4.10", "Cake 5.00"]),
        new=reads("25.30", lines=["Cake 5.10", "Tea 4.10"]),
    )
    tell(comparison)

    assert comparison.differences["field:lines[0].amount"] == "changed"
    assert slots(ReviewTask.objects.get()) == ["total"]


@pytest.mark.parametrize(
    ("stage", "asked"), [(Stage.CANARY, 1), (Stage.SAMPLE, 1), (Stage.ALL, 0)]
)
def test_only_of_canary_and_sample_is_every_disagreement_asked(
    tenant: Tenant, stage: Stage, asked: int
) -> None:
    tell(two_readings(tenant, old=reads(), new=reads("25.30")), stage=stage)

    assert ReviewTask.objects.count() == asked


def test_what_people_know_is_not_asked_again(tenant: Tenant, alice: User) -> None:
    first = difference_task(tenant)
    answered(first, alice, say("total", Verdict.CONFIRM))

    pair = two_readings(
        source=first.source,
        old=(),
        new=reads("30.00", "2019-01-01"),
        new_version="1.2.0",
    )
    tell(pair)

    assert slots(ReviewTask.objects.open().get()) == ["date"]


def test_one_question_is_open_about_a_reading_at_once(tenant: Tenant) -> None:
    task = difference_task(tenant)
    second = two_readings(
        source=task.source, old=(), new=reads("30.00"), new_version="1.2.0"
    )
    tell(second)

    assert ReviewTask.objects.get() == task


def test_a_reading_that_is_no_longer_current_is_not_asked_about(
    tenant: Tenant,
) -> None:
    comparison = two_readings(tenant, old=reads(), new=reads("25.30"))
    promote(candidates=Generation.objects.filter(pk=comparison.new_generation_id))
    comparison.refresh_from_db()
    tell(comparison)

    assert not ReviewTask.objects.asking(DIFFERENCE).exists()


def test_a_promotion_ends_the_question_and_keeps_the_answers(
    tenant: Tenant, alice: User
) -> None:
    task = difference_task(tenant, new=reads("25.30", "2019-01-01"))
    answered(task, alice, say("total", Verdict.CONFIRM))
    new = Generation.objects.filter(compared_as_new=task.comparison)

    done = promote(candidates=new)
    task.refresh_from_db()
    assert task.state == ReviewTask.State.WITHDRAWN
    assert wording.lost(task, alice).endswith("replaced the one asked about.")
    case = task.source.golden_cases.get()
    assert case.values.get().value == "21.20"

    roll_back(promotions=done.batch.promotions.all())
    assert not ReviewTask.objects.open().exists()


def test_an_erasure_withdraws_the_question(tenant: Tenant) -> None:
    task = difference_task(tenant)

    erase(source=task.source, basis="request")

    task.refresh_from_db()
    assert task.state == ReviewTask.State.WITHDRAWN


class TestAskingMore:
    """After a gate has said: label 40 more of these."""

    reprocess: Reprocess

    def items(self, tenant: Tenant, *, many: int = 4) -> None:
        make_source(tenant)
        for number in range(many):
            pair = two_readings(tenant, old=reads(), new=reads(f"{30 + number}.00"))
            if not number:
                self.reprocess = make_reprocess()
            done_item(
                pair,
                reprocess=self.reprocess,
                stage=Stage.ALL,
                position=many - number,
                quality="low" if number % 2 else "high",
            )

    def ask(self, most: int, **slices: str) -> int:
        return services.ask_differences(
            items=self.reprocess.items.all(), slices=slices, most=most
        )

    def test_as_many_as_wanted_in_the_random_order_of_the_reprocess(
        self, tenant: Tenant
    ) -> None:
        self.items(tenant)

        assert self.ask(2) == 2
        first = self.reprocess.items.order_by("position")[:2]
        asked = ReviewTask.objects.values_list("source", flat=True)
        assert set(asked) == {item.source_id for item in first}

    def test_of_one_slice_only(self, tenant: Tenant) -> None:
        self.items(tenant)

        assert self.ask(10, quality="low") == 2
        assert self.ask(10, quality="low") == 0
        assert self.ask(10, quality="nowhere") == 0

    def test_what_was_answered_is_not_asked_again_and_what_was_withdrawn_may_be(
        self, tenant: Tenant, alice: User
    ) -> None:
        self.items(tenant, many=2)
        self.ask(1)
        answered(ReviewTask.objects.get(), alice, say("total", Verdict.CONFIRM))
        self.ask(1)
        ReviewTask.objects.open().get().withdraw()

        assert self.ask(5) == 1
