#!/usr/bin/env python
from __future__ import annotations

import os
import sys

from config import postgres
from config.cluster import PostgresError
from config.home import home_path, read_env_file

WITHOUT_DATABASE = {
    *("help", "version", "--help", "--version", "-h"),
    *("collectstatic", "findstatic", "diffsettings", "spectacular"),
}


def start_database(command: str) -> None:
    try:
        postgres.ensure_running(home_path(), say)
    except (PostgresError, OSError) as error:
        # `check` goes on: it names everything that is missing, this too.
        if command != "check":
            sys.exit(str(error))


def say(line: str) -> None:
    sys.stderr.write(f"{line}\n")


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    read_env_file()
    command = sys.argv[1] if len(sys.argv) > 1 else "help"
    if command not in WITHOUT_DATABASE:
        start_database(command)
    from django.core.management import execute_from_command_line

    try:
        execute_from_command_line(sys.argv)
    except BrokenPipeError:
        # Whoever read our lines has seen enough, as `head` does.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(1)


if __name__ == "__main__":
    main()
