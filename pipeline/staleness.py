"""What is behind a pipeline version, and because of which of its components."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from catalog.models import Generation, VersionTally
from catalog.models.generation import GenerationQuerySet
from pipeline.changes import UNKNOWN, Change, Component, changes_between
from pipeline.manifest import Manifest
from pipeline.models import PipelineVersion


@dataclass(frozen=True, slots=True)
class Behind:
    """An older (or other) version that still speaks for sources.

    generations: current ones of it, which is also the number of their sources.
    """

    version: str
    generations: int
    changes: Sequence[Change]

    @property
    def components(self) -> list[Component]:
        return [change.component for change in self.changes]


@dataclass(frozen=True, slots=True)
class Cause:
    """A component that changed: how many current generations lack the change."""

    component: Component
    generations: int
    versions: Sequence[str]


@dataclass(frozen=True, slots=True)
class Staleness:
    """fresh: current generations of the target itself."""

    target: PipelineVersion
    fresh: int
    behind: Sequence[Behind]

    @property
    def stale(self) -> int:
        return sum(one.generations for one in self.behind)

    @property
    def causes(self) -> list[Cause]:
        """A generation may lack several changes, so these do not add up."""
        found: dict[Component, list[Behind]] = {}
        for one in self.behind:
            for change in one.changes:
                found.setdefault(change.component, []).append(one)
        causes = [
            Cause(
                component,
                sum(one.generations for one in ones),
                [one.version for one in ones],
            )
            for component, ones in found.items()
        ]
        return sorted(causes, key=lambda c: (-c.generations, c.component))

    def versions(self, component: str = "") -> list[str]:
        """Behind; with a component as its str(), only those that lack its change."""
        if not component:
            return [one.version for one in self.behind]
        causes = (c for c in self.causes if str(c.component) == component)
        return [version for cause in causes for version in cause.versions]

    def generations(
        self, component: str = "", *, tenants: Iterable[uuid.UUID] | None = None
    ) -> GenerationQuerySet:
        """The current generations that are behind, each of a source of its own."""
        rows = Generation.objects.behind(self.target.name, self.versions(component))
        if tenants is None:
            return rows
        return rows.filter(source__tenant__in=list(tenants))


def staleness_of(
    target: PipelineVersion, *, tenants: Iterable[uuid.UUID] | None = None
) -> Staleness:
    """Counted from the tally, compared by manifest. tenants: ids; None is all."""
    counted = (
        VersionTally.objects.of_tenants(tenants)
        .filter(pipeline_name=target.name)
        .counted("pipeline_version")
    )
    counts = {str(row["pipeline_version"]): _number(row["count"]) for row in counted}
    fresh = counts.pop(target.version, 0)
    known = {
        version.version: version
        for version in PipelineVersion.objects.filter(
            name=target.name, version__in=counts
        )
    }
    behind = [
        Behind(version, count, _changes(known, version, target))
        for version, count in sorted(counts.items(), key=lambda item: -item[1])
    ]
    return Staleness(target, fresh, behind)


def _number(count: Any) -> int:
    return int(count)


def _changes(
    known: Mapping[str, PipelineVersion], version: str, target: PipelineVersion
) -> list[Change]:
    if version not in known:
        return [Change(Component(UNKNOWN, version))]
    return changes_between(Manifest.of(known[version]), Manifest.of(target))


def staleness_json(staleness: Staleness) -> dict[str, Any]:
    return {
        "target": str(staleness.target),
        "fresh": staleness.fresh,
        "stale": staleness.stale,
        "behind": [
            {
                "version": one.version,
                "generations": one.generations,
                "changes": [
                    {"component": str(c.component), "was": c.was, "now": c.now}
                    for c in one.changes
                ],
            }
            for one in staleness.behind
        ],
        "causes": [
            {
                "component": str(cause.component),
                "generations": cause.generations,
                "versions": list(cause.versions),
            }
            for cause in staleness.causes
        ],
    }
