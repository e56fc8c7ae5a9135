"""The learner records as files: a folder for each learner, the lists of statuses, and an index with every verdict."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from skillmark_reference.pathways.hosting import credentials, status_lists
from skillmark_reference.pathways.issuers import TEST_NOTICE
from skillmark_reference.securing.instants import write_date_time

if TYPE_CHECKING:
    from pathlib import Path

    from skillmark_reference.pathways.issuing import Issued
    from skillmark_reference.pathways.settings import Setting

#: The file that lists all others.
INDEX = "index.json"


def write_records(folder: Path, setting: Setting) -> int:
    """Write every credential and every status list below a folder, and an index; return how many credentials there are.

    Lists are where a server of files has them at the base of the setting, if the folder is its root.

    Raises:
        OSError: A file cannot be written.
    """
    rows = []
    for issued in credentials(setting):
        name = f"{issued.entry.learner}/{issued.entry.slug}.{issued.suffix}"
        _write(folder / name, issued.content)
        rows.append(_row(issued, name))
    lists = []
    for hosted in status_lists(setting):
        name = hosted.address.removeprefix(f"{setting.base}/")
        _write(folder / name, hosted.content)
        lists.append({"file": name, "id": hosted.address, "mediaType": hosted.media_type})
    index = {
        "notice": TEST_NOTICE,
        "base": setting.base,
        "identity": setting.identity.value,
        "issued": write_date_time(setting.at),
        "credentials": rows,
        "statusLists": lists,
    }
    _write(folder / INDEX, (json.dumps(index, ensure_ascii=False, indent=2) + "\n").encode())
    return len(rows)


def _row(issued: Issued, name: str) -> dict[str, Any]:
    entry = issued.entry
    return {
        "file": name,
        "id": issued.address,
        "learner": entry.learner,
        "kind": entry.kind.value,
        "proofFormat": entry.proof_format.value,
        "state": entry.state.value,
        "verdict": entry.verdict.value,
        "offlineVerdict": entry.offline_verdict.value,
    }


def _write(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
