from __future__ import annotations

import json
import sys
import uuid
from argparse import ArgumentParser, ArgumentTypeError
from datetime import timedelta
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from tqdm import tqdm

from catalog import fsck
from catalog.fsck.base import GRACE
from catalog.models import LedgerEntry, ScrubRun, SourceMedia


def share(text: str) -> float:
    """1 or 0.05 as they are, 5% as a part of a hundred."""
    try:
        value = float(text[:-1]) / 100 if text.endswith("%") else float(text)
    except ValueError:
        value = 0
    if not 0 < value <= 1:
        raise ArgumentTypeError("give a share above 0 and up to 1, such as 0.05 or 5%")
    return value


def head(text: str) -> tuple[int, str]:
    sequence, _, digest = text.partition(":")
    if not sequence.isdecimal() or len(digest) != 64:
        raise ArgumentTypeError("give SEQUENCE:HASH as an earlier check printed it")
    return int(sequence), digest


class Command(BaseCommand):
    help = "Check the store against itself: rows, bytes, chains, counters, ledger."

    def add_arguments(self, parser: ArgumentParser) -> None:
        what = parser.add_mutually_exclusive_group()
        what.add_argument("--full", action="store_true", help="everything (default)")
        what.add_argument("--sample", type=share, metavar="P", help="a random share")
        what.add_argument("--source", type=uuid.UUID, metavar="ID", help="one source")
        parser.add_argument(
            "--rate", type=float, metavar="MB", help="at most so many MB/s of bytes"
        )
        parser.add_argument(
            "--grace",
            type=float,
            default=GRACE.total_seconds() / 3600,
            metavar="HOURS",
            help="how long bytes may lie without a row (default: %(default)g)",
        )
        parser.add_argument(
            "--head",
            type=head,
            metavar="N:HASH",
            help="a ledger entry that was written down elsewhere",
        )
        parser.add_argument(
            "--afresh",
            action="store_true",
            help="begin again where an earlier run was cut off",
        )
        parser.add_argument("--json", action="store_true", help="the result as JSON")

    def handle(self, *args: Any, **options: Any) -> None:
        run = self._begin(options)
        pace = fsck.Pace(options["rate"] * 1e6 if options["rate"] else None)
        with tqdm(
            unit=" rows", file=sys.stderr, disable=not sys.stderr.isatty()
        ) as bar:

            def tell(check: str, looked_at: int) -> None:
                bar.set_description(check)
                bar.update(looked_at)

            try:
                grace = timedelta(hours=options["grace"])
                fsck.go_on(run, pace=pace, grace=grace, tell=tell)
            except fsck.Busy as error:
                raise CommandError(
                    "Another fsck is at work on this store; wait for its end.",
                    returncode=2,
                ) from error
        lost = options["head"] is not None and not fsck.head_agrees(*options["head"])
        self._report(run, as_json=options["json"], lost=lost)
        if lost or run.found:
            sys.exit(1)

    def _begin(self, options: dict[str, Any]) -> ScrubRun:
        modes = ScrubRun.Mode
        if (source_id := options["source"]) is not None:
            if not SourceMedia.objects.filter(pk=source_id).exists():
                raise CommandError("There is no source of this id.", returncode=2)
            return fsck.begin(mode=modes.SOURCE, source_id=source_id)
        afresh = options["afresh"]
        if options["sample"] is not None:
            return fsck.begin(mode=modes.SAMPLE, share=options["sample"], afresh=afresh)
        return fsck.begin(mode=modes.FULL, afresh=afresh)

    def _report(self, run: ScrubRun, *, as_json: bool, lost: bool) -> None:
        last = LedgerEntry.objects.all().head()
        head = f"{last.sequence}:{last.hash}" if last else None
        if as_json:
            result = {**fsck.result_of(run), "ledger_head": head, "head_lost": lost}
            self.stdout.write(json.dumps(result))
            return
        for finding in run.findings.all():
            self.stdout.write(
                f"{finding.check_name}: {finding.subject}: {finding.detail}"
            )
        if lost:
            self.stdout.write(
                "ledger_head: the ledger no longer has the entry that you wrote down:"
                " it was cut or written anew. Compare with a backup."
            )
        found = run.found
        counts = ", ".join(f"{count} {name}" for name, count in run.checked.items())
        self.stdout.write(f"Looked at: {counts}.")
        kinds = ", ".join(f"{count} {word}" for word, count in found.items())
        self.stdout.write(f"Found: {kinds}." if found else "Found nothing amiss.")
        if head:
            self.stdout.write(f"Ledger head, to be written down elsewhere: {head}")
