"""What is known of making an artifact again, for its page."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from django.utils import timezone
from django.utils.dateparse import parse_datetime

from catalog.models import DerivedArtifact
from pipeline.models import ReplayObservation
from pipeline.reproducing.wording import LOOKS, VERDICTS, counted, sentence

SHOWN = 5
# A worker that did not answer by then will not: the page asks no more.
PATIENCE = timedelta(minutes=10)
ICONS = {"good": "verified", "doubt": "review", "bad": "conflict"}


@dataclass(frozen=True, slots=True)
class Replay:
    observation: ReplayObservation

    @property
    def badge(self) -> dict[str, str]:
        look = LOOKS[self.observation.verdict]
        return {
            "look": look,
            "icon": f"icons/{ICONS.get(look, 'info')}.svg",
            "words": VERDICTS[self.observation.verdict],
        }

    @property
    def sentence(self) -> str:
        return sentence(self.observation)

    @property
    def counted(self) -> str:
        return counted(self.observation)


@dataclass(frozen=True, slots=True)
class Replays:
    """asked: when somebody asked on this page, as the address says; waiting: the answer
    is still to come.
    """

    rows: Sequence[Replay]
    asked: str
    waiting: bool


def replays_of(artifact: DerivedArtifact, asked: str = "") -> Replays:
    rows = list(artifact.replays.select_related("asked_by").order_by("-at")[:SHOWN])
    try:
        moment = parse_datetime(asked)
    except ValueError:
        moment = None
    if moment is None or timezone.is_naive(moment):
        return Replays([Replay(row) for row in rows], "", waiting=False)
    answered = bool(rows) and rows[0].at > moment
    late = timezone.now() - moment > PATIENCE
    shown = [Replay(row) for row in rows]
    return Replays(shown, asked, waiting=not answered and not late)
