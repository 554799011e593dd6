"""The engine: a document's parts are asked for side by side and read together."""

from __future__ import annotations

import copy
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol, Self

from pipeline.claims import DocumentTypeSpec, Extraction
from pipeline.engines.base import EngineError
from pipeline.engines.service_error import ServiceError
from pipeline.engines.tariff import Tariff, Usage
from pipeline.engines.vision_chat.answers import Answer
from pipeline.engines.vision_chat.asking import Asked, Asker, Paid
from pipeline.engines.vision_chat.client import RETRIES, Client, Question
from pipeline.engines.vision_chat.limits import RateLimit
from pipeline.engines.vision_chat.meter import Meter
from pipeline.engines.vision_chat.parts import PAGE, WHOLE, Part, again, parts_of
from pipeline.engines.vision_chat.pictures import cut_out
from pipeline.engines.vision_chat.schema import schema_of, schema_of_types
from pipeline.engines.vision_chat.understanding import (
    Document,
    extraction_from,
    type_of,
    values_of,
)
from pipeline.extracting.kind import choose_type
from pipeline.layout.model import Layout
from pipeline.words import PageWords

# For pipeline.memo.closure: how a request travels decides no answer.
NEUTRAL_DISTRIBUTIONS = ("openai", "httpx2")


@dataclass(frozen=True, slots=True)
class Wishes:
    """The step's parameters; budgets are a document's, 0 is none.

    crops: parts instead of whole pages where the layout allows; boxes: the model is
    asked where a value stands, which decides between words that say the same.
    """

    prompt: str
    crops: bool
    boxes: bool
    longest_side: int
    most_pages: int
    most_output: int
    most_tokens: int
    most_micro_usd: int


class Keeper(Protocol):
    """Keeps answers between the attempts of a run. Called from one thread."""

    def kept(self) -> Mapping[str, Mapping[str, Any]]:
        """Responses, by the digest of their request."""

    def spent(self) -> Usage:
        """What earlier attempts of this run had spent."""

    def keep(self, paid: Paid, micro_usd: int | None) -> None: ...


@dataclass(frozen=True, slots=True)
class Seen:
    """What the model said, and what it cost. extraction is None after a failure."""

    answers: Sequence[Answer]
    used: Usage
    tariff: Tariff
    extraction: Extraction | None = None
    failure: ServiceError | None = None


class VisionChatEngine:
    """A model behind an OpenAI-compatible endpoint, by `chat/completions`.

    Decide results, and are frozen in a version: model; answers_as, the name that
    answers must report ("": any); temperature, 0 unless said; request, further keys of
    each request, instead of that 0; output_limit, what the service calls the most
    tokens of an answer. Of this machine: url, seconds
    for one request, retries, in_flight requests of one document at a time, and the
    limits of pipeline.engines.vision_chat.limits.
    """

    # Which code of a step calls it (pipeline.steps.registry).
    step_variant = "pictures"

    def __init__(
        self,
        model: str,
        *,
        answers_as: str = "",
        temperature: float | None = None,
        request: Mapping[str, Any] | None = None,
        output_limit: str = "max_completion_tokens",
        url: str = "",
        seconds: float = 60.0,
        retries: int = RETRIES,
        in_flight: int = 4,
        requests_a_minute: int = 60,
        tokens_a_minute: int = 200_000,
    ) -> None:
        self.model_id = model
        # A service does not tell; what its answers report is kept with them.
        self.weights_digest = ""
        self._answers_as = answers_as
        self._in_flight = in_flight
        self._limit = RateLimit(requests_a_minute, tokens_a_minute)
        self._tariff = Tariff()
        self._keeper: Keeper | None = None
        more: Mapping[str, Any] = {"temperature": 0} if request is None else request
        if temperature is not None:
            more = {**more, "temperature": temperature}
        self._client = Client(url, model, seconds, output_limit, more, retries)

    def at(self, tariff: Tariff) -> Self:
        """The same engine, with the same limits, for a day's prices."""
        other = copy.copy(self)
        other._tariff = tariff
        return other

    def keeping(self, keeper: Keeper) -> Self:
        """The same engine, which looks for answers there before it asks for them."""
        other = copy.copy(self)
        other._keeper = keeper
        return other

    def extract(
        self,
        pages: Sequence[PageWords],
        layout: Layout,
        document_types: Sequence[DocumentTypeSpec],
    ) -> Extraction:
        """Not without pictures: a version must name the step code that reads them."""
        message = f"{self.model_id} looks at pictures: give the step by its form, anew"
        raise EngineError(message, permanent=True)

    def look(
        self, document: Document, pictures: Mapping[int, Path], wishes: Wishes
    ) -> Seen:
        """Ask for every field and line of the document. pictures: by page, upright."""
        keeper = self._keeper
        meter = Meter(
            self._tariff,
            wishes.most_tokens,
            wishes.most_micro_usd,
            keeper.spent() if keeper else Usage(),
        )
        kept = keeper.kept() if keeper else {}
        asker = Asker(self._client, self._limit, meter, self._answers_as, kept)
        look = _Look(document, pictures, wishes, asker, self._in_flight, keeper)
        failure: ServiceError | None = None
        found: Extraction | None = None
        try:
            found = look.all()
        except ServiceError as error:
            failure = error
        return Seen(look.answers, meter.used, self._tariff, found, failure)


class _Look:
    def __init__(
        self,
        document: Document,
        pictures: Mapping[int, Path],
        wishes: Wishes,
        asker: Asker,
        in_flight: int,
        keeper: Keeper | None,
    ) -> None:
        self.document, self.pictures = document, pictures
        self.wishes, self.asker, self.in_flight = wishes, asker, in_flight
        self.keeper = keeper
        self.answers: list[Answer] = []

    def all(self) -> Extraction:
        """Raises ServiceError; answers that came before it are in answers."""
        spec = self._type()
        if spec is None:
            return extraction_from(self.answers, self.document)
        parts = [
            part
            for part in parts_of(
                self.document.layout,
                spec,
                crops=self.wishes.crops,
                most_pages=self.wishes.most_pages,
            )
            if part.page in self.pictures
        ]
        self._ask(parts, spec)
        found = extraction_from(self.answers, self.document)
        wanted = (f.name for f in spec.fields if f.critical or f.required)
        missing = [name for name in wanted if found.claim(name) is None]
        if more := again(parts, missing):
            self._ask(more, spec)
            found = extraction_from(self.answers, self.document)
        return found

    def _type(self) -> DocumentTypeSpec | None:
        """By its words where they tell, which costs nothing; else the model says."""
        spec, _ = choose_type(self.document.view(), self.document.types)
        if spec is not None or not self.pictures or not self.document.types:
            return spec
        part = Part(PAGE, min(self.pictures), WHOLE, (), lines=False)
        schema = schema_of_types(self.document.types)
        question = self._question(part, "", "Which type of document is it?", schema)
        asked = self.asker.ask(question, self._names_a_type)
        self._keep_paid(asked)
        self._take_in([asked])
        return type_of([a for a in self.answers if a.usable], self.document)

    def _names_a_type(self, answer: Answer) -> object:
        return type_of([answer], self.document)

    def _ask(self, parts: Sequence[Part], spec: DocumentTypeSpec) -> None:
        """All at once, as far as in_flight allows; answers are kept in order."""

        def check(answer: Answer) -> object:
            return values_of(answer, spec)

        def one(part: Part) -> Asked:
            schema = schema_of(part, spec, boxes=self.wishes.boxes)
            text = f"This is the {part.name} of a document of the type {spec.name}."
            return self.asker.ask(self._question(part, spec.name, text, schema), check)

        with ThreadPoolExecutor(self.in_flight, "vision") as pool:
            found = [pool.submit(one, part) for part in parts]
            # As each comes: this process may be killed before the slowest one does.
            for future in as_completed(found):
                self._keep_paid(future.result())
        self._take_in([future.result() for future in found])

    def _question(
        self, part: Part, document_type: str, text: str, schema: dict[str, Any]
    ) -> Question:
        page = self.pictures[part.page]
        return Question(
            part=part,
            document_type=document_type,
            prompt=self.wishes.prompt,
            text=text,
            schema=schema,
            picture=cut_out(page, part.area, longest_side=self.wishes.longest_side),
            most_output=self.wishes.most_output,
            boxes=self.wishes.boxes,
        )

    def _keep_paid(self, asked: Asked) -> None:
        if self.keeper is not None:
            price = self.asker.meter.tariff.price
            for paid in asked.paid:
                self.keeper.keep(paid, paid.used.cost(price))

    def _take_in(self, asked: Sequence[Asked]) -> None:
        """Raises the first failure, after all answers are taken in."""
        self.answers += [answer for one in asked for answer in one.answers]
        for one in asked:
            if one.failure is not None:
                raise one.failure
