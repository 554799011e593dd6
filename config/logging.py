"""Log lines: JSON, or plain text on a terminal; never the text or values of documents.

An exception's message may quote what it could not read, so that only its type and its
frames are written, and the message where it can only be about code or configuration.
With DEBUG every message is written.
"""

from __future__ import annotations

import logging
import sys
import traceback
from types import TracebackType
from typing import Any

import structlog
from django.core.exceptions import FieldError, ImproperlyConfigured
from django.db import OperationalError
from django.template.exceptions import TemplateDoesNotExist, TemplateSyntaxError
from structlog.typing import EventDict, Processor, WrappedLogger

ExceptionInfo = tuple[type[BaseException], BaseException, TracebackType | None]

SAYS_NO_VALUES = (
    AttributeError,
    FieldError,
    ImportError,
    ImproperlyConfigured,
    NameError,
    OperationalError,
    TemplateDoesNotExist,
    TemplateSyntaxError,
)
LONGEST_TRACE = 20


def configure(*, debug: bool) -> dict[str, Any]:
    """Sets structlog up; Django's LOGGING."""
    # A line that cannot be written would be printed raw, with all its values.
    logging.raiseExceptions = debug
    shared = _processors(debug=debug)
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )
    renderer: Processor = structlog.processors.JSONRenderer()
    if sys.stderr.isatty():
        renderer = structlog.dev.ConsoleRenderer()
    console = {"handlers": ["console"], "level": "INFO", "propagate": False}
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {
            "line": {
                "()": structlog.stdlib.ProcessorFormatter,
                "foreign_pre_chain": shared,
                "processors": [
                    structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                    renderer,
                ],
            }
        },
        "filters": {"no_results": {"()": "config.logging.NoResults"}},
        "handlers": {
            "console": {"class": "logging.StreamHandler", "formatter": "line"},
            "queue": {
                "class": "logging.StreamHandler",
                "formatter": "line",
                "filters": ["no_results"],
            },
        },
        "root": {"handlers": ["console"], "level": "WARNING"},
        "loggers": {
            "django": console,
            # One line a request comes from our own middleware.
            "django.server": {**console, "level": "WARNING"},
            "django-q": {**console, "handlers": ["queue"], "level": "WARNING"},
            **dict.fromkeys(("config", "catalog", "pipeline", "reviewer"), console),
        },
    }


class NoResults(logging.Filter):
    """Django-Q2 writes a failed task's result, a whole traceback, into its message."""

    def filter(self, record: logging.LogRecord) -> bool:
        if record.levelno >= logging.ERROR and record.exc_info is None:
            record.msg, record.args = record.getMessage().split(" - ")[0], ()
        return True


def _processors(*, debug: bool) -> list[Processor]:
    return [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.format_exc_info if debug else frames_only,
    ]


def frames_only(logger: WrappedLogger, name: str, event: EventDict) -> EventDict:
    """Replaces `exc_info` by the types and frames of the exception and its causes."""
    info = event.pop("exc_info", None)
    if isinstance(info, BaseException):
        error: BaseException | None = info
    elif isinstance(info, tuple):
        error = info[1]
    else:
        error = sys.exc_info()[1] if info else None
    if error is not None:
        event["exception"] = "\n".join(_frames(error))
    return event


def _frames(error: BaseException) -> list[str]:
    context = None if error.__suppress_context__ else error.__context__
    cause = error.__cause__ or context
    lines = [*_frames(cause), "then"] if cause else []
    for frame in traceback.extract_tb(error.__traceback__)[-LONGEST_TRACE:]:
        lines.append(f"{frame.filename}:{frame.lineno} in {frame.name}")
    message = f": {error}" if isinstance(error, SAYS_NO_VALUES) else ""
    return [*lines, f"{type(error).__module__}.{type(error).__qualname__}{message}"]
