"""The structural pass against the jsonschema library, on the same records."""

from __future__ import annotations

import time

import jsonschema

from skillmark_fixtures.frameworks import framework, slugs
from skillmark_reference.standards import load_standard
from skillmark_reference.standards.json_schema import json_schema
from skillmark_reference.standards.structure import violations


def main() -> None:
    """Check every bundled framework both ways; print records a second and the ratio."""
    standard = load_standard("case-1.1")
    packages = [framework(slug) for slug in slugs()]
    records = sum(len(package["CFItems"]) + len(package["CFAssociations"]) for package in packages)
    checker = jsonschema.Draft202012Validator.FORMAT_CHECKER
    validator = jsonschema.Draft202012Validator(json_schema(standard, "CFPackage"), format_checker=checker)
    begin = time.perf_counter()
    assert not any(violations(standard, "CFPackage", package) for package in packages)
    ours = time.perf_counter() - begin
    begin = time.perf_counter()
    assert not any(list(validator.iter_errors(package)) for package in packages)
    theirs = time.perf_counter() - begin
    print(f"records            {records}")
    print(f"structural pass    {records / ours:10.0f} records/s")
    print(f"jsonschema         {records / theirs:10.0f} records/s")
    print(f"ratio              {theirs / ours:10.1f}")


if __name__ == "__main__":
    main()
