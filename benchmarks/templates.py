"""Template keys against known look-alikes: pairwise precision, recall and F1.

    python -m benchmarks.templates WORDS TRUTH

WORDS is a folder with one JSON file a document (a list of pages as PageWords.as_json
gives them), or a file of JSON lines with "path" and "template_key", as `manage.py
process --json` prints. TRUTH is a file of JSON lines with "file" and "cluster", or with
"file" and "fields" whose "company" tells look-alikes apart. Two documents are a pair of
look-alikes if the truth says so, and a found pair if their keys are the same.
"""

from __future__ import annotations

import argparse
import json
import re
import sys
from collections import Counter, defaultdict
from collections.abc import Mapping
from pathlib import Path

from pipeline.layout.analyse import analyse
from pipeline.words import PageWords


def keys_of(source: Path) -> dict[str, str]:
    """Template keys by document name without ending."""
    if source.is_dir():
        return {path.stem: key_of(path) for path in sorted(source.glob("*.json"))}
    rows = (json.loads(line) for line in source.read_text("utf-8").splitlines())
    return {Path(row["path"]).stem: row.get("template_key") or "" for row in rows}


def key_of(path: Path) -> str:
    """The key of a document whose words are kept in a file."""
    pages = [PageWords.from_json(page) for page in json.loads(path.read_text("utf-8"))]
    return analyse(pages).template_key


def clusters_of(truth: Path) -> dict[str, str]:
    """What tells look-alikes by document name without ending."""
    clusters = {}
    for line in truth.read_text("utf-8").splitlines():
        row = json.loads(line)
        told = row.get("cluster", row.get("fields", {}).get("company"))
        clusters[Path(row["file"]).stem] = re.sub(r"\W", "", str(told)).casefold()
    return clusters


def pairs(groups: Mapping[str, str]) -> int:
    """How many pairs of documents have the same mark."""
    return sum(count * (count - 1) // 2 for count in Counter(groups.values()).values())


def score(keys: Mapping[str, str], clusters: Mapping[str, str]) -> dict[str, float]:
    """Pairwise precision, recall and F1, and the three counts behind them."""
    names = sorted(set(keys) & set(clusters))
    found = pairs({name: keys[name] for name in names})
    true = pairs({name: clusters[name] for name in names})
    both = pairs({name: f"{keys[name]} {clusters[name]}" for name in names})
    return {
        "documents": len(names),
        "found pairs": found,
        "true pairs": true,
        "both": both,
        "precision": both / found if found else 1.0,
        "recall": both / true if true else 1.0,
        "f1": 2 * both / (found + true) if found + true else 1.0,
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("words", type=Path)
    parser.add_argument("truth", type=Path)
    parser.add_argument("--groups", action="store_true", help="list the groups found")
    args = parser.parse_args()
    keys, clusters = keys_of(args.words), clusters_of(args.truth)
    for name, value in score(keys, clusters).items():
        print(f"{name:<12} {value:.3f}" if value % 1 else f"{name:<12} {value:.0f}")
    if args.groups:
        groups: dict[str, list[str]] = defaultdict(list)
        for name, key in keys.items():
            groups[key].append(f"{name} ({clusters.get(name, '?')})")
        for key, members in sorted(groups.items(), key=lambda item: -len(item[1])):
            print(key, ", ".join(members), file=sys.stderr)


if __name__ == "__main__":
    main()
