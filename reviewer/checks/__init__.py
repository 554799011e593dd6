"""Seeded checks: plausible errors mixed into real work, to see whether review works."""

from __future__ import annotations

from reviewer.checks.rates import Checks, Part, Rate, checks_of, miss_rate

__all__ = ["Checks", "Part", "Rate", "checks_of", "miss_rate"]
