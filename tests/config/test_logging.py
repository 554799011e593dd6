from __future__ import annotations

import json
import logging
import sys

import pytest
import structlog
from django.core.exceptions import ImproperlyConfigured
from django.test import Client

from config.logging import NoResults, configure, frames_only


def test_message_of_an_exception_stays_out() -> None:
    options = configure(debug=False)["formatters"]["line"]
    formatter = structlog.stdlib.ProcessorFormatter(
        processors=options["processors"], foreign_pre_chain=options["foreign_pre_chain"]
    )
    try:
        try:
            int("ACME 42.00")
        except ValueError as error:
            raise RuntimeError("total ACME 42.00") from error
    except RuntimeError:
        information = sys.exc_info()
    record = logging.LogRecord(
        "pipeline", logging.ERROR, "", 1, "cannot read", None, information
    )
    written = formatter.format(record)
    assert "ACME" not in written
    event = json.loads(written)
    assert event["event"] == "cannot read"
    assert "builtins.ValueError\nthen\n" in event["exception"]
    assert event["exception"].endswith("builtins.RuntimeError")
    assert "test_logging.py" in event["exception"]


def test_message_about_configuration_is_written() -> None:
    error = ImproperlyConfigured("set X")
    event = frames_only(None, "error", {"exc_info": error})
    assert event["exception"].endswith("ImproperlyConfigured: set X")


def test_result_of_a_failed_task_stays_out() -> None:
    text = "Failed 'pipeline.tasks.drain' (winter-seven) - ACME 42.00 : Traceback"
    record = logging.LogRecord("django-q", logging.ERROR, "", 1, text, None, None)
    assert NoResults().filter(record)
    assert record.getMessage() == "Failed 'pipeline.tasks.drain' (winter-seven)"


def test_query_string_stays_out(
    client: Client, caplog: pytest.LogCaptureFixture
) -> None:
    logger = logging.getLogger("config")
    logger.addHandler(caplog.handler)
    try:
        client.get("/no/such/page?q=ACME+42.00")
    finally:
        logger.removeHandler(caplog.handler)
    text = " ".join(str(record.msg) for record in caplog.records)
    assert "/no/such/page" in text
    assert "ACME" not in text
