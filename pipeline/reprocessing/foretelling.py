"""What a service that sees pictures will cost where it was not measured yet: from the
pictures that there are, the model's token formula, and its price.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Count

from catalog.models import DerivedArtifact, Kind
from catalog.models.generation import GenerationQuerySet
from pipeline.engines.tariff import Tariff, Usage
from pipeline.engines.tokens import tokens_of_text
from pipeline.manifest import Manifest, StepEntry
from pipeline.prices import remote_models, tariff_of
from pipeline.reprocessing.measured import About
from pipeline.steps.registry import step_named
from pipeline.steps.slots import UPRIGHT

# Letterhead, table and what stands below it; a page is seldom cut into more.
PARTS_A_PAGE = 3
# An answer needs about so much of what it may be long, as the engine reckons.
EXPECTED_SHARE = 4
# A page is higher than wide by this, as A4.
PAGE_SHAPE = 2**0.5
# Tokens of the fields' names, labels and schema beside each picture.
SCHEMA_TOKENS = 600


@dataclass(frozen=True, slots=True)
class Pages:
    """Of so many readings, how many pages they have together."""

    readings: int
    pages: int

    def mean(self, most: int) -> float:
        return min(most, self.pages / self.readings) if self.readings else 0.0


def pages_of(readings: GenerationQuerySet) -> Pages:
    found = (
        DerivedArtifact.objects.filter(
            generation__in=readings.order_by().values("pk"), kind=Kind.PAGE_IMAGE
        )
        .exclude(slot__endswith=UPRIGHT)
        .aggregate(readings=Count("generation", distinct=True), pages=Count("pk"))
    )
    return Pages(found["readings"], found["pages"])


def tariffs_of(manifest: Manifest, *, on: date) -> dict[str, Tariff]:
    """By model of a service, what it costs on a day."""
    return {name: tariff_of(name, on=on) for name in remote_models(manifest)}


def foretold(entry: StepEntry, tariff: Tariff, pages: Pages, run: int) -> About | None:
    """Micro-USD of so many documents. None without price, formula or pictures.

    value: a picture a page, answers as long as expected. low: pictures alone, no
    answer. high: each page in parts, the longest answers, or the documents' budgets.
    """
    if tariff.price is None or tariff.formula is None or not pages.readings:
        return None
    given = {**_defaults(entry), **entry.params}
    if "longest_side" not in given:
        return None
    pictures = pages.mean(given["most_pages"]) * run
    side = given["longest_side"]
    images = tariff.formula.tokens(round(side / PAGE_SHAPE), side)
    words = tokens_of_text(given["prompt"]) + SCHEMA_TOKENS
    answer = given["most_output"]

    def cost(count: float, said: int, output: float) -> float:
        usage = Usage(
            input=round(count * (images + said)), output=round(count * output)
        )
        return float(usage.cost(tariff.price) or 0)

    high = cost(pictures * PARTS_A_PAGE, words, answer)
    if most := given["most_micro_usd"]:
        high = min(high, float(most * run))
    value = min(high, cost(pictures, words, answer / EXPECTED_SHARE))
    return About(value, min(value, cost(pictures, 0, 0)), high)


def _defaults(entry: StepEntry) -> Mapping[str, Any]:
    step = step_named(entry.step, entry.version)
    found: Mapping[str, Any] = getattr(step, "defaults", {})
    return found
