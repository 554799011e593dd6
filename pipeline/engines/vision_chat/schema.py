"""The JSON schema that an answer must fit, made of a document type, and the check."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from pipeline.claims import LINE_COLUMNS, DocumentTypeSpec, FieldSpec
from pipeline.engines.service_error import ServiceError, ServiceReason
from pipeline.engines.vision_chat.parts import Part

MOST_LINES = 500
LONGEST_TEXT = 1000  # characters of one value
MOST_LABELS = 6  # that a description quotes
LINES, TYPE, NONE = "lines", "document_type", "none"
_TEXT = {"type": ["string", "null"]}
_BOX = {
    "type": ["array", "null"],
    "items": {"type": "integer"},
    "description": "left, top, right, bottom in thousandths of this picture",
}


def schema_of(part: Part, spec: DocumentTypeSpec, *, boxes: bool) -> dict[str, Any]:
    """Of the fields and lines that the part is asked for."""
    named = {field.name: field for field in spec.fields}
    properties = {
        name: _value(named[name], boxes=boxes) for name in part.fields if name in named
    }
    if part.lines:
        row = _object(dict.fromkeys(columns_of(spec), _TEXT))
        properties[LINES] = {"type": "array", "items": row}
    return _object(properties)


def schema_of_types(specs: Sequence[DocumentTypeSpec]) -> dict[str, Any]:
    """Of the question which document type it is."""
    names = [*(spec.name for spec in specs), NONE]
    return _object({TYPE: {"type": "string", "enum": names}})


def columns_of(spec: DocumentTypeSpec) -> list[str]:
    return [column for column in LINE_COLUMNS if column in spec.line_columns]


def checked(content: str, schema: dict[str, Any]) -> dict[str, Any]:
    """The answer's object. Raises ServiceError where it does not fit the schema."""
    try:
        data = json.loads(content)
    except (ValueError, RecursionError):
        raise _wrong("it is no JSON") from None
    _check(data, schema, "the answer")
    found: dict[str, Any] = data
    return found


def _value(field: FieldSpec, *, boxes: bool) -> dict[str, Any]:
    labels = ", ".join(field.labels[:MOST_LABELS])
    said = f"{field.value_type.value}; as printed; null if it is not in this picture"
    if labels:
        said += f"; printed beside or below: {labels}"
    if not boxes:
        return {**_TEXT, "description": said}
    return {**_object({"text": _TEXT, "box": _BOX}), "description": said}


def _object(properties: dict[str, Any]) -> dict[str, Any]:
    return {
        "type": "object",
        "properties": properties,
        "required": list(properties),
        "additionalProperties": False,
    }


def _check(data: Any, schema: dict[str, Any], where: str) -> None:
    """The words of JSON Schema that the schemas above use; further keys pass."""
    kinds = schema["type"] if isinstance(schema["type"], list) else [schema["type"]]
    if not any(_is(data, kind) for kind in kinds):
        raise _wrong(f"{where} is not {' or '.join(kinds)}")
    if "enum" in schema and data not in schema["enum"]:
        raise _wrong(f"{where} is none of the given words")
    if isinstance(data, dict):
        for name, inner in schema["properties"].items():
            if name not in data:
                raise _wrong(f"{where} has no {name}")
            _check(data[name], inner, name)
    elif isinstance(data, list):
        for one in data:
            _check(one, schema["items"], f"one of {where}")


def _is(data: Any, kind: str) -> bool:
    match kind:
        case "null":
            return data is None
        case "string":
            return isinstance(data, str) and len(data) <= LONGEST_TEXT
        case "integer":
            return isinstance(data, int | float) and not isinstance(data, bool)
        case "array":
            return isinstance(data, list) and len(data) <= MOST_LINES
        case _:
            return isinstance(data, dict)


def _wrong(what: str) -> ServiceError:
    return ServiceError(ServiceReason.WRONG_SHAPE, f"an answer does not fit: {what}")
