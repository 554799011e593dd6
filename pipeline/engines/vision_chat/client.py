"""Sending one question: time-outs, retries, a bounded answer, and no content logged."""

from __future__ import annotations

import base64
import hashlib
import json
import logging
import os
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

from catalog.hashing import digest_of
from pipeline.engines.service_error import ServiceError, ServiceReason
from pipeline.engines.vision_chat.parts import Part
from pipeline.engines.vision_chat.pictures import Picture

if TYPE_CHECKING:
    import openai

KEY = "PALIMPSEST_VISION_API_KEY"
MOST_BYTES = 4_000_000  # of a response
RETRIES = 3  # by the library: with jitter, and as Retry-After says (up to two minutes)


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked of a picture. most_output: tokens of the answer."""

    part: Part
    document_type: str
    prompt: str
    text: str
    schema: Mapping[str, Any]
    picture: Picture
    most_output: int
    boxes: bool = False

    def once_more(self, why: str) -> Question:
        """The same after an answer that cannot be used, with room for a longer one."""
        note = f"{self.text}\n\nYour last answer could not be used: {why}. Answer anew."
        return replace(self, text=note, most_output=self.most_output * 2)


@dataclass
class Client:
    """One service and one model. more: further keys of the request ("temperature")."""

    url: str
    model: str
    seconds: float
    output_limit: str
    more: Mapping[str, Any] = field(default_factory=dict)
    retries: int = RETRIES

    def digest(self, question: Question) -> str:
        """Of the request, with the picture's digest in its place."""
        seen = hashlib.sha256(question.picture.data).hexdigest()
        return digest_of(self._request(question, seen))

    def ask(self, question: Question) -> dict[str, Any]:
        """The body of the response. Raises ServiceError."""
        import openai

        encoded = base64.b64encode(question.picture.data).decode()
        request = self._request(question, f"data:image/jpeg;base64,{encoded}")
        try:
            raw = self._service.chat.completions.with_raw_response.create(**request)
            text = raw.text
        except openai.APIError as error:
            raise _failure(error) from None
        except TooMuch:
            message = f"a response is longer than {MOST_BYTES} bytes, or compressed"
            raise ServiceError(ServiceReason.UNREADABLE, message) from None
        try:
            body = json.loads(text)
        except (ValueError, RecursionError):
            body = None
        if not isinstance(body, dict):
            raise ServiceError(ServiceReason.UNREADABLE, "a response is no JSON object")
        return body

    def _request(self, question: Question, picture: str) -> dict[str, Any]:
        seen = {"type": "image_url", "image_url": {"url": picture, "detail": "high"}}
        said = {"type": "text", "text": question.text}
        return {
            "model": self.model,
            "messages": [
                {"role": "system", "content": question.prompt},
                {"role": "user", "content": [said, seen]},
            ],
            "response_format": {
                "type": "json_schema",
                "json_schema": {
                    "name": "fields",
                    "strict": True,
                    "schema": dict(question.schema),
                },
            },
            self.output_limit: question.most_output,
            **self.more,
        }

    @cached_property
    def _service(self) -> openai.OpenAI:
        """No redirects, no proxies' answers without end; the key is read only here."""
        import httpx2
        import openai

        # Below this level they write whole requests, as OPENAI_LOG asks them to.
        for name in ("openai", "httpx2"):
            logging.getLogger(name).setLevel(logging.WARNING)
        key = os.environ.get(KEY, "")
        if not self.url:
            raise ServiceError(
                ServiceReason.NOT_CONFIGURED, "set PALIMPSEST_VISION_URL to the service"
            )
        return openai.OpenAI(
            base_url=self.url,
            # Services within the house may need none.
            api_key=key or "none",
            max_retries=self.retries,
            http_client=httpx2.Client(
                timeout=httpx2.Timeout(self.seconds, connect=min(10.0, self.seconds)),
                follow_redirects=False,
                transport=_bounded_transport(self.seconds),
            ),
        )


class TooMuch(Exception):
    """A response is longer than allowed, or compressed."""


def _bounded_transport(seconds: float) -> Any:
    """seconds: of a response's body, from its first byte to its last. A time-out of the
    library is of the next byte: one now and then would hold a worker for days.
    """
    import httpx2

    class Bounded(httpx2.SyncByteStream):
        def __init__(self, stream: httpx2.SyncByteStream) -> None:
            self._stream = stream

        def __iter__(self) -> Iterator[bytes]:
            seen, ends = 0, time.monotonic() + seconds
            for chunk in self._stream:
                seen += len(chunk)
                if seen > MOST_BYTES:
                    raise TooMuch
                if time.monotonic() > ends:
                    raise httpx2.ReadTimeout("the response does not end")
                yield chunk

        def close(self) -> None:
            self._stream.close()

    class Transport(httpx2.HTTPTransport):
        def handle_request(self, request: httpx2.Request) -> httpx2.Response:
            # A few compressed bytes can be any number of plain ones.
            request.headers["Accept-Encoding"] = "identity"
            response = super().handle_request(request)
            if response.headers.get("Content-Encoding", "identity") != "identity":
                raise TooMuch
            assert isinstance(response.stream, httpx2.SyncByteStream)  # noqa: S101 - it is no async client
            response.stream = Bounded(response.stream)
            return response

    return Transport()


def _failure(error: openai.APIError) -> ServiceError:
    """Said by kind alone: a message of the service may quote the request."""
    import openai

    match error:
        case openai.APITimeoutError():
            return ServiceError(ServiceReason.TOO_SLOW, "no answer in time")
        case openai.RateLimitError():
            return ServiceError(ServiceReason.BUSY, "the service is asked too often")
        case openai.APIStatusError(status_code=code) if code < 500 and code != 408:
            message = f"the service refused the request with status {code}"
            return ServiceError(ServiceReason.REFUSED, message)
        case _:
            return ServiceError(ServiceReason.UNAVAILABLE, "the service did not answer")
