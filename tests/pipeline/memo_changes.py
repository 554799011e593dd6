"""Ways to change one thing of a small step in files of its own (memo_world)."""

from __future__ import annotations

import locale
import os
import shutil
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from typing import Any, NamedTuple

import pytest

from pipeline.memo import environment, installed
from tests.pipeline.memo_world import ToyStep, World

Patch = pytest.MonkeyPatch
Mutation = Callable[[World, Patch], Any]
READ, HELPER, ENGINE = "toy/steps/read.py", "toy/helper.py", "toy/engine.py"


class Release(NamedTuple):
    """As sys.version_info: what is asked of it here."""

    major: int
    minor: int
    micro: int


def edit(name: str, old: str, new: str) -> Mutation:
    return lambda world, patch: world.edit(name, old, new)


def version(name: str, number: str = "99.0") -> Mutation:
    """Another version of a distribution is installed."""

    def change(world: World, patch: Patch) -> None:
        known = installed.version_of
        patch.setattr(
            installed, "version_of", lambda n: number if n == name else known(n)
        )

    return change


def requirement(world: World, patch: Patch) -> None:
    """A package that is imported begins to require another one."""
    known = installed.required_by
    more = {"pillow": ("six",)}
    patch.setattr(installed, "required_by", lambda n: more.get(n) or known(n))


def python(minor: int, micro: int) -> Mutation:
    return lambda world, patch: patch.setattr(
        sys, "version_info", Release(sys.version_info.major, minor, micro)
    )


def step_that(**said: Any) -> Mutation:
    """The step's class says something else of itself."""

    def change(world: World, patch: Patch) -> None:
        world.step = type("ToyStep", (ToyStep,), said)()
        type(world.step).__module__ = ToyStep.__module__

    return change


def made(index: int, **changes: Any) -> Mutation:
    def change(world: World, patch: Patch) -> None:
        world.made[index] = replace(world.made[index], **changes)

    return change


def original(**changes: Any) -> Mutation:
    def change(world: World, patch: Patch) -> None:
        world.source = replace(world.source, **changes)

    return change


def swap_pages(world: World, patch: Patch) -> None:
    one, other = world.made[:2]
    world.made[0] = replace(one, payload_hash=other.payload_hash)
    world.made[1] = replace(other, payload_hash=one.payload_hash)


def rename_helper(world: World, patch: Patch) -> None:
    world.write("toy/helping.py", (world.root / HELPER).read_text())
    world.edit(READ, "from toy import helper", "from toy import helping as helper")


def speak(word: str) -> Mutation:
    """A docstring that the code looks at is no comment."""

    def change(world: World, patch: Patch) -> None:
        world.edit(READ, "import PIL", "import PIL\nimport toy.speaking")
        before = world.key()
        world.edit("toy/speaking.py", "Speaks.", word)
        assert world.key() != before

    return change


def speak_of_another(world: World, patch: Patch) -> None:
    """A docstring that other code looks at is no comment either."""
    world.edit(READ, "LIMIT = 3", "LIMIT = len(helper.__doc__)")
    before = world.key()
    world.edit(HELPER, "Helps.", "Helps a lot.")
    assert world.key() != before


def no_program(world: World, patch: Patch) -> None:
    patch.setattr(shutil, "which", lambda name: None)


def other_program(world: World, patch: Patch) -> None:
    known = environment.version_of_program
    patch.setattr(environment, "version_of_program", lambda name: known(name) + ".1")


def other_locale(world: World, patch: Patch) -> None:
    patch.setattr(locale, "setlocale", lambda category: "tr_TR.UTF-8")


def other_zone(world: World, patch: Patch) -> None:
    patch.setattr(time, "tzname", ("CET", "CEST"))


def touch(world: World, patch: Patch) -> None:
    for path in world.root.rglob("*.py"):
        os.utime(path, (1, 1))


def move(world: World, patch: Patch) -> None:
    world.root = world.root.rename(world.root.with_name("elsewhere"))


def windows_ends(world: World, patch: Patch) -> None:
    text = (world.root / READ).read_text()
    world.write(READ, text.replace("\n", "\r\n"))


def sort_backwards(world: World, patch: Patch) -> None:
    """Every dictionary of the manifest in the other order."""

    def turned(data: Any) -> Any:
        if isinstance(data, dict):
            return {key: turned(data[key]) for key in reversed(data)}
        return [turned(one) for one in data] if isinstance(data, list) else data

    world.manifest = turned(world.manifest)


def change_other_step(world: World, patch: Patch) -> None:
    world.manifest["steps"][1].update(version="2.0.0", params={"x": 2})
