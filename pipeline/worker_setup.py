"""What a fresh worker process does before it can import anything of ours."""

from __future__ import annotations

import logging
import os


def set_up() -> None:
    # One thread a process: cores are shared by processes, not by threads of one page.
    os.environ["PALIMPSEST_OCR_THREADS"] = "1"
    os.environ["OMP_THREAD_LIMIT"] = "1"
    import django

    django.setup()
    be_quiet()


def be_quiet() -> None:
    """Leave the terminal to the progress bar; warnings still come through."""
    logging.getLogger("pipeline").setLevel(logging.WARNING)
