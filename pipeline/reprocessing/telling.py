"""Sentences for people: forecasts, progress, amounts."""

from __future__ import annotations

from decimal import Decimal

from pipeline.models import Reprocess
from pipeline.prices import no_price_said
from pipeline.reprocessing.dry_run import Forecast
from pipeline.reprocessing.measured import About
from pipeline.reprocessing.progress import Progress

NOBODY_KNOWS = "nobody knows yet"
UPPER_BOUND = (
    "That a step gives what it gave before, so that the next one is spared after all,"
    " cannot be foreseen: these are upper bounds."
)


def usd(micro_usd: float) -> str:
    """Four digits after the point below a dollar, two above."""
    amount = Decimal(round(micro_usd)) / 1_000_000
    return f"{amount:,.2f} USD" if amount >= 1 or not amount else f"{amount:.4f} USD"


def time_text(ms: float) -> str:
    """In the two largest units that suit it."""
    seconds = ms / 1000
    if seconds < 90:
        return f"{seconds:.0f} s" if seconds >= 10 else f"{seconds:.1f} s"
    minutes = round(seconds / 60)
    if minutes < 90:
        return f"{minutes} min"
    hours = round(minutes / 60)
    return f"{hours} h" if hours < 48 else f"{round(hours / 24)} days"


def about_time(about: About | None) -> str:
    if about is None:
        return NOBODY_KNOWS
    low, high = time_text(about.low), time_text(about.high)
    between = f" ({low} to {high})" if low != high else ""
    return f"{time_text(about.value)}{between}"


def about_usd(about: About | None) -> str:
    if about is None:
        return NOBODY_KNOWS
    low, high = usd(about.low), usd(about.high)
    return f"{usd(about.value)} ({low} to {high})" if low != high else usd(about.value)


def price_text(found: Forecast) -> str:
    """Says where nobody knows it, and where it is no measurement."""
    if found.unpriced:
        missing = no_price_said(found.unpriced, on=found.day)
        return f"nobody knows: {missing}; enter it under Models in the admin"
    foretold = "; foretold from pictures, formula and price, not measured"
    return about_usd(found.micro_usd) + (foretold if found.foretold else "")


def forecast_text(found: Forecast) -> str:
    lines = [
        f"{found.version} would read {found.sources - found.read} of {found.sources}"
        f" sources; {found.read} it has read before."
    ]
    if not found.exact:
        lines.append(
            f"Looked at {found.looked_at} of them, drawn at random; scaled to all."
        )
    lines.append(f"Steps to run: {found.run}; spared by the memo: {found.spared}.")
    lines += [
        f"  {step.step:<14} {step.run:>8} run {step.spared:>8} spared"
        f"  {about_time(step.ms) if step.run else '-'}"
        for step in found.steps
    ]
    lines.append(
        f"Time: {about_time(found.ms)} of work; with {found.workers} workers"
        f" {about_time(found.elapsed_ms)}."
    )
    lines.append(f"Price: {price_text(found)}.")
    if found.unknown:
        names = ", ".join(found.unknown)
        lines.append(f"What {names} takes was not measured here: run the canary first.")
    return "\n".join([*lines, UPPER_BOUND])


def state_text(reprocess: Reprocess) -> str:
    """running; paused: its stage is done."""
    why = reprocess.get_why_display()
    state = str(reprocess.get_state_display()).lower()
    return f"{state}: {why}" if why else state


def _beside(found: Progress) -> str:
    names = " and ".join(found.unpriced)
    return f", and what nobody knows at {names}, without a price" if names else ""


def progress_text(found: Progress) -> str:
    reprocess = found.reprocess
    lines = [
        f"{reprocess.pk} to {reprocess.pipeline_version}: {state_text(reprocess)}",
        f"{found.ended} of {found.items} items have ended.",
    ]
    for stage in found.stages:
        counts = ", ".join(f"{n} {state}" for state, n in sorted(stage.states.items()))
        lines.append(f"  {stage.stage.label:<7} {counts or 'no items'}")
    if found.verdicts:
        said = ", ".join(f"{n} {word}" for word, n in found.verdicts.items())
        lines.append(f"Compared: {said}; {found.disagreeing} disagree.")
    if found.without_candidate:
        lines.append(f"{found.without_candidate} were refused by the new version.")
    if found.rate:
        left = time_text((found.seconds_left or 0) * 1000)
        lines.append(f"{found.rate:.1f} items a minute; about {left} left.")
    budget = reprocess.budget_micro_usd
    limit = f" of {usd(budget)}" if budget is not None else ""
    lines.append(
        f"Spent {usd(found.sums['micro_usd'])}{limit}{_beside(found)};"
        f" {found.sums['steps_run']} steps ran,"
        f" {found.sums['steps_spared']} were spared."
    )
    return "\n".join(lines)
