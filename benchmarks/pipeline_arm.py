"""The product's arm of benchmarks.pipeline: prints seconds on the last line."""

from __future__ import annotations

import json
import logging
import os
import time
from pathlib import Path

import django

from config import postgres
from config.home import home_path


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    os.environ["PALIMPSEST_OCR_THREADS"] = "1"
    postgres.ensure_running(home_path())
    django.setup()
    logging.disable(logging.WARNING)
    from django.core.management import call_command

    from catalog.models import Tenant
    from pipeline.foreground import Job, process_files
    from pipeline.versions import ensure_built_in

    call_command("migrate", verbosity=0)
    version = str(ensure_built_in())
    tenants = [Tenant.objects.create(slug=s, name=s) for s in ("warm-up", "measured")]
    paths = [Path(path) for path in json.loads(os.environ["PALIMPSEST_BENCH_PATHS"])]
    workers = int(os.environ["PALIMPSEST_BENCH_WORKERS"])
    warm, measured = (
        [Job(path, tenant.slug, version, fresh=True) for path in paths]
        for tenant in tenants
    )
    if workers == 1:
        list(process_files(warm[:1]))
        started = time.perf_counter()
        list(process_files(measured))
    else:
        started = time.perf_counter()
        list(process_files(measured, workers=workers))
    print(time.perf_counter() - started)


if __name__ == "__main__":
    main()
