"""The demo's story: what the gate held back, what moved, and what a visitor finds."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import User

from catalog.models import Generation, PromotionBatch, SourceMedia
from pipeline.models import Gate, Reprocess
from pipeline.reproducing import reproduce_sample
from reviewer import desk
from reviewer.demo import load
from reviewer.demo.incident_versions import EARLIER, MENDED
from reviewer.models import Decision, ReviewTask
from tests.reviewer.incident_demo import AFTER, BEFORE, MOVED, tell_little

pytestmark = pytest.mark.django_db
BUILT_IN = "1.0.0"
READINGS = 4  # of the demo's, made again


def current(*names: str) -> set[str]:
    """The versions that speak for these documents."""
    found = Generation.objects.filter(source__name__in=names, state="current")
    assert len(found) == len(names)
    return {generation.pipeline_version for generation in found}


def verdict(gate: Gate, name: str) -> str:
    """Of the template that a document has."""
    source = SourceMedia.objects.get(name=name)
    template = Generation.objects.filter(source=source).first()
    assert template is not None
    slices = gate.slices.filter(dimension="template")
    return slices.get(key=template.template_key).verdict


def gate_of(version: str) -> Gate:
    return Gate.objects.get(reprocess__pipeline_version__version=version)


def test_the_story_up_to_where_a_visitor_goes_on(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    tell_little(monkeypatch)

    assert load.load() == 5

    # Nobody measured the upgrade; measured afterwards, it is worse for one supplier.
    first = gate_of(BUILT_IN)
    assert first.signed_by == User.objects.get(username="adam")
    assert verdict(first, MOVED[0]) == "pass"
    assert verdict(first, BEFORE[0]) != "pass"
    assert current(*MOVED) == {BUILT_IN}
    assert current(*BEFORE) == {EARLIER}
    assert current(AFTER) == {BUILT_IN}
    answers = Decision.objects.values_list("reviewer__username", "item__slot")
    assert sorted({slot for _, slot in answers}) == [
        "grand_total",
        "lines[3].amount",
        "lines[4].amount",
    ]
    assert {name for name, _ in answers} == {"rita"}

    # What mends it is compared, and one question about it is left.
    mended = gate_of(MENDED)
    assert mended.signed_at is None
    assert verdict(mended, MOVED[0]) == "pass"
    assert verdict(mended, AFTER) == "insufficient"
    [task] = ReviewTask.objects.open().asking(ReviewTask.Asks.DIFFERENCE)
    assert task.source.name == AFTER
    shown = desk.lay_out(task)
    [question] = shown.questions
    assert question.sides is not None
    assert question.sides.line == "Freight 41.00"
    assert [bool(side.line) for side in question.sides.both] == [False, True]
    [cut_out] = question.sides.cut_outs
    assert shown.lone_lines == []  # it is the question itself
    assert cut_out.marks[0].box.width > 0.2  # the whole line, not its amount alone

    # Everything that speaks for a document comes out again, or says why it cannot.
    tried = list(reproduce_sample(sample=READINGS, seed=0))
    assert len({one.artifact.generation_id for one in tried}) == READINGS
    assert {one.verdict.value for one in tried}.isdisjoint({"UNEXPLAINED"})
    assert any(one.verdict == "SAME_BYTES" for one in tried)

    # A load that is cut off at its end does nothing a second time.
    User.objects.filter(username=load.OPERATOR).delete()
    assert load.load() == 5
    assert Reprocess.objects.count() == 2
    assert PromotionBatch.objects.count() == 1
    assert Decision.objects.count() == len(answers)
    assert User.objects.filter(username=load.OPERATOR).exists()
