"""config.settings, with an OCR engine that counts its calls in place of the models."""

from __future__ import annotations

import os

from config import settings as real

globals().update({name: value for name, value in vars(real).items() if name.isupper()})

ENGINES = {
    **real.ENGINES,
    "ocr": {
        "BACKEND": "benchmarks.counting_ocr.CountingOcr",
        "OPTIONS": {"name": os.environ.get("PALIMPSEST_OCR_NAME", "1")},
        "RUNTIME": {"seconds": 0.05},
    },
}
