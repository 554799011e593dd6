"""Figures over milliseconds at work, made by the database."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.db.models import Aggregate, Avg, Count, F, FloatField, StdDev, Sum
from django.db.models.functions import Ln

# The fields of a line item are one, whatever line they are of.
NO_NUMBER = r"\[[0-9]+\]"


class Percentile(Aggregate):
    """Between the two values that it falls between; null of none."""

    function = "percentile_cont"
    template = "%(function)s(%(share)s) WITHIN GROUP (ORDER BY %(expressions)s)"
    output_field = FloatField()

    def __init__(self, expression: Any, share: float, **extra: Any) -> None:
        super().__init__(expression, share=share, **extra)


class FieldOf(models.Func):
    """A slot without its line number: "lines[3].amount" is "lines.amount"."""

    function = "regexp_replace"
    template = f"%(function)s(%(expressions)s, '{NO_NUMBER}', '', 'g')"
    output_field = models.TextField()


def spread_of(column: str) -> dict[str, Any]:
    """Annotations over a column of milliseconds that is greater than zero.

    mu and sigma: of the lognormal distribution with the greatest likelihood, over
    seconds; sigma with n - 1, null of one.
    """
    seconds = F(column) / 1000.0
    return {
        "n": Count("*"),
        "p10": Percentile(F(column), 0.1),
        "p25": Percentile(F(column), 0.25),
        "median": Percentile(F(column), 0.5),
        "p75": Percentile(F(column), 0.75),
        "p90": Percentile(F(column), 0.9),
        "mean": Avg(column),
        "total": Sum(column),
        "mu": Avg(Ln(seconds), output_field=FloatField()),
        "sigma": StdDev(Ln(seconds), sample=True, output_field=FloatField()),
    }
