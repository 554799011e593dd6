"""The worker's side: call the function and answer in one message."""

from __future__ import annotations

import importlib
import os
from typing import Any, NoReturn

from pipeline.sandbox import frames


def work(function: str, arguments: dict[str, Any], writing: int) -> NoReturn:
    """Answer over the pipe with the result or the kind of failure, and end."""
    status = 1
    try:
        _write(writing, frames.encode(_outcome(function, arguments)))
        status = 0
    finally:
        os._exit(status)


def _outcome(function: str, arguments: dict[str, Any]) -> dict[str, Any]:
    module, _, name = function.rpartition(".")
    try:
        return {"result": getattr(importlib.import_module(module), name)(**arguments)}
    except MemoryError:
        return {"failure": "memory"}
    except Exception as error:
        # Only the kind of error leaves: messages may hold text of the file.
        return {
            "failure": "error",
            "exception": type(error).__name__,
            "reason": str(getattr(error, "reason", "")),
        }


def _write(writing: int, data: bytes) -> None:
    view = memoryview(data)
    while view:
        view = view[os.write(writing, view) :]
