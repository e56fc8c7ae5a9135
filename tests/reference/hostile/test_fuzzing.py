"""The fuzzer runs, and finds nothing in as many inputs as a test has time for."""

from __future__ import annotations

import importlib.util
import subprocess
import sys
from pathlib import Path

import pytest
from tests.conftest import required_in_ci

ROOT = Path(__file__).parents[3]


def test_a_while_of_fuzzing(tmp_path: Path) -> None:
    """Some hundred inputs, led by what they reach, end with a verdict; the seed is fixed, so that a failure can be had again."""
    if importlib.util.find_spec("atheris") is None:
        required_in_ci("atheris is not installed")
    command = [sys.executable, "-m", "tests.reference.hostile.fuzzing", "-runs=300", "-seed=1", "-rss_limit_mb=2048"]
    done = subprocess.run(  # noqa: S603 - our own module
        [*command, f"-artifact_prefix={tmp_path}/", "-timeout=120"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=900,
        check=False,
    )
    if done.returncode:
        pytest.fail(f"{done.stdout[-2000:]}\n{done.stderr[-6000:]}")
    assert "Done 300" in done.stderr + done.stdout
