"""What a step is: our code between a document's bytes and its artifacts.

A step is a pure function of its StepInput: it reads no settings and no database, and
gives back what it made. The runner times it, stores it and writes the event.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    # Not at run time: what every step imports decides what every step makes.
    from catalog.regions import Region
    from pipeline.claims import DocumentTypeSpec


class Outcome(StrEnum):
    OK = "ok"
    ACCEPT = "accept"  # input_gate only
    REJECT = "reject"  # input_gate only: the run ends here, with a reason
    CONFLICT = "conflict"  # verify only
    HUMAN_REVIEW = "human_review"  # disposition only
    AUTO_ACCEPT = "auto_accept"  # disposition only
    FAILED = "failed"  # the step could not do its work


class Determinism(StrEnum):
    """How much of a result comes out again from the same inputs in the same place."""

    BITWISE = "bitwise"  # every byte
    CANONICAL = "canonical"  # all but what the step or engine declares as volatile
    TOLERANCE = "tolerance"  # numbers within its declared tolerance, all else the same
    STOCHASTIC = "stochastic"  # it is not promised
    REMOTE = "remote"  # a service decides, which may change unseen


class StepError(Exception):
    """A step failed; reason is an enum word, the message holds no document text."""

    def __init__(self, reason: str, message: str, *, permanent: bool = True) -> None:
        super().__init__(message)
        self.reason = reason
        self.permanent = permanent


@dataclass(frozen=True, slots=True)
class SourceFacts:
    """What a step may know of the original.

    received_on is the day it came in (UTC): what a step calls today, so that a reading
    does not depend on when it is made. None where nobody received it: a bare call.
    """

    content_hash: str
    mime_type: str
    modality: str
    bytes: int
    received_on: date | None = None


@dataclass(frozen=True, slots=True)
class Output:
    """One artifact-to-be. Exactly one of payload (JSON) and file is set.

    inputs names upstream outputs as (kind, slot); none means: made from the original.
    """

    kind: str
    slot: str
    payload: dict[str, Any] | None = None
    file: Path | None = None
    media_type: str = "application/json"
    region: Region | None = None
    inputs: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class StepResult:
    """What a step did. quality and detail hold figures and enum words, never text.

    repeatable is False where the machine had its say, by a limit of time or memory: no
    later version takes such a result over.
    """

    outcome: Outcome = Outcome.OK
    outputs: tuple[Output, ...] = ()
    reason: str = ""
    quality: dict[str, Any] = field(default_factory=dict)
    detail: dict[str, Any] = field(default_factory=dict)
    model_id: str = ""
    vision_tokens: int = 0
    micro_usd: int = 0
    repeatable: bool = True


@dataclass(frozen=True, slots=True)
class StepInput:
    """Everything that a step may look at.

    original is a local file with the verified bytes; workdir is the step's own empty
    folder for files that it makes; upstream holds what earlier steps of this run made,
    of the kinds that the step reads, in the order of kind and slot; document_types is
    empty for a step that does not read them.
    """

    source: SourceFacts
    original: Path
    workdir: Path
    params: Mapping[str, Any]
    document_types: Sequence[DocumentTypeSpec]
    upstream: Sequence[Output]
    engine: Callable[[str], Any]

    def outputs(self, kind: str) -> list[Output]:
        """Upstream outputs of a kind, in the order of their slots."""
        return [output for output in self.upstream if output.kind == kind]


class Step(Protocol):
    """name is the step's word in events; version is the version of its code.

    reads are the upstream kinds that it may look at, reads_types is whether it may look
    at the document types: it is given nothing else, so nothing else decides its
    results. keeps is False for a step that makes no artifacts: it runs every time.
    determinism is the step's own: an engine that it calls declares another one.
    """

    name: str
    version: str
    reads: tuple[str, ...]
    reads_types: bool
    keeps: bool
    determinism: Determinism

    def run(self, given: StepInput) -> StepResult:
        """Do the work. Raises StepError, or EngineError from the engine it calls."""
