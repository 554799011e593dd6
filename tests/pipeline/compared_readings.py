"""Two readings of one source, and what people say of it."""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from typing import Any

from django.contrib.auth.models import User

from catalog.ids import new_id
from catalog.models import (
    DerivedArtifact,
    Generation,
    GoldenCase,
    GoldenValue,
    SourceMedia,
)
from catalog.services import HumanValue, NewArtifact, record_human_artifact
from tests.factories import field_artifact, make_generation, make_source

TYPES = {"date": "date", "company": "name", "address": "address"}
SURE = {"total": "21.20", "date": "2018-01-11", "company": "Gin Kee"}
_numbers = itertools.count(1)


def fields(**values: str) -> list[NewArtifact]:
    return [
        field_artifact(slot, text, value_type=TYPES.get(slot, "money"))
        for slot, text in {**SURE, **values}.items()
        if text
    ]


def read(source: SourceMedia, version: str = "1.0.0", **values: str) -> Generation:
    """A receipt; a value of "" is not found."""
    return make_generation(source, version=version, fields=fields(**values))


def two_readings(
    old: Mapping[str, str], new: Mapping[str, str]
) -> tuple[Generation, Generation]:
    source = make_source()
    return read(source, **old), read(source, "1.1.0", **new)


def know(source: SourceMedia, **values: Any) -> GoldenCase:
    """File golden values; to those of an open case they are added."""
    case, _ = GoldenCase.objects.get_or_create(
        source=source,
        retired_at=None,
        defaults={"document_type": "receipt", "came_from": "import"},
    )
    for slot, text in values.items():
        GoldenValue.objects.create(
            case=case,
            slot=slot,
            value_type=TYPES.get(slot, "money"),
            value=text,
            pipeline_version="",
        )
    return case


def answer(
    generation: Generation, user: User, slot: str, text: str, verdict: str = "correct"
) -> DerivedArtifact:
    payload = field_artifact(
        slot,
        text,
        value_type=TYPES.get(slot, "money"),
        status="verified",
        reason=f"person_{verdict}",
    ).payload
    assert payload is not None
    return record_human_artifact(
        generation=generation,
        answer=HumanValue(slot, payload, None, new_id(), user),
    )
