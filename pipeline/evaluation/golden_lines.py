"""Golden cases as JSON lines, out of and into an installation.

{"content_hash", "tenant", "document_type", "slices", "came_from", "note",
 "values": [{"slot", "value_type", "value", "region"}]}, one case a line. An empty value
says that the document has none; a region is {"page", "bbox"} or null.
"""

from __future__ import annotations

import json
import re
import uuid
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from catalog.models import GoldenCase, GoldenSet, GoldenValue, SourceMedia
from catalog.regions import Region
from catalog.services import NewCase, TrueValue
from pipeline.claims import ValueType
from pipeline.extracting.values import normalise

LONGEST_LINE = 5_000_000  # characters
LONGEST_SLOT = 100
HASH = re.compile(r"[0-9a-f]{64}")
# As json.dumps() spells it; after a backslash it is a text of six characters.
NUL = re.compile(r"(?<!\\)(?:\\\\)*\\u0000")
TEXTS = {"document_type": 50, "note": 200}
KNOWN = ("content_hash", "tenant", "document_type", "slices", "came_from", "note")


class BadLine(Exception):
    """A line that cannot be taken in; the message names it and says what to do."""

    def __init__(self, number: int, why: str) -> None:
        super().__init__(f"Line {number}: {why}")


class _Bad(ValueError):
    """The same, before anybody knows which line it is."""


def exported(golden_set: GoldenSet | None = None) -> Iterator[dict[str, Any]]:
    """Each active case with its standing values, or what a frozen set holds."""
    values = GoldenValue.objects.that_count()
    if golden_set is not None:
        values = GoldenValue.objects.filter(in_sets__golden_set=golden_set)
    found: dict[uuid.UUID, list[dict[str, Any]]] = {}
    for value in values.order_by("case_id", "slot").iterator():
        found.setdefault(value.case_id, []).append(
            {
                "slot": value.slot,
                "value_type": value.value_type,
                "value": value.value,
                "region": value.region,
            }
        )
    cases = GoldenCase.objects.filter(pk__in=list(found)).select_related(
        "source__tenant"
    )
    for case in cases.order_by("created_at", "pk"):
        yield {
            "content_hash": case.source.content_hash,
            "tenant": case.source.tenant.slug,
            "document_type": case.document_type,
            "slices": case.slices,
            "came_from": case.came_from,
            "note": case.came_from_note,
            "values": found[case.pk],
        }


def taken_in(lines: Iterable[str], *, note: str = "") -> list[NewCase]:
    """The cases of a file, their sources found. Raises BadLine.

    note: where a line has none of its own.
    """
    told: dict[int, dict[str, Any]] = {}
    for number, text in enumerate(lines, 1):
        if text.strip():
            with _line(number):
                told[number] = _object(text)
    sources = _sources(told.values())
    cases = []
    for number, data in told.items():
        with _line(number):
            cases.append(_case(data, sources, note))
    return cases


class _line:
    def __init__(self, number: int) -> None:
        self.number = number

    def __enter__(self) -> None: ...

    def __exit__(self, kind: object, error: BaseException | None, _: object) -> None:
        if isinstance(error, _Bad):
            raise BadLine(self.number, str(error)) from None


def _object(text: str) -> dict[str, Any]:
    if len(text) > LONGEST_LINE:
        raise _Bad(f"it is longer than {LONGEST_LINE} characters: split the case.")
    try:
        data = json.loads(text)
    except (ValueError, RecursionError):
        raise _Bad("it is no JSON: write one object a line.") from None
    if not isinstance(data, dict):
        raise _Bad('it is no JSON object: write {"content_hash": …, "values": […]}.')
    _refuse_unstorable(data)
    unknown = sorted(set(data) - {*KNOWN, "values"})
    if unknown:
        raise _Bad(f"nothing is known of {', '.join(unknown)!r}: take it out.")
    if not HASH.fullmatch(str(data.get("content_hash"))):
        raise _Bad("content_hash must be the original's SHA-256, 64 hex digits.")
    if not isinstance(data.get("tenant"), str):
        raise _Bad("tenant must be the slug of the tenant that has the original.")
    return data


def _refuse_unstorable(data: dict[str, Any]) -> None:
    """NUL, and halves of characters, are in no text of the database."""
    spelt = json.dumps(data, ensure_ascii=False)
    try:
        spelt.encode()
    except UnicodeEncodeError:
        raise _Bad("it holds half a character (\\ud800 to \\udfff): mend it.") from None
    if NUL.search(spelt):
        raise _Bad("it holds the character \\u0000, which no text has: take it out.")


Sources = Mapping[tuple[str, str], uuid.UUID]


def _sources(told: Iterable[Mapping[str, Any]]) -> Sources:
    hashes = {data["content_hash"] for data in told}
    rows = SourceMedia.objects.filter(content_hash__in=hashes, erased_at__isnull=True)
    return {
        (tenant, content_hash): pk
        for pk, tenant, content_hash in rows.values_list(
            "pk", "tenant__slug", "content_hash"
        )
    }


def _case(data: Mapping[str, Any], sources: Sources, note: str) -> NewCase:
    source = sources.get((data["tenant"], data["content_hash"]))
    if source is None:
        raise _Bad(
            f"tenant {data['tenant']!r} has no original of this content_hash: upload"
            " it first, or name the tenant that has it."
        )
    slices = data.get("slices") or {}
    if not isinstance(slices, dict) or not all(
        isinstance(value, str) for value in slices.values()
    ):
        raise _Bad('slices must be an object of texts, such as {"template": "t-1"}.')
    came_from = data.get("came_from") or GoldenCase.CameFrom.IMPORT
    if came_from not in GoldenCase.CameFrom.values:
        known = ", ".join(GoldenCase.CameFrom.values)
        raise _Bad(f"came_from must be one of {known}.")
    return NewCase(
        source_id=source,
        document_type=_text(data, "document_type"),
        came_from=came_from,
        note=_text(data, "note") or note,
        slices=slices,
        values=list(_values(data)),
    )


def _text(data: Mapping[str, Any], key: str) -> str:
    text = data.get(key) or ""
    if not isinstance(text, str) or len(text) > TEXTS[key] or "\0" in text:
        raise _Bad(f"{key} must be a text of up to {TEXTS[key]} characters.")
    return text


def _values(data: Mapping[str, Any]) -> Iterator[TrueValue]:
    values = data.get("values")
    if not isinstance(values, list) or not values:
        raise _Bad('values must be a list: [{"slot": …, "value_type": …, "value": …}].')
    seen: set[str] = set()
    for value in values:
        if not isinstance(value, dict):
            raise _Bad("each of the values must be an object.")
        slot = value.get("slot")
        if not isinstance(slot, str) or not 0 < len(slot) <= LONGEST_SLOT:
            raise _Bad("each value needs a slot, such as total or lines[0].amount.")
        if slot in seen or "\0" in slot:
            raise _Bad(f"slot {slot!r} is there twice or is none: write it once.")
        seen.add(slot)
        yield _value(slot, value)


def _value(slot: str, value: Mapping[str, Any]) -> TrueValue:
    if value.get("value_type") not in list(ValueType):
        raise _Bad(f"{slot}: value_type must be one of {', '.join(ValueType)}.")
    value_type = ValueType(value["value_type"])
    said = value.get("value")
    if not isinstance(said, str) or "\0" in said:
        raise _Bad(f'{slot}: value must be a text, "" where the document has none.')
    text = normalise(value_type, said) if said else ""
    if text is None:
        raise _Bad(f"{slot}: the value does not read as {value_type}: correct it.")
    return TrueValue(slot, value_type.value, text, _region(slot, value.get("region")))


def _region(slot: str, data: Any) -> dict[str, Any] | None:
    if data is None:
        return None
    try:
        region = Region.from_json(data)
    except (KeyError, TypeError, ValueError, OverflowError):
        raise _Bad(
            f'{slot}: region must be null or {{"page": 1, "bbox": [left, top, right,'
            " bottom]}, in page fractions."
        ) from None
    if region.page < 1:
        raise _Bad(f"{slot}: pages count from 1.")
    return region.as_json()
