"""After an upgrade of the software: can this machine still run what is active?"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from django.core.exceptions import ImproperlyConfigured

from pipeline.engines.base import EngineError
from pipeline.manifest import EngineChanged, Manifest
from pipeline.models import PipelineVersion
from pipeline.steps.registry import UnknownStep


@dataclass(frozen=True, slots=True)
class Stuck:
    """An active version that cannot run here: every new document fails until another
    one is activated. instead: the newest released one that can run, if there is one.
    """

    active: PipelineVersion
    why: str
    instead: PipelineVersion | None

    @property
    def command(self) -> str:
        """What an operator types; empty where there is nothing to activate."""
        if self.instead is None:
            return ""
        return (
            f'manage.py activate {self.instead} --because "{self.active} cannot run'
            ' since the upgrade"'
        )

    @property
    def sentence(self) -> str:
        what = f"{self.active} reads new documents, but cannot run here: {self.why}."
        if self.instead is None:
            return f"{what} No released version can: new documents fail until one does."
        return f"{what} Until {self.instead} is activated, new documents fail."


def why_not(version: PipelineVersion) -> str:
    """Why this machine cannot run a version; empty where it can."""
    try:
        Manifest.of(version).check_runnable()
    except UnknownStep as error:
        return f"the code of step {error} is not in this software"
    except (EngineChanged, ImproperlyConfigured, EngineError) as error:
        return str(error)
    return ""


def stuck_versions() -> Iterator[Stuck]:
    """One a pipeline whose active version cannot run here."""
    for active in PipelineVersion.objects.active():
        if why := why_not(active):
            yield Stuck(active, why, _instead_of(active))


def _instead_of(active: PipelineVersion) -> PipelineVersion | None:
    released = PipelineVersion.objects.released().filter(name=active.name, active=False)
    newest = released.order_by("-released_at", "-created_at")
    return next((version for version in newest if not why_not(version)), None)
