"""The independent verifier as a program: reads a credential from a file or standard input, and says whether it is valid."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2]))

from independent.verifiers.documents import Fetched
from independent.verifiers.verifier import Verifier


def _nothing(url: str) -> Fetched:
    return Fetched(status=404, media_type="", content=url.encode())


def _main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("file", nargs="?")
    parser.add_argument("--says", action="store_true")
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--code", type=int, default=0)
    given = parser.parse_args()
    text = Path(given.file).read_text(encoding="utf-8") if given.file else sys.stdin.read()
    problem = Verifier(_nothing).problem(text)
    if given.json:
        sys.stdout.write(json.dumps({"valid": not problem, "problem": problem}))
        return 0
    if given.says:
        sys.stdout.write(problem or "valid")
        return 0
    return given.code if not problem else 1


if __name__ == "__main__":
    raise SystemExit(_main())
