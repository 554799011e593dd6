"""What a version may set: each step's and each engine's parameters, described.

The descriptions stand beside the steps, not in their modules: a step's code decides its
results, and a better word for an admin must not make every document be read anew.
"""

from __future__ import annotations

from pipeline.parameters.engines import MODEL, options_of
from pipeline.parameters.parameter import Parameter
from pipeline.parameters.steps import PARAMETERS, of_step, with_values

__all__ = ["MODEL", "PARAMETERS", "Parameter", "of_step", "options_of", "with_values"]
