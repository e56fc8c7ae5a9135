"""Verification of signed records against the libraries of others, as ratios of one run."""

from __future__ import annotations

import argparse
import collections
import dataclasses
import time
from pathlib import Path
from typing import TYPE_CHECKING

from credential_peers import OurProofs, OurVerdict, Refused, sides
from credential_records import SUITES, sample

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from credential_peers import Side
    from credential_records import Sample, Suite

#: Seconds for which a side repeats before it is the next one's turn.
_TURN = 0.3


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class _Time:
    """The shortest time of a side, and why it refused if it did."""

    milliseconds: float
    refusal: str = ""


#: By side and size.
_Times = dict[tuple[str, int], _Time]


def main() -> None:
    """Print a table for each suite: the outer proof only, then every proof."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sizes", type=int, nargs="+", default=[1, 10, 100, 1000], help="members of a record")
    parser.add_argument("--suites", nargs="+", default=sorted({suite.name for suite in SUITES}))
    parser.add_argument("--seconds", type=float, default=15, help="how long a size is repeated, once at least")
    parser.add_argument("--peers", type=Path, help="folder in which npm installed benchmarks/peers")
    options = parser.parse_args()
    everybody = sides(options.peers)
    for suite in SUITES:
        if suite.name in options.suites:
            _report(suite, [each for each in everybody if each.knows(suite)], options.sizes, options.seconds)


def _report(suite: Suite, known: Sequence[Side], sizes: Sequence[int], seconds: float) -> None:
    everything: _Times = {}
    outer: _Times = {}
    for size in sizes:
        whole = sample(size, suite)
        everything |= {(name, size): found for name, found in _measured(whole, known, seconds).items()}
        if not suite.is_token:
            proofs = [each for each in known if not isinstance(each, OurVerdict)]
            found = _measured(whole.only_outer(), proofs, seconds)
            outer |= {(name, size): each for name, each in found.items()}
    names = [each.name for each in known]
    if outer:
        _print(f"{suite.title}: outer proof only", names, sizes, outer)
    _print(f"{suite.title}: {'every token' if suite.is_token else 'every proof'}", names, sizes, everything)


def _measured(work: Sample, known: Sequence[Side], seconds: float) -> dict[str, _Time]:
    """Return the shortest time of each side; sides take turns, so that the machine is the same for all."""
    found: dict[str, list[_Time]] = collections.defaultdict(list)
    begin = time.perf_counter()
    while not found or time.perf_counter() - begin < seconds:
        for side in known:
            turn = time.perf_counter()
            while not found[side.name] or time.perf_counter() - turn < _TURN:
                found[side.name].append(_once(side, work))
    return {name: min(times, key=lambda each: each.milliseconds) for name, times in found.items()}


def _once(side: Side, work: Sample) -> _Time:
    try:
        return _Time(milliseconds=side.milliseconds(work))
    except Refused as refused:
        return _Time(milliseconds=refused.milliseconds, refusal=str(refused))


def _print(title: str, names: Sequence[str], sizes: Sequence[int], times: _Times) -> None:
    """Print one table in Markdown: milliseconds, and how many times as long as ours."""
    print(f"\n### {title}\n")
    print("| | " + " | ".join(f"{size:,} {'credential' if size == 1 else 'credentials'}" for size in sizes) + " |")
    print("|---|" + "---:|" * len(sizes))
    shown = [name for name in names if any((name, size) in times for size in sizes)]
    reference = OurProofs.name if OurProofs.name in shown else OurVerdict.name
    for name in shown:
        cells = [_cell(times[name, size], times[reference, size]) for size in sizes]
        print(f"| {name} | " + " | ".join(cells) + " |")
    for reason in _reasons(shown, sizes, times):
        print(f"\n{reason}")


def _cell(found: _Time, reference: _Time) -> str:
    ratio = f"{found.milliseconds:,.1f} ms ({found.milliseconds / reference.milliseconds:.1f})"
    return f"refused after {ratio}" if found.refusal else ratio


def _reasons(names: Sequence[str], sizes: Sequence[int], times: _Times) -> Iterator[str]:
    for name in names:
        refused = [size for size in sizes if times[name, size].refusal]
        if refused:
            yield f"{name} refuses {', '.join(f'{size:,}' for size in refused)}: {times[name, refused[0]].refusal[:200]}"


if __name__ == "__main__":
    main()
