"""What a gate catches, what it lets pass, and how often it is wrong, by simulation.

    python -m benchmarks.gate [--seeds 100] [--simulations 1000] [--documents 100]

Documents are drawn, not read: see gate_worlds.py. "answered": every disagreement, or
only those of a random sample of so many documents in a hundred.
"""

from __future__ import annotations

import argparse
import os
import time

import django


def main() -> None:
    parser = argparse.ArgumentParser(description="What a gate catches.")
    parser.add_argument("--seeds", type=int, default=100)
    parser.add_argument("--simulations", type=int, default=1000)
    parser.add_argument("--documents", type=int, default=100, help="a template")
    asked = parser.parse_args()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    django.setup()
    began = time.perf_counter()
    print_regressions(asked.documents, asked.seeds)
    print_nulls(asked.documents, asked.simulations)
    print_canary(asked.simulations)
    print(f"{time.perf_counter() - began:.0f} s")


def print_regressions(each: int, seeds: int) -> None:
    from benchmarks.gate_worlds import World, regressions

    print(f"One template of twenty made worse, margin 5 %, {seeds} seeds a row")
    head = "documents  loss  answered  answers | blocked  held | nineteen: mean  fewest"
    print(f"{head}  all  of their documents move")
    rows = [World(each, harm) for harm in (0.05, 0.10, 0.15, 0.20, 0.30)]
    rows += [World(2 * each, harm) for harm in (0.10, 0.15)]
    # Large enough that chance alone brings none of the nineteen beyond its margin.
    rows += [World(3 * each, 0.15), World(5 * each, 0.10)]
    rows += [World(5 * each, harm, 0.5) for harm in (0.10, 0.20)]
    for world in rows:
        found = regressions(world, seeds)
        answered = "all" if world.sample == 1 else f"{world.sample:.0%}"
        print(
            f"{world.each:9}  {world.harm:4.0%}  {answered:>8}"
            f"  {found.answers / seeds:7.0f} | {found.blocked:7}  {found.held:4}"
            f" | {found.nineteen / seeds:14.2f}  {found.fewest:6}"
            f"  {found.all_nineteen:3}  {found.moved / seeds:24.1%}",
            flush=True,
        )
    print()


def print_nulls(each: int, simulations: int) -> None:
    from benchmarks.gate_worlds import World, false_blocks

    print(f"No true difference, {simulations} simulations a row: falsely blocked")
    print("documents  noise  answered | any slice  canary  either | fit to activate")
    worlds = (
        World(each),
        World(each, sample=0.5),
        World(each, noise=0.15),
        World(each, sample=0.5, noise=0.15),
    )
    for world in worlds:
        found = false_blocks(world, simulations)
        harm, stops, either, fit = (100 * count / simulations for count in found)
        answered = "all" if world.sample == 1 else f"{world.sample:.0%}"
        print(
            f"{world.each:9}  {world.noise:5.0%}  {answered:>8} | {harm:7.1f} %"
            f"  {stops:4.1f} %  {either:4.1f} % | {fit:13.1f} %",
            flush=True,
        )
    print()


def print_canary(simulations: int) -> None:
    from benchmarks.gate_worlds import canary_stops

    print(f"Canary, looked at after each of 500 answers, {simulations} a row: stopped")
    for share in (0.5, 0.55, 0.6, 0.7, 0.9):
        stopped = canary_stops(500, simulations, share)
        print(f"  {share:.0%} of the answers for the old version: {stopped:.1%}")
    print()


if __name__ == "__main__":
    main()
