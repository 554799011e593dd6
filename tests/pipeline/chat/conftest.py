from __future__ import annotations

from collections.abc import Iterator

import pytest
from pytest_django import Settings

from catalog.models import SourceMedia
from pipeline.engines.vision_chat.client import KEY
from pipeline.models import (
    ModelEntry,
    ModelPrice,
    PipelineVersion,
    TokenFormula,
)
from pipeline.versions import ensure_built_in
from tests.documents import pdf_of
from tests.factories import make_source
from tests.pipeline import chat_server
from tests.pipeline.chat_server import ChatServer
from tests.pipeline.vision import (
    MODEL,
    TRUTH,
    engines_with,
    vision_version,
)


@pytest.fixture(scope="module")
def process() -> Iterator[ChatServer]:
    with chat_server.running() as server:
        yield server


@pytest.fixture
def server(
    process: ChatServer, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> ChatServer:
    process.fresh(TRUTH)
    settings.ENGINES = engines_with(process)
    monkeypatch.setenv(KEY, "secret-key")
    return process


@pytest.fixture
def version(server: ChatServer) -> PipelineVersion:
    return vision_version(ensure_built_in())


@pytest.fixture
def source() -> SourceMedia:
    return make_source(data=pdf_of())


@pytest.fixture
def priced() -> ModelEntry:
    entry = ModelEntry.objects.create(model_id=MODEL, kind="remote")
    ModelPrice.objects.create(
        model=entry,
        valid_from="2020-01-01",
        input_micro_usd=400_000,
        output_micro_usd=1_600_000,
    )
    TokenFormula.objects.create(model=entry, kind="tiles", valid_from="2020-01-01")
    return entry
