"""Words of acceptance proofs that others store and show."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

# Why a document that its version would have accepted goes to people.
NOT_PROVEN = "acceptance_not_proven"
NOT_PROVEN_TEXT = (
    "The version would have accepted it, but no proof stands that what it accepts of"
    " this type is right."
)


class Ended(StrEnum):
    """Why a proof stands no more."""

    REPLACED = "replaced"
    OTHER_VERSION = "other_version_active"
    TYPE_CHANGED = "document_type_changed"
    AUDIT = "audit_missed_target"


ENDED_TEXT: Mapping[str, str] = {
    Ended.REPLACED: "A later proof took its place.",
    Ended.OTHER_VERSION: "Another version became active.",
    Ended.TYPE_CHANGED: "The document type was changed.",
    Ended.AUDIT: "The audit found more errors than were promised.",
}
