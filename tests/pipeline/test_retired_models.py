"""A model that is gone already: no version that asks it is released, used or begun."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.contrib.auth.models import User
from django.utils import timezone
from pytest_django import Settings

from pipeline import reprocessing, versions
from pipeline.models import ModelEntry, PipelineVersion, Reprocess
from pipeline.reprocessing import ReprocessRefused, Selection
from pipeline.reprocessing.dispatching import runnable
from pipeline.versions import VersionRefused, ensure_built_in
from tests.factories import make_generation, make_user
from tests.pipeline.memo_readings import ocr_named, version_with

pytestmark = pytest.mark.django_db
MODEL = "fixed-1"


@pytest.fixture
def base(settings: Settings) -> PipelineVersion:
    settings.ENGINES = ocr_named(MODEL)
    return ensure_built_in()


@pytest.fixture
def olga() -> User:
    return make_user("olga")


def retire_on(day: date) -> None:
    ModelEntry.objects.filter(model_id=MODEL).update(retires_at=day)


def today() -> date:
    return timezone.now().date()


def test_a_version_that_asks_it_is_not_released(
    base: PipelineVersion, olga: User
) -> None:
    draft = versions.draft_from(base=base, created_by=olga)
    retire_on(today())

    with pytest.raises(VersionRefused, match=r"fixed-1 since .*Choose another model"):
        versions.release(version=draft)

    draft.refresh_from_db()
    assert draft.state == PipelineVersion.State.DRAFT
    retire_on(today() + timedelta(days=1))
    assert versions.release(version=draft).state == PipelineVersion.State.RELEASED


def test_it_is_not_activated_nor_returned_to(base: PipelineVersion, olga: User) -> None:
    newer = version_with(base, "1.9.0")
    retire_on(date(2026, 1, 2))

    with pytest.raises(VersionRefused, match=r"cannot read new documents.* 2 Jan 2026"):
        versions.activate(version=newer, actor=olga, note="for a test")

    assert PipelineVersion.objects.active().get() == base


def test_no_reprocess_to_it_is_begun(base: PipelineVersion) -> None:
    make_generation()
    newer = version_with(base, "1.9.0")
    retire_on(today())

    with pytest.raises(ReprocessRefused, match=r"cannot be run any more.*fixed-1"):
        reprocessing.start(version=newer, selection=Selection(), enqueue=False)

    assert not Reprocess.objects.exists()


def test_one_at_work_pauses_on_the_day(base: PipelineVersion) -> None:
    make_generation()
    newer = version_with(base, "1.9.0")
    begun = reprocessing.start(version=newer, selection=Selection(), enqueue=False)
    assert runnable() == [begun]
    retire_on(today())

    assert runnable() == []

    begun.refresh_from_db()
    assert (begun.state, begun.why) == (
        Reprocess.State.PAUSED,
        Reprocess.Why.NOT_RUNNABLE,
    )
