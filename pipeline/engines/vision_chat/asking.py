"""One question to its answers: estimated, paced, asked, and once more if it must be."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from pipeline.engines.service_error import ServiceError, ServiceReason
from pipeline.engines.tariff import Usage
from pipeline.engines.tokens import tokens_of_text
from pipeline.engines.vision_chat.answers import Answer, usage_of
from pipeline.engines.vision_chat.client import Client, Question
from pipeline.engines.vision_chat.limits import RateLimit
from pipeline.engines.vision_chat.meter import Meter

# Answers of another shape may come out better when asked for again; others do not.
_AGAIN = {
    ServiceReason.CUT_OFF.value: "it was too long",
    ServiceReason.WRONG_SHAPE.value: "it did not fit the schema",
}
_WORDS_AROUND = 40  # tokens of a request that are neither text, schema nor picture
# What an answer is expected to need of its limit, for pace and budget.
_EXPECTED = 4

Check = Callable[[Answer], Any]


@dataclass(frozen=True, slots=True)
class Paid:
    """An answer that was asked for just now. response: the body, as it came."""

    request: str
    response: Mapping[str, Any]
    used: Usage


@dataclass
class Asked:
    """answers: all that came back, the usable one last; paid: those of them that were
    not kept from before; failure: why there is no usable one.
    """

    answers: list[Answer] = field(default_factory=list)
    paid: list[Paid] = field(default_factory=list)
    failure: ServiceError | None = None


@dataclass(frozen=True)
class Asker:
    """answers_as: the only model whose answers are taken; "": whichever it says. kept:
    responses of an earlier attempt by the request's digest: those are not asked again.
    """

    client: Client
    limit: RateLimit
    meter: Meter
    answers_as: str = ""
    kept: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)

    def ask(self, question: Question, check: Check) -> Asked:
        """check raises ServiceError for an answer that cannot be used."""
        asked = Asked()
        for repeated in (False, True):
            try:
                answer = self._once(question, asked)
            except ServiceError as error:
                return replace(asked, failure=error)
            try:
                self._check_model(answer)
                check(answer)
            except ServiceError as error:
                asked.answers.append(replace(answer, usable=False))
                if repeated or error.reason not in _AGAIN:
                    return replace(asked, failure=error)
                question = question.once_more(_AGAIN[error.reason])
            else:
                asked.answers.append(answer)
                return asked
        raise AssertionError("the second answer was either used or refused")

    def _once(self, question: Question, asked: Asked) -> Answer:
        request = self.client.digest(question)
        response = self.kept.get(request)
        if response is None:
            response, used = self._paid(question)
            asked.paid.append(Paid(request, response, used))
        return Answer(
            part=question.part,
            document_type=question.document_type,
            request=request,
            asked=self.client.model,
            boxes=question.boxes,
            response=response,
        )

    def _paid(self, question: Question) -> tuple[dict[str, Any], Usage]:
        estimated = self.estimate(question)
        self.meter.reserve(estimated)
        used: Usage | None = None
        try:
            self.limit.wait(estimated.tokens)
            response = self.client.ask(question)
            used = usage_of(response, estimated)
        finally:
            self.meter.settle(estimated, used)
            spent = used.tokens if used else 0
            self.limit.settle(expected=estimated.tokens, used=spent)
        return response, used

    def _check_model(self, answer: Answer) -> None:
        if self.answers_as and answer.reported != self.answers_as:
            message = "the service answers as another model than the version names"
            raise ServiceError(ServiceReason.OTHER_MODEL, message)

    def estimate(self, question: Question) -> Usage:
        """Tokens before anybody reports them: pictures by the formula in force."""
        formula = self.meter.tariff.formula
        size = question.picture.width, question.picture.height
        images = formula.tokens(*size) if formula else 0
        words = f"{question.prompt}{question.text}{question.schema}"
        given = images + tokens_of_text(words) + _WORDS_AROUND
        return Usage(
            calls=1,
            input=given,
            output=question.most_output // _EXPECTED,
            images=images,
            estimated_input=given,
        )
