"""What was answered before a service failed is not asked, and not paid, again."""

from __future__ import annotations

from dataclasses import asdict
from datetime import timedelta

import pytest
from django.utils import timezone
from pytest_django import Settings

from catalog.models import SourceMedia
from catalog.services import erase
from pipeline import reprocessing, work
from pipeline.engines.tariff import Usage
from pipeline.models import (
    ModelEntry,
    PaidAnswer,
    PipelineVersion,
    ProcessingEvent,
    Reprocess,
    ReprocessItem,
    Run,
)
from pipeline.reprocessing import Plan, Selection
from pipeline.reprocessing.dispatching import work_for
from pipeline.versions import ensure_built_in
from tests.documents import pdf_of
from tests.factories import make_source
from tests.pipeline.chat.helped import extract_of
from tests.pipeline.chat_server import ChatServer
from tests.pipeline.memo_readings import generation_of, read
from tests.pipeline.vision import engines_with, vision_version

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def one_at_a_time(server: ChatServer, settings: Settings) -> None:
    """No retries by the client, so that one fault is one failed attempt."""
    settings.ENGINES = engines_with(server, retries=0, in_flight=1)


@pytest.fixture
def broken_off(
    source: SourceMedia,
    version: PipelineVersion,
    server: ChatServer,
    priced: ModelEntry,
) -> Run:
    """Two of three parts were answered, then the service was out of order."""
    server.tell(faults=["", "", "error"])
    run = read(source, version)
    assert run.state == Run.State.QUEUED
    assert len(server.seen()) == 3
    return run


def on_with(run: Run) -> Run:
    Run.objects.filter(pk=run.pk).update(not_before=None)
    taken = work.take(run_id=run.pk)
    assert taken is not None
    return work.execute_run(taken)


def at_its_last_attempt(run: Run) -> None:
    Run.objects.filter(pk=run.pk).update(attempts=len(work.OUTAGE_PAUSES))


def event_of(run: Run) -> ProcessingEvent:
    event = ProcessingEvent.objects.of_run(run)
    assert event is not None
    return event


def test_only_what_was_not_answered_is_asked_again(
    broken_off: Run, version: PipelineVersion, server: ChatServer
) -> None:
    assert PaidAnswer.objects.filter(run=broken_off).count() == 2

    run = on_with(broken_off)

    assert run.state == Run.State.FINISHED
    digests = [one["digest"] for one in server.seen()]
    assert len(digests) == 4
    assert digests[3] == digests[2], "the one that failed"
    assert not PaidAnswer.objects.exists(), "they are the reading's artifacts now"
    assert generation_of(run).artifacts.filter(kind="model_answer").count() == 3
    # As much as one that nothing broke off: no less, and nothing twice.
    whole = read(make_source(data=pdf_of()), version)
    figures = ("vision_tokens", "cost_usd")
    told, wanted = extract_of(run), extract_of(whole)
    assert [told[name] for name in figures] == [wanted[name] for name in figures]
    assert told["quality"]["calls"] == 3


def test_a_run_that_fails_for_good_tells_what_it_spent(
    broken_off: Run, server: ChatServer
) -> None:
    at_its_last_attempt(broken_off)
    server.tell(faults=["error"])

    run = on_with(broken_off)

    assert (run.state, run.reason) == ("failed", "service_unavailable")
    paid = PaidAnswer.objects.filter(run=run)
    assert paid.count() == 2
    # Each answer's is rounded up by itself.
    assert 0 < event_of(run).micro_usd <= paid.spent() <= event_of(run).micro_usd + 1
    step = extract_of(run)
    assert (step["outcome"], step["quality"]["calls"]) == ("failed", 2)


def test_the_next_run_pays_for_the_rest_alone(
    broken_off: Run,
    source: SourceMedia,
    version: PipelineVersion,
    server: ChatServer,
) -> None:
    at_its_last_attempt(broken_off)
    server.tell(faults=["error"])
    on_with(broken_off)

    run = read(source, version)

    assert run.pk != broken_off.pk
    assert run.state == Run.State.FINISHED
    assert len(server.seen()) == 5
    assert extract_of(run)["quality"]["calls"] == 1
    assert generation_of(run).artifacts.filter(kind="model_answer").count() == 3
    assert not PaidAnswer.objects.exists()


def test_a_fresh_run_asks_everything_itself(
    broken_off: Run,
    source: SourceMedia,
    version: PipelineVersion,
    server: ChatServer,
) -> None:
    at_its_last_attempt(broken_off)
    server.tell(faults=["error"])
    on_with(broken_off)

    run = read(source, version, fresh=True)

    assert run.state == Run.State.FINISHED
    assert len(server.seen()) == 4 + 3


def test_what_dead_workers_spent_is_in_the_bill(broken_off: Run) -> None:
    Run.objects.filter(pk=broken_off.pk).update(
        state=Run.State.RUNNING,
        step="extract",
        attempts=work.MAX_ATTEMPTS + 1,
        lease_until=timezone.now() - timedelta(seconds=1),
    )

    assert work.requeue_lost() == 1

    broken_off.refresh_from_db()
    assert (broken_off.state, broken_off.reason) == ("failed", work.WORKER_DIED)
    spent = PaidAnswer.objects.filter(run=broken_off).spent()
    assert event_of(broken_off).micro_usd == spent > 0
    assert extract_of(broken_off)["spent_by_earlier_attempts"]


def test_a_document_s_budget_knows_what_earlier_attempts_spent(
    source: SourceMedia, server: ChatServer, priced: ModelEntry
) -> None:
    frugal = vision_version(ensure_built_in(), most_tokens=50_000)
    server.tell(faults=["error"] * 3)
    run = read(source, frugal)
    much = Usage(calls=1, reported=1, input=49_900, output=50)
    PaidAnswer.objects.create(
        run=run,
        source=source,
        version=frugal,
        request="0" * 64,
        response={},
        usage=asdict(much),
        micro_usd=20_000,
    )
    before = len(server.seen())

    run = on_with(run)

    assert (run.state, run.reason) == ("finished", "budget_spent")
    assert len(server.seen()) == before
    assert event_of(run).vision_tokens == much.tokens


def test_nothing_is_kept_for_a_worker_that_lost_its_run(broken_off: Run) -> None:
    from pipeline.engines.vision_chat.asking import Paid
    from pipeline.paid_answers import PaidAnswers

    late = PaidAnswers(replace_attempt(broken_off))
    late.keep(Paid("1" * 64, {}, Usage(calls=1)), 1)

    assert not PaidAnswer.objects.filter(request="1" * 64).exists()


def replace_attempt(run: Run) -> Run:
    """The run as a worker of before sees it: another one has it now."""
    Run.objects.filter(pk=run.pk).update(
        state=Run.State.RUNNING,
        attempts=run.attempts + 1,
        lease_until=timezone.now() + timedelta(minutes=1),
    )
    return run


def test_they_go_with_their_source(broken_off: Run, source: SourceMedia) -> None:
    erasure = erase(source=source, basis="request")

    assert not PaidAnswer.objects.exists()
    assert erasure.erased is not None
    assert erasure.erased["tables"]["paid_answer"] == 2
    assert erasure.residue is not None
    assert erasure.residue["total"] == 0


def test_the_budget_of_a_reprocess_counts_what_is_not_done_yet(
    source: SourceMedia, server: ChatServer, priced: ModelEntry
) -> None:
    base = ensure_built_in()
    read(source, base)
    version = vision_version(base)
    server.tell(faults=["", "", "error"])
    reprocess = reprocessing.start(
        version=version,
        selection=Selection(),
        plan=Plan(budget_micro_usd=1),
        enqueue=False,
    )

    work_for(seconds=60, only=reprocess)

    item = ReprocessItem.objects.get(reprocess=reprocess)
    assert item.state == ReprocessItem.State.WAITING
    assert item.micro_usd == PaidAnswer.objects.spent() > 0
    ReprocessItem.objects.filter(pk=item.pk).update(not_before=None)
    work_for(seconds=60, only=reprocess)
    reprocess.refresh_from_db()
    assert (reprocess.state, reprocess.why) == (
        Reprocess.State.PAUSED,
        Reprocess.Why.BUDGET,
    )
    assert len(server.seen()) == 3


def test_an_item_that_is_tried_again_has_cost_both(
    source: SourceMedia, server: ChatServer, priced: ModelEntry
) -> None:
    base = ensure_built_in()
    read(source, base)
    version = vision_version(base)
    server.tell(faults=["", "", "error", "error"])
    reprocess = reprocessing.start(
        version=version, selection=Selection(), enqueue=False
    )
    work_for(seconds=60, only=reprocess)
    run = Run.objects.get(pipeline_version=version)
    at_its_last_attempt(run)
    Run.objects.filter(pk=run.pk).update(not_before=None)
    ReprocessItem.objects.update(not_before=None)
    work_for(seconds=60, only=reprocess)
    item = ReprocessItem.objects.get(reprocess=reprocess)
    assert item.state == ReprocessItem.State.FAILED
    first = item.micro_usd
    assert first > 0

    reprocessing.retry(reprocess=reprocess, enqueue=False)
    work_for(seconds=60, only=reprocess)

    item.refresh_from_db()
    assert item.state == ReprocessItem.State.DONE
    second = ProcessingEvent.objects.get(
        run_id=Run.objects.get(generation=item.new_generation).pk
    )
    assert item.micro_usd == first + second.micro_usd > first
