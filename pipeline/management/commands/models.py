from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from catalog.management.questions import write_json, write_table
from pipeline.model_registry import Listed, listed, register_released


class Command(BaseCommand):
    help = "The models that versions name: prices, retirement, and what to do about it."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--json", action="store_true", help="JSON, and nothing else"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        register_released()
        models = listed()
        if options["json"]:
            write_json(self, [_as_json(model) for model in models])
            return
        head = ["model", "known by", "in : out per million", "retires", "versions"]
        write_table(self.stdout, head, [_row(model) for model in models])
        for model in models:
            for warning in model.warnings:
                self.stderr.write(f"{warning}", str)


def _row(model: Listed) -> list[str]:
    entry, dollars = model.entry, "-"
    if model.dollars is not None:
        given, made = model.dollars
        dollars = f"{given:.2f} : {made:.2f} USD"
    return [
        entry.model_id,
        entry.weights_digest[:12] or entry.response_version or "its name",
        dollars,
        str(entry.retires_at or "-"),
        ", ".join(map(str, model.versions)) or "-",
    ]


def _as_json(model: Listed) -> dict[str, Any]:
    entry, price, formula = model.entry, model.price, model.formula
    return {
        "model_id": entry.model_id,
        "kind": entry.kind,
        "provider": entry.provider,
        "weights_digest": entry.weights_digest,
        "response_version": entry.response_version,
        "first_seen_at": entry.first_seen_at,
        "retires_at": entry.retires_at,
        "price": {
            "valid_from": price.valid_from,
            "input_micro_usd": price.input_micro_usd,
            "output_micro_usd": price.output_micro_usd,
            "cached_micro_usd": price.cached_micro_usd,
        }
        if price
        else None,
        "formula": {
            "valid_from": formula.valid_from,
            "kind": formula.kind,
            "params": formula.params,
        }
        if formula
        else None,
        "tokens_residual": model.residual,
        "versions": [str(version) for version in model.versions],
        "warnings": model.warnings,
    }
