"""What models cost today, for engines that know no database."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any

from django.utils import timezone

from pipeline.engines.tariff import Price, Tariff
from pipeline.engines.tokens import Formula
from pipeline.manifest import Manifest
from pipeline.models import ModelPrice, TokenFormula


def with_tariff(engine: Any) -> Any:
    """The engine with today's tariff; as it is, where it costs nothing."""
    at = getattr(engine, "at", None)
    return at(tariff_of(engine.model_id, on=timezone.now().date())) if at else engine


def tariff_of(model_id: str, *, on: date) -> Tariff:
    """What is valid on a day, of whichever version the model reports."""
    price = ModelPrice.objects.of(model_id, on=on)
    formula = TokenFormula.objects.of(model_id, on=on)
    return Tariff(
        price=Price(
            price.input_micro_usd, price.output_micro_usd, price.cached_micro_usd
        )
        if price
        else None,
        formula=Formula(formula.kind, formula.params) if formula else None,
    )


def remote_models(manifest: Manifest) -> Iterator[str]:
    """Those that a service answers for: their weights are not here."""
    for engine in manifest.engines.values():
        if not engine["weights_digest"]:
            yield engine["model_id"]


def without_price(manifest: Manifest, *, on: date) -> list[str]:
    """The services' models of which nobody knows what they cost on a day."""
    names = sorted(set(remote_models(manifest)))
    return [name for name in names if tariff_of(name, on=on).price is None]


def no_price_said(models: Sequence[str], *, on: date) -> str:
    """As "no price for seer-1 on 26 Nov 2026"."""
    return f"no price for {' and '.join(models)} on {on.day} {on:%b %Y}"
