"""A service that speaks the chat protocol, in a process of its own, with its faults.

`python -m tests.pipeline.chat_server PORT` runs it. What it "sees" is the truth that a
test has told it; it gives of it what a request's own schema asks for. A list of faults
is worked off, one a request; see FAULTS.
"""

from __future__ import annotations

import base64
import hashlib
import io
import json
import re
import subprocess
import sys
import threading
import time
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from PIL import Image

from tests.s3_server import free_port

REPORTED = "seer-1-2026-03"
FAULTS = (
    *("busy", "error", "slow", "dripping", "broken_off", "no_json_body", "huge"),
    "unauthorized",
    *("cut_off", "no_json", "wrong_schema", "refusal", "hallucinated", "wrong_boxes"),
    *("hallucinated_amounts", "no_usage", "other_model"),
)
SLOW_SECONDS = 3.0
INVENTED = "Nowhere & Sons 987654321"
INVENTED_AMOUNT = "98765.43"
_AMOUNT = re.compile(r"\d+(\.\d+)?")


@dataclass
class State:
    """truth: {"document_type", "fields": {name: text}, "lines": [{column: text}]}."""

    truth: dict[str, Any]
    faults: list[str]
    seen: list[dict[str, Any]]
    delay: float = 0.0
    usage: int = 0  # prompt tokens to report; 0: as many as the tiles are


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    state = State({}, [], [])
    lock = threading.Lock()

    def do_POST(self) -> None:
        length = int(self.headers["Content-Length"])
        body = json.loads(self.rfile.read(length))
        if self.path == "/told":
            for name, value in body.items():
                setattr(self.state, name, value)
            self._send(200, {})
        elif self.path == "/v1/chat/completions":
            self._chat(body)
        else:
            self._send(404, {"error": {"message": self.path}})

    def do_GET(self) -> None:
        self._send(200, self.state.seen)

    def _chat(self, request: dict[str, Any]) -> None:
        with self.lock:
            fault = self.state.faults.pop(0) if self.state.faults else ""
            noted = self._noted(request, fault)
            # Of this list only: an earlier test may still be answered slowly.
            noted["in_flight"] = 1 + sum(one["waits"] for one in self.state.seen)
            self.state.seen.append(noted)
        time.sleep(self.state.delay)
        with self.lock:
            noted["waits"] = False
        self._answer(request, fault)

    def _noted(self, request: dict[str, Any], fault: str) -> dict[str, Any]:
        picture = _picture(request)
        with Image.open(io.BytesIO(picture)) as opened:
            size = opened.size
        return {
            "model": request["model"],
            "fault": fault,
            "asked": sorted(_schema(request)["properties"]),
            "size": size,
            "digest": hashlib.sha256(picture).hexdigest(),
            "key": self.headers["Authorization"],
            "waits": True,
            "at": time.monotonic(),
        }

    def _answer(self, request: dict[str, Any], fault: str) -> None:
        match fault:
            case "busy":
                self._send(429, {"error": {"message": "slow down"}}, retry_after="1")
            case "error":
                self._send(500, {"error": {"message": "out of order"}})
            case "unauthorized":
                self._send(401, {"error": {"message": "bad key"}})
            case "slow":
                time.sleep(SLOW_SECONDS)
                self._send(200, self._completion(request, fault))
            case "dripping":
                self._drip(json.dumps(self._completion(request, fault)).encode())
            case "no_json_body":
                self._raw(200, b"<html>proxy</html>", length=None)
            case "broken_off":
                data = json.dumps(self._completion(request, fault)).encode()
                self._raw(200, data[: len(data) // 2], length=len(data))
                self.close_connection = True
            case "huge":
                self._raw(200, b" " * 5_000_000 + b"{}", length=None)
            case _:
                self._send(200, self._completion(request, fault))

    def _completion(self, request: dict[str, Any], fault: str) -> dict[str, Any]:
        content, finish = self._content(request, fault)
        message: dict[str, Any] = {"role": "assistant", "content": content}
        if fault == "refusal":
            message |= {"content": None, "refusal": "I would rather not."}
        given = self.state.usage or _tokens(request)
        usage = {"prompt_tokens": given, "completion_tokens": len(content) // 4 + 1}
        return {
            "id": "chatcmpl-1",
            "object": "chat.completion",
            "created": 1,
            "model": "other-9" if fault == "other_model" else REPORTED,
            "choices": [{"index": 0, "message": message, "finish_reason": finish}],
            **({} if fault == "no_usage" else {"usage": usage}),
        }

    def _content(self, request: dict[str, Any], fault: str) -> tuple[str, str]:
        values = {
            name: self._value(name, inner, fault)
            for name, inner in _schema(request)["properties"].items()
        }
        content = json.dumps(values)
        match fault:
            case "cut_off":
                return content[: len(content) // 2], "length"
            case "no_json":
                return "Sure! Here are the fields you asked for.", "stop"
            case "wrong_schema":
                return json.dumps({"fields": values}), "stop"
        return content, "stop"

    def _value(self, name: str, schema: Mapping[str, Any], fault: str) -> Any:
        truth = self.state.truth
        if name == "lines":
            return [
                {column: _told(text, fault) for column, text in row.items()}
                for row in truth.get("lines", [])
            ]
        if name == "document_type":
            return truth["document_type"]
        text = _told(truth["fields"].get(name), fault)
        if schema["type"] != "object":
            return text
        box = [-50, 990, 4000, 20] if fault == "wrong_boxes" else None
        return {"text": text, "box": box}

    def _send(self, status: int, body: Any, *, retry_after: str = "") -> None:
        self._raw(status, json.dumps(body).encode(), length=None, retry=retry_after)

    def _raw(
        self, status: int, data: bytes, *, length: int | None, retry: str = ""
    ) -> None:
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(length or len(data)))
        if retry:
            self.send_header("Retry-After", retry)
        self.end_headers()
        try:
            self.wfile.write(data)
        except BrokenPipeError:
            self.close_connection = True

    def _drip(self, data: bytes) -> None:
        """A byte now and then, each in time."""
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        ends = time.monotonic() + SLOW_SECONDS
        for byte in data:
            try:
                self.wfile.write(bytes([byte]))
            except OSError:
                break
            if time.monotonic() > ends:
                break
            time.sleep(0.1)
        self.close_connection = True

    def log_message(self, format: str, *args: Any) -> None:
        """No line a request."""


def _told(text: str | None, fault: str) -> str | None:
    """Instead of what is printed, something that is printed nowhere."""
    if text is None:
        return None
    if fault == "hallucinated":
        return INVENTED
    amount = fault == "hallucinated_amounts" and _AMOUNT.fullmatch(text)
    return INVENTED_AMOUNT if amount else text


def _schema(request: Mapping[str, Any]) -> dict[str, Any]:
    wanted = request["response_format"]["json_schema"]
    assert wanted["strict"] is True
    schema: dict[str, Any] = wanted["schema"]
    assert schema["additionalProperties"] is False
    assert schema["required"] == list(schema["properties"])
    return schema


def _picture(request: Mapping[str, Any]) -> bytes:
    url = request["messages"][1]["content"][1]["image_url"]["url"]
    return base64.b64decode(url.removeprefix("data:image/jpeg;base64,"))


def _tokens(request: Mapping[str, Any]) -> int:
    """Tiles of 512 after fitting, by the rule as printed; and letters by four."""
    with Image.open(io.BytesIO(_picture(request))) as opened:
        width, height = opened.size
    scale = min(1.0, 2048 / max(width, height))
    scale = min(scale, 768 / min(width, height))
    tiles = -(-int(width * scale) // 512) * -(-int(height * scale) // 512)
    words = json.dumps([request["messages"][0], _schema(request)])
    return 85 + 170 * tiles + len(words) // 4


class ChatServer:
    """What a test says to the running server, and asks of it."""

    def __init__(self, address: str) -> None:
        self._address = address
        self.url = f"{address}/v1"

    def tell(self, **what: Any) -> None:
        """truth, faults, delay (seconds), usage: as State."""
        for fault in what.get("faults", ()):
            assert not fault or fault in FAULTS
        self._call("/told", json.dumps(what).encode())

    def fresh(self, truth: Mapping[str, Any]) -> None:
        self.tell(truth=truth, faults=[], seen=[], delay=0.0, usage=0)

    def seen(self) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self._call("/seen", None)
        return found

    def _call(self, path: str, data: bytes | None) -> Any:
        with urllib.request.urlopen(self._address + path, data, 10) as answer:  # noqa: S310 - loopback
            return json.load(answer)


@contextmanager
def running() -> Iterator[ChatServer]:
    """A fresh server on loopback, ended with the block."""
    port = free_port()
    process = subprocess.Popen(  # noqa: S603 - our own command line
        [sys.executable, "-m", "tests.pipeline.chat_server", str(port)]
    )
    server = ChatServer(f"http://127.0.0.1:{port}")
    try:
        _wait_for(server, process)
        yield server
    finally:
        process.kill()
        process.wait()


def _wait_for(server: ChatServer, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline and process.poll() is None:
        try:
            server.seen()
        except OSError:
            time.sleep(0.05)
        else:
            return
    raise AssertionError("the chat server did not come up")


if __name__ == "__main__":
    ThreadingHTTPServer(("127.0.0.1", int(sys.argv[1])), Handler).serve_forever()
