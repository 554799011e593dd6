"""Whether planted errors can be told from real doubts, and what their rates are worth.

    python -m benchmarks.seeds fill
    python -m benchmarks.seeds looks [--plant 20] [--tenant SLUG]
    python -m benchmarks.seeds coverage [--runs 1000]

fill: reads the text lines of receipts/labels.jsonl in the folder that PALIMPSEST_DATA
names, 609 real receipts, by the last steps of the pipeline into a tenant "labels" of
the database at hand, with a review task for each that is doubtful, nothing planted, and
the truth of every second one filed, from which confusions are learned. It stays there:
set PALIMPSEST_HOME to a scratch folder with the demo in it.

looks: plants in every case with doubtful values of the database at hand (the demo's,
after `manage.py load_demo`), so many times with other dice, and lets a classifier guess
from what a reviewer sees, field, reason, place in the order, confidence, further
readings and the shape of the value, which question is which; judged on cases that it
was not taught with. Nothing is written.

coverage: teams whose true miss rates are known answer planted errors; how often the
interval shown holds the truth. Beside it the exact interval, which is not shown.
"""

from __future__ import annotations

import argparse
import io
import os
import random
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cache

import django
import numpy as np
from scipy.optimize import minimize

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
django.setup()

from django.conf import settings  # noqa: E402
from django.db import connection, transaction  # noqa: E402

from benchmarks import extraction  # noqa: E402
from catalog.models import (  # noqa: E402
    Generation,
    GoldenCase,
    GoldenValue,
    Tenant,
)
from catalog.services import (  # noqa: E402
    NewArtifact,
    Reading,
    register_source,
    store_generation,
)
from config import postgres  # noqa: E402
from pipeline import versions  # noqa: E402
from pipeline.claims import Claim, ValueType  # noqa: E402
from pipeline.doubts import Doubt  # noqa: E402
from pipeline.extracting.values import normalise  # noqa: E402
from pipeline.manifest import Manifest  # noqa: E402
from pipeline.models import PipelineVersion  # noqa: E402
from pipeline.report import live_fields  # noqa: E402
from pipeline.stats.proportions import clopper_pearson  # noqa: E402
from reviewer import services, triage  # noqa: E402
from reviewer.checks import Rate, planting  # noqa: E402
from reviewer.checks.confusions import family_of  # noqa: E402
from reviewer.checks.donors import Donors  # noqa: E402
from reviewer.models import CheckShare, PlantedError, ReviewTask  # noqa: E402
from reviewer.wording import ABOUT_THE_DOCUMENT  # noqa: E402

FOLDS = 5
RIDGE = 1.0
SIZES = (30, 60, 120, 300, 1000)


@dataclass(frozen=True, slots=True)
class Seen:
    """A question as a reviewer sees it; case: its number."""

    case: int
    planted: bool
    words: tuple[str, ...]
    numbers: tuple[float, ...]


def seen_of(case: int, place: int, doubt: Doubt, *, planted: bool) -> Seen:
    claim = doubt.claim
    value = claim.value if claim else ""
    signs = len(value) or 1
    return Seen(
        case,
        planted,
        words=(
            f"field {family_of(doubt.slot)}",
            f"reason {doubt.reason}",
            f"status {claim.status if claim and value else 'nothing'}",
        ),
        numbers=(
            float(place),
            claim.confidence if claim and value else 0.0,
            float(len(claim.candidates)) if claim else 0.0,
            float(bool(claim and claim.region)),
            float(len(value)),
            sum(map(str.isdigit, value)) / signs,
            sum(map(str.isupper, value)) / signs,
            float(bool(claim and claim.raw != value)),
        ),
    )


@dataclass(slots=True)
class Cases:
    """all: with doubts about single values. tries: to plant, in all of them together;
    free: what the donors of each expected of one try."""

    rows: list[Seen]
    all: int = 0
    tries: int = 0
    free: float = 0.0


def fill() -> None:
    """Nothing twice: a second call finds its tenant and reads no more."""
    tenant, made = Tenant.objects.get_or_create(slug="labels", name="Labels")
    if not made:
        return
    CheckShare.objects.create(tenant=tenant, share=0)
    version, engine = versions.ensure_built_in(), extraction.RulesEngine()
    for number, document in enumerate(extraction.label_documents(None)):
        with transaction.atomic():
            read = extraction.process(engine, document)
            generation = _stored(tenant, version, document, read)
            services.open_task(generation=generation)
            if number % 2:
                file_truth(generation, document)
    print(ReviewTask.objects.filter(tenant=tenant).count(), "cases")


def file_truth(generation: Generation, document: extraction.Document) -> None:
    """What an installation would have learned from its corrections."""
    said = {one.slot: one for one in live_fields(generation)}
    case = GoldenCase.objects.create(
        source=generation.source,
        document_type=generation.document_type,
        came_from=GoldenCase.CameFrom.IMPORT,
    )
    for slot, true in document.truth.items():
        if true and slot in said and extraction.TYPES[slot] is not ValueType.ADDRESS:
            GoldenValue.objects.create(
                case=case,
                slot=slot,
                value_type=extraction.TYPES[slot],
                value=normalise(extraction.TYPES[slot], true) or true,
                machine_value=(said[slot].payload or {})["value"],
                machine_region=said[slot].region,
                pipeline_version=generation.pipeline_version,
            )


def _stored(
    tenant: Tenant,
    version: PipelineVersion,
    document: extraction.Document,
    read: extraction.Result,
) -> Generation:
    stream = io.BytesIO(f"%PDF-1.4 {document.name}".encode())
    source = register_source(tenant=tenant, stream=stream, name=document.name).source
    words = NewArtifact("ocr", "page=1", "ocr", payload=document.pages[0].as_json())
    return store_generation(
        source=source,
        reading=Reading(
            pipeline_name=version.name,
            pipeline_version=version.version,
            complete=True,
            disposition=read.disposition,
            reason=read.reason,
            document_type=read.extraction.document_type,
            template_key="",
            artifacts=[words, *map(_field, read.extraction.claims)],
        ),
    )


def _field(claim: Claim) -> NewArtifact:
    payload = claim.as_json()
    region = payload.pop("region")
    return NewArtifact(
        "field",
        claim.slot,
        "verify",
        model_id="rules",
        payload=payload,
        region=region,
        inputs=(("ocr", "page=1"),),
    )


def questions(times: int, slug: str | None) -> Cases:
    """Real ones as they are asked, and those that were planted among them."""
    found = Cases([])
    known: dict[tuple[object, str], Donors] = {}
    planting.learn = cache(planting.learn)
    tasks = ReviewTask.objects.asking(ReviewTask.Asks.DOUBTS)
    if slug:
        tasks = tasks.filter(tenant__slug=slug)
    for task in tasks.select_related("generation__source").order_by("pk"):
        generation = task.generation
        fields = live_fields(generation)
        manifest = Manifest.of(PipelineVersion.objects.of(generation))
        spec = manifest.document_type(generation.document_type)
        doubts = triage.questions(
            generation=generation, fields=fields, manifest=manifest
        )
        if spec is None or not doubts or doubts[0].reason in ABOUT_THE_DOCUMENT:
            continue
        found.all += 1
        found.rows += [
            seen_of(found.all, place, doubt, planted=False)
            for place, doubt in enumerate(doubts)
        ]
        tenant_id = generation.source.tenant_id
        key = tenant_id, generation.document_type
        if key not in known:
            known[key] = Donors.of(*key, spec)
        donors = known[key]
        found.free += donors.free if donors.enough else 1.0
        for time in range(times):
            found.tries += 1
            thrown = dice(found.all, time)
            seed = planting.make_seed(generation, doubts, fields, spec, donors, thrown)
            if seed is not None:
                doubt = seed.doubts[seed.place]
                found.rows.append(seen_of(found.all, seed.place, doubt, planted=True))
    return found


def dice(case: int, time: int) -> random.Random:
    return random.Random(f"{case} {time}")  # noqa: S311 - so that runs are alike


def columns(rows: Sequence[Seen]) -> np.ndarray:
    words = sorted({word for row in rows for word in row.words})
    numbers = np.array([row.numbers for row in rows])
    numbers = (numbers - numbers.mean(0)) / np.maximum(numbers.std(0), 1e-9)
    flags = np.array([[float(word in row.words) for word in words] for row in rows])
    return np.hstack([np.ones((len(rows), 1)), numbers, flags])


def logistic(x: np.ndarray, y: np.ndarray) -> np.ndarray:
    """Weights of a ridge regression; both classes count alike."""
    weight = np.where(y, 0.5 / max(y.sum(), 1), 0.5 / max((~y).sum(), 1)) * len(y)
    sign = np.where(y, 1.0, -1.0)

    def loss(w: np.ndarray) -> tuple[float, np.ndarray]:
        margin = sign * (x @ w)
        slope = -sign * weight / (1 + np.exp(np.clip(margin, -50, 50)))
        penalty = RIDGE * np.append(0.0, w[1:])
        value = float((weight * np.logaddexp(0, -margin)).sum() + penalty @ w / 2)
        return value, x.T @ slope + penalty

    return np.asarray(minimize(loss, np.zeros(x.shape[1]), jac=True).x)


def auc(scores: np.ndarray, y: np.ndarray) -> float:
    """How often a planted one has the higher score; ties count half."""
    planted, real = np.sort(scores[y]), scores[~y]
    below = np.searchsorted(planted, real, side="left")
    upto = np.searchsorted(planted, real, side="right")
    above = len(planted) - upto + (upto - below) / 2
    return float(above.sum() / (len(planted) * len(real)))


def guessed(rows: Sequence[Seen], x: np.ndarray, y: np.ndarray) -> np.ndarray:
    """Each row's score by a classifier that never saw its case."""
    fold = np.array([row.case % FOLDS for row in rows])
    scores = np.zeros(len(rows))
    for one in range(FOLDS):
        test = fold == one
        if test.any() and y[~test].any():
            scores[test] = x[test] @ logistic(x[~test], y[~test])
    # Scores of different folds are on different scales.
    for one in range(FOLDS):
        test = fold == one
        if test.any():
            scores[test] = scores[test].argsort().argsort() / test.sum()
    return scores


def looks(times: int, slug: str | None) -> None:
    cases = questions(times, slug)
    filed = PlantedError.objects.count()
    rows = cases.rows
    y = np.array([row.planted for row in rows])
    x = columns(rows)
    print(f"cases with doubts about single values: {cases.all}")
    print(f"planted in the database at hand: {filed}")
    print(f"real questions: {(~y).sum()}; planted: {y.sum()} in {cases.tries} tries")
    print(f"tries expected to plant: {cases.free / max(cases.all, 1):.0%}")
    if not y.any():
        return
    numbers = ["place", "confidence", "readings", "has place", "length"]
    numbers += ["digits", "capitals", "printed otherwise"]
    print(f"AUC, all together, on other cases: {auc(guessed(rows, x, y), y):.3f}")
    print(f"AUC, taught with the very same cases: {auc(x @ logistic(x, y), y):.3f}")
    for field in sorted({row.words[0] for row in rows}):
        of_field = np.array([row.words[0] == field for row in rows])
        both = y[of_field]
        if both.any() and not both.all():
            part = auc(guessed(rows, x, y)[of_field], both)
            print(f"  {field}: {len(both)} questions, {part:.3f}")
    for place, name in enumerate(numbers, start=1):
        one = auc(x[:, place], y)
        print(f"  {name} alone: {max(one, 1 - one):.3f}")
    for kind in ("field", "reason", "status"):
        one = auc(_by_word(rows, y, kind), y)
        print(f"  {kind} alone, taught with the very same cases: {one:.3f}")


def _by_word(rows: Sequence[Seen], y: np.ndarray, kind: str) -> np.ndarray:
    """The share of planted ones among those with the same word."""
    words = [next(w for w in row.words if w.startswith(kind)) for row in rows]
    of_word: dict[str, list[bool]] = {word: [] for word in words}
    for word, planted in zip(words, y, strict=True):
        of_word[word].append(bool(planted))
    return np.array([np.mean(of_word[word]) for word in words])


@dataclass(frozen=True, slots=True)
class Team:
    """missed: the true share by person and field; load: who answers how much of what;
    days: how much everybody's odds vary from day to day (standard deviation).
    """

    missed: np.ndarray
    load: np.ndarray
    days: float = 0.0

    @property
    def truth(self) -> float:
        if not self.days:
            return float((self.missed * self.load).sum())
        # The mean over days, by a fixed large sample.
        rng = np.random.default_rng(0)
        drift = rng.normal(0, self.days, 20_000)
        odds = np.log(self.missed / (1 - self.missed))[..., None] + drift
        return float(((1 / (1 + np.exp(-odds))).mean(-1) * self.load).sum())

    def answers(self, rng: np.random.Generator, size: int) -> Rate:
        """About so many planted errors; how many is left to chance as well."""
        n = max(int(rng.poisson(size)), 1)
        drawn = rng.choice(self.load.size, n, p=self.load.ravel())
        rates = self.missed.ravel()[drawn]
        if self.days:
            # Two answers of a day share its mood.
            mood = np.repeat(rng.normal(0, self.days, n // 2 + 1), 2)[:n]
            rates = 1 / (1 + np.exp(-(np.log(rates / (1 - rates)) + mood)))
        return Rate(int((rng.random(n) < rates).sum()), n)


def teams(rng: np.random.Generator) -> Iterable[tuple[str, Callable[[], Team]]]:
    """Eight people, five fields; a new team every run where they differ."""
    shape = (8, 5)
    even = np.full(shape, 1 / 40)

    def loads() -> np.ndarray:
        people, fields = rng.dirichlet(np.full(8, 2.0)), rng.dirichlet(np.full(5, 2.0))
        return np.outer(people, fields)

    for rate in (0.03, 0.08, 0.2):
        yield (
            f"everybody misses {rate:.0%}",
            lambda r=rate: Team(np.full(shape, r), even),
        )  # type: ignore[misc]
    yield (
        "people differ (2 to 30 %)",
        lambda: Team(rng.uniform(0.02, 0.3, (8, 1)) * np.ones(shape), loads()),
    )
    yield (
        "fields differ (1 to 25 %)",
        lambda: Team(rng.uniform(0.01, 0.25, (1, 5)) * np.ones(shape), loads()),
    )
    yield (
        "people and fields differ",
        lambda: Team(np.clip(rng.beta(1, 9, shape), 0.002, 0.9), loads()),
    )
    yield (
        "all that, and days differ",
        lambda: Team(np.clip(rng.beta(1, 9, shape), 0.002, 0.9), loads(), days=0.5),
    )


def coverage(runs: int) -> None:
    rng = np.random.default_rng(20261126)
    print(f"share of {runs} runs in which the 95 % interval holds the truth:")
    print("shown (Wilson) / exact (Clopper and Pearson), by answers a run")
    print(f"{'':28}", *(f"{size:>13}" for size in SIZES))
    for name, make in teams(rng):
        cells = []
        for size in SIZES:
            held = exact = 0
            for _ in range(runs):
                team = make()
                truth, rate = team.truth, team.answers(rng, size)
                held += rate.low <= truth <= rate.high
                other = clopper_pearson(rate.missed, rate.answered)
                exact += other.lower <= truth <= other.upper
            cells.append(f"{held / runs:.3f}/{exact / runs:.3f}")
        print(f"{name:28}", *(f"{cell:>13}" for cell in cells), flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    verbs = parser.add_subparsers(dest="verb", required=True)
    verbs.add_parser("fill")
    looking = verbs.add_parser("looks")
    looking.add_argument("--plant", type=int, default=20)
    looking.add_argument("--tenant", metavar="SLUG", help="cases of this one only")
    verbs.add_parser("coverage").add_argument("--runs", type=int, default=1000)
    asked = parser.parse_args()
    if asked.verb == "coverage":
        coverage(asked.runs)
        return
    postgres.ensure_running(settings.HOME)
    try:
        if asked.verb == "fill":
            fill()
        else:
            looks(asked.plant, asked.tenant)
        connection.close()
    finally:
        postgres.release(settings.HOME)


if __name__ == "__main__":
    main()
