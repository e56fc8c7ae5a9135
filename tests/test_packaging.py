"""What is published: the three packages with all their data, and nothing else."""

from __future__ import annotations

import ast
import email
import re
import subprocess
import sys
import tarfile
import tomllib
import zipfile
from importlib import metadata, util
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from tests.conftest import required_in_ci

import skillmark

if TYPE_CHECKING:
    from collections.abc import Iterator
    from email.message import Message

ROOT = Path(__file__).parents[1]
PACKAGES = {
    "skillmark": ROOT / "conformance" / "skillmark",
    "skillmark_reference": ROOT / "reference" / "skillmark_reference",
    "skillmark_fixtures": ROOT / "fixtures" / "skillmark_fixtures",
}
BUILD = "import sys, hatchling.build; print(getattr(hatchling.build, f'build_{sys.argv[1]}')(sys.argv[2]))"

RUN = """
import sys
sys.path.insert(0, sys.argv.pop(1))
import skillmark.cli
print(skillmark.__file__)
skillmark.cli.main()
"""


def built(kind: str, folder: Path, *, source: Path = ROOT) -> Path:
    """Build a wheel or an sdist of a source tree into a folder and return its file."""
    if util.find_spec("hatchling") is None:
        required_in_ci("hatchling is not installed")
    done = subprocess.run(  # noqa: S603 - our own build
        [sys.executable, "-c", BUILD, kind, str(folder)], cwd=source, capture_output=True, text=True, check=True
    )
    return folder / done.stdout.split()[-1]


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel of this source tree."""
    return built("wheel", tmp_path_factory.mktemp("wheel"))


def names(wheel: Path) -> set[str]:
    """Return the files of a wheel."""
    with zipfile.ZipFile(wheel) as archive:
        return set(archive.namelist())


def described(wheel: Path) -> Message:
    """Return the metadata of a wheel."""
    with zipfile.ZipFile(wheel) as archive:
        (name,) = [each for each in archive.namelist() if each.endswith(".dist-info/METADATA")]
        return email.message_from_string(archive.read(name).decode())


def sources() -> set[str]:
    """Return every file of the three packages, as an installation names it."""
    return {
        f"{name}/{path.relative_to(folder).as_posix()}"
        for name, folder in PACKAGES.items()
        for path in folder.rglob("*")
        if path.is_file() and path.parent.name != "__pycache__"
    }


def test_the_wheel_holds_the_packages_and_nothing_else(wheel: Path) -> None:
    """Every file of the three packages is in the wheel; of others only the metadata."""
    found = names(wheel)
    information = {name for name in found if name.split("/")[0].endswith(".dist-info")}
    assert sources() == found - information
    assert {"METADATA", "WHEEL", "RECORD", "entry_points.txt", "licenses/LICENSE"} == {
        name.partition("/")[2] for name in information
    }


def test_data_files_are_in_the_wheel(wheel: Path) -> None:
    """Tables, catalogue, frameworks, templates, styles, scripts, schema and type markers are there."""
    found = names(wheel)
    assert {f"{package}/py.typed" for package in PACKAGES} <= found
    assert {f"skillmark_reference/standards/case-{version}.toml" for version in ("1.0", "1.1")} <= found
    assert {"skillmark/catalogue/case.toml", "skillmark/reporting/results.schema.json"} <= found
    for package, endings in {
        "skillmark/reporting/templates": {".html", ".css", ".js"},
        "skillmark_reference/server/pages": {".html", ".css", ".js", ".py"},
        "skillmark_fixtures/frameworks": {".toml", ".py"},
        "skillmark_fixtures/keys": {".toml", ".py"},
        "skillmark_fixtures/learners": {".toml", ".py"},
        "skillmark_fixtures/pathways": {".toml", ".png", ".svg", ".py"},
    }.items():
        assert endings <= {Path(name).suffix for name in found if name.startswith(f"{package}/")}


def test_no_test_of_ours_is_in_the_wheel(wheel: Path) -> None:
    """The only test module is the one that makes items of the checks of a plan."""
    modules = [name for name in names(wheel) if Path(name).name.startswith(("test_", "conftest"))]
    assert ["skillmark/suites/case/test_plan.py"] == modules
    assert not any("tests" in name.split("/") for name in names(wheel))


def test_there_is_one_version(wheel: Path) -> None:
    """The version is written once, in the package; wheel, metadata and changelog agree with it."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert "version" not in project
    assert ["version"] == project["dynamic"]
    assert skillmark.__version__ == described(wheel)["Version"]
    assert wheel.name.startswith(f"skillmark-{skillmark.__version__}-")
    changelog = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    assert skillmark.__version__ == re.findall(r"^## (\d\S*)", changelog, re.MULTILINE)[0]


def test_the_command_and_the_plugin_are_declared(wheel: Path) -> None:
    """Installing the wheel makes the command, and tells pytest of the plugin."""
    with zipfile.ZipFile(wheel) as archive:
        (name,) = [each for each in archive.namelist() if each.endswith("entry_points.txt")]
        text = archive.read(name).decode()
    assert "[console_scripts]\nskillmark = skillmark.cli:main" in text
    assert "[pytest11]\nskillmark = skillmark.plugin" in text


def imported(tree: ast.AST) -> Iterator[str]:
    """Yield the top-level names that a module imports."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name.partition(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield node.module.partition(".")[0]


def test_every_import_is_declared(wheel: Path) -> None:
    """What the packages import is theirs, Python's, or named among the dependencies: nothing comes by chance."""
    modules = {
        module
        for folder in PACKAGES.values()
        for path in folder.rglob("*.py")
        for module in imported(ast.parse(path.read_text(encoding="utf-8")))
    }
    foreign = modules - sys.stdlib_module_names - set(PACKAGES)
    declared = {_plain(re.split(r"[\[\s><=!~;]", each)[0]) for each in described(wheel).get_all("Requires-Dist", [])}
    owners = metadata.packages_distributions()
    assert {} == {
        name: owners.get(name) for name in foreign if not {_plain(each) for each in owners.get(name, [])} & declared
    }


def _plain(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def test_builds_can_be_repeated(wheel: Path, tmp_path: Path) -> None:
    """The same source makes the same wheel, to the byte."""
    assert wheel.read_bytes() == built("wheel", tmp_path).read_bytes()


def test_the_source_distribution_builds_the_same_wheel(wheel: Path, tmp_path: Path) -> None:
    """The sdist holds sources, tests and documents, and a wheel that is built from it holds the same files."""
    archive = built("sdist", tmp_path)
    with tarfile.open(archive) as packed:
        packed.extractall(tmp_path, filter="data")
    (source,) = [path for path in tmp_path.iterdir() if path.is_dir()]
    for name in ("README.md", "CHANGELOG.md", "LICENSE", "tox.ini", "tests/conftest.py"):
        assert (source / name).is_file()
    assert names(wheel) == names(built("wheel", tmp_path, source=source))


def test_the_wheel_works_by_itself(wheel: Path, tmp_path: Path) -> None:
    """Unpacked elsewhere, the command runs from the wheel alone: tables, catalogue, frameworks and schema included."""
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(tmp_path / "installed")  # noqa: S202 - our own archive
    for arguments in (["plans"], ["schema", "case-1.0", "CFItem"], ["requirements"], ["fixtures", "export", "out"]):
        done = subprocess.run(  # noqa: S603 - our own command
            [sys.executable, "-c", RUN, str(tmp_path / "installed"), *arguments],
            cwd=tmp_path,
            capture_output=True,
            text=True,
            check=True,
        )
        assert done.stdout.startswith(str(tmp_path / "installed" / "skillmark"))
