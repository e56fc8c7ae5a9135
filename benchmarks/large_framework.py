"""Time and memory of a run on frameworks of growing size, each in a process of its own."""

from __future__ import annotations

import argparse
import json
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from served import served

from skillmark_fixtures.generator import write_framework
from skillmark_reference.frameworks.importing import import_files
from skillmark_reference.frameworks.storing import Repository


def main() -> None:
    """Print a line for each size: seconds, peak memory, and both as ratios to the smallest."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sizes", type=int, nargs="+", default=[500, 5_000, 50_000])
    parser.add_argument("--worker", metavar="URL", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.worker:
        _work(options.worker)
        return
    first: tuple[float, float] | None = None
    print("items     seconds   peak MiB   requests   seconds/first   memory/first")
    for size in options.sizes:
        seconds, peak, requests = _measured(size)
        first = first or (seconds, peak)
        print(
            f"{size:<9} {seconds:7.2f}   {peak:8.0f}   {requests:8}   {seconds / first[0]:13.1f}   {peak / first[1]:12.1f}"
        )


def _measured(items: int) -> tuple[float, float, int]:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "framework.json"
        with path.open("wb") as stream:
            write_framework(stream, items=items, seed=1)
        database = f"sqlite:///{folder}/case.sqlite"
        import_files(Repository.open(database), [path])
        with served("--database", database) as url:
            command = [sys.executable, __file__, "--worker", url]
            done = subprocess.run(command, capture_output=True, text=True, check=True)  # noqa: S603 - this very script
    report = json.loads(done.stdout)
    return report["seconds"], report["peak"], report["requests"]


def _work(url: str) -> None:
    from skillmark.core.target import Target  # noqa: PLC0415 - only the worker's memory is measured
    from skillmark.plans import find_plan  # noqa: PLC0415
    from skillmark.runs import certify  # noqa: PLC0415

    begin = time.perf_counter()
    result = certify(find_plan("case-1.1-provider"), Target(url=url, lab=True))
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(json.dumps({"seconds": time.perf_counter() - begin, "peak": peak, "requests": result.requests_sent}))


if __name__ == "__main__":
    main()
