"""What fields are called on pages: as admins say, or by their own names in words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from pipeline.models import FieldDefinition
from reviewer.reasons import slot_text


@dataclass(frozen=True, slots=True)
class FieldNames:
    """given: by document type, then by field; fields without one are not in it."""

    given: Mapping[str, Mapping[str, str]]

    @classmethod
    def now(cls) -> FieldNames:
        return cls(FieldDefinition.objects.names_shown())

    def of(self, slot: str, document_type: str) -> str:
        return self.given.get(document_type, {}).get(slot) or slot_text(slot)


def field_names(request: HttpRequest) -> dict[str, Any]:
    """For templates; asks the database once a page, and only where fields show."""
    return {"field_names": SimpleLazyObject(FieldNames.now)}
