from __future__ import annotations

import json
import uuid
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.contrib.auth.models import User
from django.core.management.base import BaseCommand, CommandError

from catalog.management.questions import write_table
from catalog.models import GoldenSet
from catalog.services import PromotionRefused
from pipeline import versions
from pipeline.gate import (
    GateRefused,
    measure,
    open_gate,
    promote_passing,
    sign,
    signed_json,
    wording,
)
from pipeline.models import Gate, Reprocess
from reviewer.gate_file import html_of

REFUSALS = (GateRefused, PromotionRefused, versions.VersionRefused)


class Command(BaseCommand):
    help = "Measure the gate of a reprocess; sign it, promote what passed, activate."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("reprocess", type=uuid.UUID, metavar="REPROCESS")
        parser.add_argument(
            "--margin", type=float, help="share that may get worse (default: .05)"
        )
        parser.add_argument(
            "--margin-of",
            action="append",
            default=[],
            metavar="DIMENSION[:KEY]=SHARE",
            help="another one for slices of a dimension, as template=.02, or for one"
            " slice, as template:t-4f2a=.02",
        )
        parser.add_argument("--level", type=float, help="how often it may err (.05)")
        parser.add_argument(
            "--golden-set",
            type=int,
            metavar="NUMBER",
            help="a frozen one (default: what counts when the gate is opened)",
        )
        parser.add_argument("--sign", action="store_true", help="freeze it; needs --as")
        parser.add_argument("--promote", action="store_true", help="what passed")
        parser.add_argument(
            "--activate", action="store_true", help="if it is fit; needs --as"
        )
        parser.add_argument("--as", dest="user", metavar="USER", help="who does it")
        parser.add_argument("--note", default="", help="why, for the ledger")
        parser.add_argument("--report", type=Path, metavar="FILE.html")
        parser.add_argument("--json", action="store_true", help="one JSON object")

    def handle(self, *args: Any, **options: Any) -> None:
        actor = _user(options["user"])
        if actor is None and (options["sign"] or options["activate"]):
            raise CommandError("Say who answers for it: --as USER.")
        try:
            gate, done = self._act(actor, options)
        except REFUSALS as refused:
            raise CommandError(str(refused)) from None
        answer = {**signed_json(gate), "done": done}
        if options["report"]:
            options["report"].write_text(html_of(gate), encoding="utf-8")
        if options["json"]:
            self.stdout.write(json.dumps(answer, ensure_ascii=False, indent=2))
            return
        self._say(gate, done)

    def _act(
        self, actor: User | None, options: dict[str, Any]
    ) -> tuple[Gate, dict[str, Any]]:
        """The gate as it is then, and what was done. Raises one of REFUSALS."""
        gate = open_gate(
            reprocess=_reprocess(options["reprocess"]),
            actor=actor,
            margins=_margins(options),
            level=options["level"],
            golden_set=_golden_set(options["golden_set"]),
        )
        done: dict[str, Any] = {}
        if gate.signed_at is None:
            gate = measure(gate=gate)
        if options["sign"] and options["activate"]:
            _check_fit(gate)
        if options["sign"] and actor:
            gate = sign(gate=gate, actor=actor)
            done["signed"] = True
        if options["promote"]:
            moved = promote_passing(gate=gate, actor=actor, note=options["note"])
            done |= {
                "batch": str(moved.batch.pk),
                "promoted": moved.generations,
                "stayed": moved.stayed,
            }
        if options["activate"]:
            version = versions.activate(
                version=gate.reprocess.pipeline_version,
                actor=actor,
                gate=gate,
                note=options["note"],
            )
            done["activated"] = str(version)
        return gate, done

    def _say(self, gate: Gate, done: dict[str, Any]) -> None:
        head = ["slice", "documents", "differ", "known", "better", "worse"]
        rows = [
            [
                f"{wording.dimension_name(one.dimension)}: {wording.slice_name(one)}"
                if one.dimension
                else wording.slice_name(one),
                one.compared, one.disagreeing, one.labelled, one.better, one.worse,
                wording.golden(one), wording.share(one.at_least),
                wording.share(one.lower),
                wording.VERDICTS[one.verdict], one.moving, wording.why(one),
            ]
            for one in gate.slices.in_order()
        ]  # fmt: skip
        more = ["golden", "at least", "to come", "verdict", "may move", "why"]
        write_table(self.stdout, [*head, *more], rows)
        fit = wording.not_fit(gate)
        version = gate.reprocess.pipeline_version
        self.stdout.write("")
        self.stdout.write(
            f"{version} may read what comes in."
            if gate.fit_to_activate
            else f"{version} may not read what comes in. {' '.join(fit)}"
        )
        if told := wording.unmet_margins(gate):
            self.stdout.write(told)
        if done.get("signed"):
            self.stdout.write(f"Signed: {gate.report_digest}")
        if "batch" in done:
            self.stdout.write(
                f"{done['promoted']} promoted, {done['stayed']} stay. To take it back:"
                f" manage.py roll_back {done['batch']}"
            )
        if "activated" in done:
            self.stdout.write(f"{done['activated']} reads new documents from now on.")


def _reprocess(pk: uuid.UUID) -> Reprocess:
    found = Reprocess.objects.select_related("pipeline_version").filter(pk=pk).first()
    if found is None:
        raise CommandError(f"There is no reprocess {pk}.")
    return found


def _user(name: str | None) -> User | None:
    if name is None:
        return None
    found = User.objects.filter(username=name, is_active=True).first()
    if found is None:
        raise CommandError(f"There is no active user {name!r}.")
    return found


def _golden_set(number: int | None) -> GoldenSet | None:
    if number is None:
        return None
    found = GoldenSet.objects.filter(number=number).first()
    if found is None:
        raise CommandError(f"There is no golden set {number}.")
    return found


def _margins(options: dict[str, Any]) -> dict[str, float]:
    margins = {} if options["margin"] is None else {"": options["margin"]}
    for text in options["margin_of"]:
        name, _, share = text.rpartition("=")
        try:
            margins[name] = float(share)
        except ValueError:
            raise CommandError(
                f"{text!r} is no margin: write DIMENSION=SHARE, as template=.02, or"
                " DIMENSION:KEY=SHARE."
            ) from None
    return margins


def _check_fit(gate: Gate) -> None:
    """Before a signature freezes what would be refused right after it."""
    if not gate.fit_to_activate:
        told = " ".join(wording.not_fit(gate))
        raise CommandError(f"It may not read what comes in. {told} Nothing was signed.")
