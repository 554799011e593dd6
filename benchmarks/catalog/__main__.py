"""The catalog at ten million artifacts, through the ORM where the product uses it.

    python -m benchmarks.catalog [--scale 1.0] [--once] [--explain FILE]

Starts a PostgreSQL of its own in a scratch folder (about 20 GB at scale 1), fills it
with made-up rows (benchmarks/catalog/build.py) in four strides, and asks the product's
questions after each, so that growth shows as a curve. Then a batch of a tenth of the
artifacts is compared, promoted and rolled back, while a reader looks for mixed ones.
Look-ups are asked one after the other by one client; times are of the client.
"""

from __future__ import annotations

import argparse
import os
import tempfile

SOURCES = 2_000_000
STRIDES = (0.1, 0.25, 0.5, 1.0)
OPTIONS = (
    "shared_buffers=4GB work_mem=128MB maintenance_work_mem=1GB max_wal_size=16GB"
    " effective_cache_size=12GB"
)


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.catalog")
    parser.add_argument("--scale", type=float, default=1.0, help="1.0: ten million")
    parser.add_argument("--explain", metavar="FILE", help="write the plans there")
    parser.add_argument(
        "--once", action="store_true", help="ask at the last size only: no curve"
    )
    parser.add_argument("--home", help="a scratch folder (default: a temporary one)")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="palimpsest-bench-") as scratch:
        os.environ["PALIMPSEST_HOME"] = asked.home or scratch
        os.environ["PALIMPSEST_ENV_FILE"] = os.devnull
        os.environ.setdefault("PALIMPSEST_POSTGRES_OPTIONS", OPTIONS)
        os.environ["DJANGO_SETTINGS_MODULE"] = "config.settings"
        _run(asked)


def _run(asked: argparse.Namespace) -> None:
    import django
    from django.conf import settings
    from django.core.management import call_command

    from config.postgres import ensure_running

    ensure_running(settings.HOME)
    django.setup()
    call_command("migrate", verbosity=0)
    from benchmarks.catalog.course import course

    sizes = [round(SOURCES * asked.scale * stride) for stride in STRIDES]
    if asked.once:
        sizes = sizes[-1:]
    course(sizes=sizes, explain=asked.explain)


if __name__ == "__main__":
    main()
