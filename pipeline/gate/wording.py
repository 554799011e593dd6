"""A gate's words for people: verdicts, reasons, dimensions, and what to do next."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pipeline.gate.deciding import MOST_LEVEL, MOST_MARGIN, Why
from pipeline.gate.evidence import CROSS
from pipeline.models import Gate, GateSlice

VERDICTS: Mapping[str, str] = {
    "pass": "Passes",
    "block": "Blocked",
    "insufficient": "Not known yet",
}
DIMENSIONS: Mapping[str, str] = {
    "": "All documents",
    "template": "Template",
    "document_type": "Type",
    "tenant": "Tenant",
    "modality": "Kind of file",
    "quality": "Quality",
}
NAMELESS: Mapping[str, str] = {
    "template": "no template",
    "document_type": "no known type",
    "quality": "unknown",
}
# What a reprocess may choose by; its other words are said as they are.
CHOSEN_BY: Mapping[str, str] = {
    "pipeline_version": "version",
    "template_key": "template",
    "document_type": "type",
    "model_id": "model",
    "since": "time",
    "until": "time",
}
NOT_FIT: Mapping[str, str] = {
    "canary": "The answers to the canary speak of harm: stop here.",
    "slices_blocked": "At least one slice got worse.",
    "loose_rules": (
        f"A margin above {MOST_MARGIN * 100:g} %, or being wrong above"
        f" {MOST_LEVEL * 100:g} % of the time, is too loose for documents to come:"
        " reprocess anew and state stricter ones."
    ),
    "latency": "Readings take much longer.",
    "cost": "Readings cost much more.",
}


def number(count: int, one: str, many: str) -> str:
    return f"{count:,} {one if count == 1 else many}"


def share(value: float | None) -> str:
    """Of documents, signed, in percent."""
    if value is None:
        return "unknown"
    return f"{value * 100:+.1f} %".replace("-", "\N{MINUS SIGN}")


def slice_name(one: GateSlice) -> str:
    """As people say it: "Template t-1", "t-1, mill" for two dimensions."""
    if not one.dimension:
        return DIMENSIONS[""]
    names = one.dimension.split(CROSS)
    keys = one.key.split(CROSS)
    said = [
        key or NAMELESS.get(name, "none") for name, key in zip(names, keys, strict=True)
    ]
    return ", ".join(said)


def dimension_name(dimension: str) -> str:
    names = [DIMENSIONS.get(one, one) for one in dimension.split(CROSS)]
    return " and ".join([names[0], *(name.lower() for name in names[1:])])


def why(one: GateSlice) -> str:
    """The verdict's reason as a sentence, with what to do where something is."""
    needed = one.needed
    answers = number(needed, "more disagreement", "more disagreements")
    documents = number(needed, "more document", "more documents")
    margin = f"{one.margin * 100:g} %"
    return {
        Why.NOTHING_DIFFERS: "No critical value differs.",
        Why.DECIDED: f"Every disagreement is decided; it loses at most {margin}.",
        Why.PROVEN: f"The answers show that these lose at most {margin}.",
        Why.HARM: "It got worse, and not by chance.",
        Why.CANARY: "The answers to the canary speak of harm.",
        Why.LOST: (
            f"These lost more than {margin}, which may be chance."
            + (f" Compare {documents} to know." if needed else "")
        ),
        Why.ANSWER: f"Answer {answers}.",
        Why.COMPARE: f"Compare {documents}.",
    }[Why(one.why)]


def golden(one: GateSlice) -> str:
    """How many of its frozen cases were right before and after: "7, then 8 of 9"."""
    found = one.golden
    if not found or not found["cases"]:
        return "none"
    said = f"{found['old_right']}, then {found['new_right']} of {found['cases']}"
    return said.replace(" ", "\N{NO-BREAK SPACE}")


def unmet_margins(gate: Gate) -> str:
    """A sentence where margins were stated for slices that are not there, else ""."""
    names = gate.figures.get("unmet_margins", [])
    if not names:
        return ""
    return f"A margin was stated for slices that are not there: {', '.join(names)}."


def not_fit(gate: Gate) -> list[str]:
    """Why the version may not read what comes in, a sentence each; none: it may."""
    facts = gate.figures.get("activation", {})
    found = [NOT_FIT[word] for word in facts.get("why", []) if word in NOT_FIT]
    if "not_proven" in facts.get("why", []):
        found.append(_not_proven(facts))
    if "narrow_selection" in facts.get("why", []):
        found.append(_narrow(facts))
    return found


def _narrow(facts: Mapping[str, Any]) -> str:
    names = sorted({CHOSEN_BY.get(one, one) for one in facts["narrowed_by"]})
    missing = int(facts["tenants_missing"])
    found = []
    if names:
        found.append(f"it chose documents by {' and '.join(names)}")
    if missing:
        found.append(
            "it holds no document of"
            f" {number(missing, 'tenant that has some', 'tenants that have some')}"
        )
    return (
        f"Its reprocess is about a part: {', and '.join(found)}. Of the rest it says"
        " nothing: reprocess a sample of everything."
    )


def _not_proven(facts: Mapping[str, Any]) -> str:
    text = (
        f"Of documents to come it may lose as much as {-facts['lower'] * 100:.1f} %;"
        f" the margin is {facts['margin'] * 100:g} %."
    )
    undecided, more = int(facts["undecided"]), int(facts["needed_documents"])
    if undecided:
        missing = number(undecided, "disagreement", "disagreements")
        return f"{text} {missing} of the sample wait for an answer."
    if more:
        return f"{text} Compare {number(more, 'more document', 'more documents')}."
    return text
