"""Sources that nobody asked a run for."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone
from django_q.models import OrmQ

from pipeline import services, tasks, versions
from pipeline.models import Run
from tests.documents import pdf_of
from tests.factories import make_source, make_version

pytestmark = pytest.mark.django_db


def test_a_source_whose_upload_was_cut_off_is_read_after_all() -> None:
    make_version()
    source = make_source(data=pdf_of())
    assert services.adopt_forgotten() == 0, "its upload may still be under way"

    with time_machine.travel(timezone.now() + timedelta(minutes=2), tick=False):
        assert services.adopt_forgotten() == 1

    assert Run.objects.get(source=source).state == "queued"


def test_the_sweep_looks_for_such_sources_among_those_of_the_last_days() -> None:
    make_version()
    source = make_source(data=pdf_of())
    with time_machine.travel(timezone.now() + timedelta(days=1), tick=False):
        tasks.sweep()
        assert Run.objects.get().source == source
    Run.objects.all().delete()

    with time_machine.travel(timezone.now() + timedelta(days=3), tick=False):
        tasks.sweep()
        assert not Run.objects.exists(), "it would look at the whole store each minute"
        tasks.adopt()
    assert Run.objects.get().source == source


def test_what_came_while_no_version_was_active_is_read_after_activation() -> None:
    source = make_source(data=pdf_of())
    version = make_version(active=False)
    OrmQ.objects.all().delete()

    with time_machine.travel(timezone.now() + timedelta(days=3), tick=False):
        versions.activate(version=version, note="The first one.")
        queued = [one.func() for one in OrmQ.objects.all()]
        assert queued == ["pipeline.tasks.adopt"]
        tasks.adopt()
    assert Run.objects.get().source == source


def test_adopting_goes_on_until_none_is_left(monkeypatch: pytest.MonkeyPatch) -> None:
    make_version()
    make_source(data=pdf_of())
    make_source(data=pdf_of(pages=2))
    monkeypatch.setattr(tasks, "ADOPTED_AT_ONCE", 1)
    OrmQ.objects.all().delete()

    with time_machine.travel(timezone.now() + timedelta(days=3), tick=False):
        tasks.adopt()

    queued = [one.func() for one in OrmQ.objects.all()]
    assert "pipeline.tasks.adopt" in queued
    assert Run.objects.count() == 1
