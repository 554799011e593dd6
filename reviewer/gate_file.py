"""A gate's report as one file that needs nothing else: no scripts, no fonts, no net."""

from __future__ import annotations

from django.contrib.auth.models import User
from django.template.loader import render_to_string

from pipeline.gate import report_digest, wording
from pipeline.models import Gate
from reviewer.gate_changes import changed_items, changes_of
from reviewer.gate_page import batches_of
from reviewer.gate_strip import bars_of, reach_of
from reviewer.names import FieldNames

# A file that a person reads: the page has all of them.
MOST_DOCUMENTS = 500


def html_of(gate: Gate) -> str:
    """Of every tenant in the gate: for whoever may see all of it."""
    everybody = User(is_superuser=True)
    items = changed_items(gate, everybody).select_related(
        "source__tenant", "comparison"
    )
    count = items.count()
    slices = list(gate.slices.in_order())
    reach = reach_of(slices)
    return render_to_string(
        "versions/gate_file.html",
        {
            "gate": gate,
            "digest": report_digest(gate),
            "bars": bars_of(slices, reach),
            "reach": f"{reach * 100:.0f} %",
            "changed": changes_of(list(items[:MOST_DOCUMENTS]), pictures=False),
            "left_out": max(0, count - MOST_DOCUMENTS),
            "not_fit": wording.not_fit(gate),
            "batches": batches_of(gate),
            "activations": gate.activations.select_related("actor"),
            "field_names": FieldNames.now(),
        },
    )
