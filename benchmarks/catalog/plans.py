"""The plans behind the quick questions, as PostgreSQL explains them."""

from __future__ import annotations

from benchmarks.catalog.questions import RARE, TEMPLATE, seeds, some_sources
from catalog.models import DerivedArtifact, Generation, SourceMedia, VersionTally
from catalog.slices import Slice


def explained() -> str:
    found = some_sources(1)[0]
    slice_of = Slice(pipeline_version=RARE, template_key=TEMPLATE)
    asked = {
        "current values of a source": DerivedArtifact.objects.current().filter(
            source=found["source"], kind="field"
        ),
        "content hash": SourceMedia.objects.filter(
            tenant=found["tenant"], content_hash=found["hash"]
        ),
        "slice, readings by tenant": Generation.objects.in_slice(slice_of).by_tenant(),
        "slice, artifacts by tenant": DerivedArtifact.objects.in_slice(
            slice_of
        ).by_tenant(),
        "matrix": VersionTally.objects.all().counted("tenant_id", "pipeline_version"),
        "made from one": DerivedArtifact.objects.made_from(*seeds(1)),
    }
    return "\n\n".join(
        f"## {name}\n\n{query.explain(analyze=True, buffers=True)}"
        for name, query in asked.items()
    )
