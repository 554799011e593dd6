from __future__ import annotations

import json
import sys
from argparse import ArgumentParser
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from tqdm import tqdm

from catalog.models import Tenant
from pipeline.foreground import DEFAULT_TENANT, Job, process_files
from pipeline.models import PipelineVersion
from pipeline.worker_setup import be_quiet


class Command(BaseCommand):
    help = "Read documents: files, or every file under a folder."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("paths", nargs="+", type=Path, metavar="PATH")
        parser.add_argument(
            "--tenant",
            metavar="SLUG",
            help=f"whose documents they are (default: {DEFAULT_TENANT})",
        )
        parser.add_argument(
            "--pipeline",
            default="doc-extract",
            metavar="NAME[@VERSION]",
            help="the version to read by (default: the active one of doc-extract)",
        )
        parser.add_argument(
            "--workers", type=int, default=1, help="processes to share the files"
        )
        parser.add_argument(
            "--fresh",
            action="store_true",
            help="run every step, even where another version's results would do",
        )
        parser.add_argument(
            "--json", action="store_true", help="one JSON line a file on stdout"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        be_quiet()
        tenant = self._tenant(options["tenant"])
        version = self._version(options["pipeline"])
        jobs = [
            Job(path, tenant.slug, str(version), fresh=options["fresh"])
            for path in self._files(options["paths"])
        ]
        rows = process_files(jobs, workers=options["workers"])
        bar = tqdm(
            rows,
            total=len(jobs),
            unit="file",
            file=sys.stderr,
            disable=not sys.stderr.isatty(),
        )
        failed = 0
        for row in bar:
            failed += row["error"] is not None
            with tqdm.external_write_mode(file=sys.stderr):
                self.stdout.write(
                    json.dumps(row, ensure_ascii=False)
                    if options["json"]
                    else self._sentence(row)
                )
        if failed:
            raise CommandError(
                f"{failed} of {len(jobs)} files could not be read; each one's error"
                " says why.",
                returncode=2,
            )

    def _sentence(self, row: dict[str, Any]) -> str:
        values = ", ".join(
            f"{name}: {field['value']}" for name, field in row["fields"].items()
        )
        what = row["error"] or f"{row['disposition']} ({row['reason']})"
        return f"{row['path']}: {what} {values}".strip()

    def _tenant(self, slug: str | None) -> Tenant:
        if slug is None:
            # Not whichever tenant is first: documents must not end up with strangers.
            return Tenant.objects.get_or_create(
                slug=DEFAULT_TENANT, defaults={"name": "Default"}
            )[0]
        tenant = Tenant.objects.filter(slug=slug).first()
        if tenant is None:
            known = ", ".join(Tenant.objects.values_list("slug", flat=True)) or "none"
            raise CommandError(f"There is no tenant {slug!r}. Known: {known}.")
        return tenant

    def _version(self, reference: str) -> PipelineVersion:
        try:
            return PipelineVersion.objects.named(reference)
        except PipelineVersion.DoesNotExist:
            known = ", ".join(str(v) for v in PipelineVersion.objects.released())
            raise CommandError(
                f"There is no pipeline version {reference!r}. Released:"
                f" {known or 'none; run manage.py ensure_pipeline first'}."
            ) from None

    def _files(self, paths: list[Path]) -> Iterator[Path]:
        for path in paths:
            if path.is_dir():
                yield from sorted(
                    found
                    for found in path.rglob("*")
                    if found.is_file() and not found.name.startswith(".")
                )
            elif path.exists():
                yield path
            else:
                raise CommandError(f"There is no file or folder {path}.")
