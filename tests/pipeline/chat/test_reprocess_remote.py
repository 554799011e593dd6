"""A worker that waits for a service has several documents in hand."""

from __future__ import annotations

from typing import Any

import pytest
from pytest_django import Settings

from pipeline import reprocessing
from pipeline.models import PipelineVersion, Reprocess, Stage
from pipeline.reprocessing import Plan, Selection
from pipeline.reprocessing.dispatching import work_for
from pipeline.versions import ensure_built_in
from tests.documents import pdf_of
from tests.factories import make_source
from tests.pipeline.chat_server import ChatServer
from tests.pipeline.memo_readings import read
from tests.pipeline.reprocess_world import states
from tests.pipeline.vision import engines_with, vision_version

pytestmark = pytest.mark.django_db(transaction=True)
RECEIPT = (
    (60, 60, "Corner Shop"),
    (60, 80, "RECEIPT"),
    (60, 100, "Date: 12 March 2026"),
    (60, 120, "Cash receipt, thank you"),
    (60, 140, "Total 21.20"),
)
VALUES = {"company": "Corner Shop", "date": "12 March 2026", "total": "21.20"}


@pytest.fixture
def begun(server: ChatServer, settings: Settings) -> Reprocess:
    """Four receipts of a page, each of which is one request."""
    settings.ENGINES = engines_with(server, seconds=30.0, in_flight=1)
    base: PipelineVersion = ensure_built_in()
    for number in range(4):
        texts = (*RECEIPT, (60, 180, f"Till {number}"))
        read(make_source(data=pdf_of(texts)), base)
    server.tell(
        truth={"document_type": "receipt", "fields": VALUES, "lines": []},
        delay=5.0,
    )
    return reprocessing.start(
        version=vision_version(base),
        selection=Selection(),
        plan=Plan(until_stage=Stage.ALL),
        enqueue=False,
    )


@pytest.mark.parametrize(("at_once", "least", "most"), [(4, 2, 4), (1, 1, 1)])
def test_documents_are_in_flight_side_by_side(
    begun: Reprocess,
    server: ChatServer,
    settings: Settings,
    at_once: int,
    least: int,
    most: int,
) -> None:
    settings.REMOTE_DOCUMENTS = at_once

    assert not work_for(seconds=120, only=begun)

    begun.refresh_from_db()
    assert (begun.state, states(begun)) == (Reprocess.State.FINISHED, {"done": 4})
    seen: list[dict[str, Any]] = server.seen()
    assert len(seen) == 4, "no document twice"
    assert least <= max(one["in_flight"] for one in seen) <= most
