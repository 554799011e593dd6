from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from catalog.management.questions import write_json
from catalog.models import GoldenSet
from pipeline.acceptance import CannotProve, Proving, prove
from pipeline.evaluation.options import golden_set_of, version_of


class Command(BaseCommand):
    help = "Prove by a frozen golden set that what a version accepts is right."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("version", metavar="NAME[@VERSION]")
        parser.add_argument("document_type", metavar="TYPE")
        parser.add_argument(
            "--golden-set", type=int, metavar="N", help="(default: the newest)"
        )
        parser.add_argument(
            "--target",
            type=float,
            default=0.98,
            help="the share of accepted documents that are to be right (default: 0.98)",
        )
        parser.add_argument(
            "--confidence",
            type=float,
            default=0.95,
            help="with which it is promised (default: 0.95)",
        )
        parser.add_argument("--json", action="store_true", help="one JSON object")

    def handle(self, *args: Any, **options: Any) -> None:
        golden_set = golden_set_of(options["golden_set"]) or GoldenSet.objects.newest()
        if golden_set is None:
            raise CommandError("There is no golden set: run manage.py golden_freeze.")
        try:
            found = prove(
                version=version_of(options["version"]),
                document_type=options["document_type"],
                golden_set=golden_set,
                target=options["target"],
                confidence=options["confidence"],
            )
        except CannotProve as refused:
            raise CommandError(str(refused)) from None
        if options["json"]:
            write_json(self, self._json(found))
        else:
            self.stdout.write(self._sentence(found))

    def _json(self, found: Proving) -> dict[str, Any]:
        proof = found.proof
        names = ("target", "confidence", "threshold", "cases", "accepted", "wrong")
        return {
            "proof_id": str(proof.pk),
            "proven": proof.proven,
            **{name: getattr(proof, name) for name in names},
            "missing": found.missing,
            "unknown": found.unknown,
        }

    def _sentence(self, found: Proving) -> str:
        proof = found.proof
        promise = (
            f"{proof.target:.1%} of what {proof.pipeline_version} accepts as"
            f" {proof.document_type} are right, with {proof.confidence:.0%} confidence"
        )
        seen = f"{proof.wrong} of {proof.accepted} accepted ones were wrong"
        unsaid = (
            f" Of {found.unknown} more nobody knows every critical field."
            if found.unknown
            else ""
        )
        if proof.proven:
            return (
                f"Proven: {promise}, from a confidence of {proof.threshold} on"
                f" ({seen}). It holds for documents such as those of the golden set."
                f"{unsaid}"
            )
        missing = (
            f"label {found.missing} more documents that it accepts"
            if found.missing is not None
            else "at that share of errors no number of labels will prove it"
        )
        return f"Not proven that {promise}: {seen}; {missing}.{unsaid}"
