"""What a version makes of a document, tried without storing anything."""

from __future__ import annotations

from pipeline.trying.trial import Trial, TrialRefused, trial_of
from pipeline.trying.watching import watched

__all__ = ["Trial", "TrialRefused", "trial_of", "watched"]
