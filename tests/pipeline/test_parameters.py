"""Every parameter of every step is described, and every described one is a step's."""

from __future__ import annotations

from pipeline.definitions.doc_extract import MOST_PIXELS, PARAMS
from pipeline.engines.handler import engines
from pipeline.manifest import Manifest, StepEntry
from pipeline.parameters import PARAMETERS, of_step, options_of, with_values
from pipeline.steps import (
    extract_pictures,
    input_gate,
    layout,
    normalize,
    ocr,
    verify,
)
from pipeline.wording import plain

DEFAULTS = {
    "input_gate": input_gate.DEFAULTS,
    "normalize": normalize.DEFAULTS,
    "ocr": ocr.DEFAULTS,
    "layout": layout.DEFAULTS,
    "verify": verify.DEFAULTS,
}


def described(step: str) -> dict[str, object]:
    """Of the step's plain code."""
    return {one.name: one.default for one in PARAMETERS if one.is_of(step, "1.0.0")}


def test_the_built_in_version_sets_what_is_described() -> None:
    chosen = {"max_pixels": MOST_PIXELS}
    for step, params in PARAMS.items():
        said = described(step)
        assert dict(params) == {
            **said,
            **{name: value for name, value in chosen.items() if name in said},
        }


def test_defaults_are_those_of_the_steps() -> None:
    for step, defaults in DEFAULTS.items():
        assert described(step) == dict(defaults)


def test_the_step_that_shows_pictures_is_described_whole_and_in_words() -> None:
    entry = StepEntry("extract", "1.0.0+pictures", "", dict(extract_pictures.DEFAULTS))

    shown = of_step(entry)

    assert {one.name: one.default for one in shown} == dict(extract_pictures.DEFAULTS)
    for one in shown:
        assert one.help_text, one.name
        assert one.label != plain(one.name) or one.name == "prompt", one.name
        if isinstance(one.default, int) and not isinstance(one.default, bool):
            assert None not in (one.least, one.most), one.name
    # The plain step's own are not its: it would not know what to do with them.
    assert "charges" not in {one.name for one in shown}


def test_defaults_are_within_their_bounds() -> None:
    for one in PARAMETERS:
        if one.least is not None and one.most is not None:
            assert one.least <= one.default <= one.most, one.name
        if one.choices:
            assert one.default in dict(one.choices)


def manifest(**params: object) -> Manifest:
    entries = [StepEntry(name, "1.0.0", "", {}) for name in ("normalize", "ocr")]
    gate = StepEntry("input_gate", "1.0.0", "", dict(params))
    return Manifest((gate, *entries), {}, ())


def test_a_shared_limit_is_set_for_all_who_share_it() -> None:
    pages = next(one for one in PARAMETERS if one.name == "max_pages")

    changed = with_values(manifest(), {pages: 9})

    assert [entry.params for entry in changed.steps] == [{"max_pages": 9}] * 3


def test_what_says_the_same_stays_as_it_is() -> None:
    pages = next(one for one in PARAMETERS if one.name == "max_pages")

    assert with_values(manifest(), {pages: pages.default}) == manifest()
    # Set back to the default it is written out: a release must not follow defaults.
    changed = with_values(manifest(max_pages=9), {pages: 50})
    assert changed.steps[0].params == {"max_pages": 50}


def test_what_nobody_described_is_shown_by_its_name() -> None:
    entry = StepEntry("ground", "1.0.0", "", {"prompt": "Read.", "depth": 2})

    shown = {one.name: one.label for one in of_step(entry)}

    assert shown == {"prompt": "Prompt", "depth": "Depth"}


def test_an_engines_options_are_read_off_its_constructor() -> None:
    backend = engines.backends["ocr"]["BACKEND"]

    found = options_of("ocr", backend, runtime={"threads": None})

    assert [(one.name, one.default) for one in found] == [
        ("min_confidence", 0.5),
        ("max_pixels", 1_500_000),
    ]
    assert found[0].most == 1.0
