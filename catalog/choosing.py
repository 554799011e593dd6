"""The slice that a command is about: its options, and the rows they leave."""

from __future__ import annotations

from argparse import ArgumentParser
from collections.abc import Mapping
from typing import Any, TypeVar

from django.db.models import QuerySet

Rows = TypeVar("Rows", bound=QuerySet[Any, Any])

# Option, and the look-up from a generation.
_SLICES = {
    "tenant": "source__tenant__slug",
    "template": "template_key",
    "document_type": "document_type",
    "source": "source_id",
}


def add_slice(parser: ArgumentParser) -> None:
    parser.add_argument("--tenant", metavar="SLUG", help="only this tenant's")
    parser.add_argument("--template", metavar="KEY", help="only of this template")
    parser.add_argument("--document-type", metavar="NAME", help="only of this type")
    parser.add_argument("--source", metavar="ID", help="only of this source")


def described(options: Mapping[str, Any]) -> dict[str, str]:
    """The slice as the ledger keeps it: only what was said."""
    return {name: options[name] for name in _SLICES if options[name]}


def sliced(rows: Rows, options: Mapping[str, Any], *, path: str = "") -> Rows:
    """path: from the rows to their generation, in the spelling of look-ups."""
    wanted = {f"{path}{_SLICES[name]}": v for name, v in described(options).items()}
    return rows.filter(**wanted)
