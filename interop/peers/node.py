"""Peers in Node.js: one process each, asked over standard input and output, without a network."""

from __future__ import annotations

import functools
import json
import os
import subprocess
import threading
from typing import TYPE_CHECKING, Any

from interop import ours
from interop.peers.asking import Offer, Peer, Refused
from interop.records import LIST
from interop.suites import Suite

from skillmark_reference.credentials.issuing import mandatory_pointers

if TYPE_CHECKING:
    import pathlib
    from collections.abc import Mapping, Sequence

    from interop.records import Record

    from skillmark_reference.credentials.issuing import Signer

#: How long one answer may take, in seconds, on a slow machine that has just started the process.
_PATIENCE = 60
_BEGIN = "2025-01-01T00:00:00Z"
_DIGITALBAZAAR = frozenset({Suite.EDDSA_RDFC, Suite.ECDSA_RDFC_P256, Suite.ECDSA_RDFC_P384, Suite.ECDSA_SD})
_TOKENS = frozenset(suite for suite in Suite if suite.form.is_token)
DIGITALBAZAAR = Offer(
    name="@digitalbazaar/vc",
    issues=_DIGITALBAZAAR | {Suite.ED25519_2020},
    derives=frozenset({Suite.ECDSA_SD}),
    verifies=_DIGITALBAZAAR,
)
VERIFIER_CORE = Offer(name="@digitalcredentials/verifier-core", verifies=frozenset({Suite.EDDSA_RDFC}))
JOSE = Offer(name="jose", issues=_TOKENS, verifies=_TOKENS)


class NodeProcess:
    """A process that answers, started with the first question.

    Args:
        folder: The folder in which the package of the scripts is installed.
        script: The name of the script.
    """

    def __init__(self, folder: pathlib.Path, script: str) -> None:
        self._modules = folder / "node_modules"
        self._script = self._modules / "skillmark-interop-peers" / script
        self._has_started = False

    @functools.cached_property
    def _process(self) -> subprocess.Popen[str]:
        self._has_started = True
        process = subprocess.Popen(  # noqa: S603 - a script of this project
            ["node", str(self._script)],  # noqa: S607 - the one that people have
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            encoding="utf-8",
            env={"PATH": os.environ["PATH"]},
        )
        self._write(process, {"given": ours.contexts()})
        return process

    def ask(self, call: str, argument: Mapping[str, Any], given: Mapping[str, Record] | None = None) -> Any:  # noqa: ANN401 - any JSON
        """Return what a call answers.

        Args:
            call: The name of the call.
            argument: Of the call.
            given: Documents by address, which stay known to the process.

        Raises:
            Refused: The library says no.
        """
        process = self._process
        timer = threading.Timer(_PATIENCE, process.kill)
        timer.start()
        try:
            self._write(process, {"call": call, "given": given or {}, "argument": argument})
            line = process.stdout.readline() if process.stdout else ""
        finally:
            timer.cancel()
        if not line:
            raise RuntimeError(f"{self._script.name} has ended without an answer; what it said is above")
        answer = json.loads(line)
        if "refused" in answer:
            raise Refused(answer["refused"])
        return answer["result"]

    def versions(self, *packages: str) -> dict[str, str]:
        """Return the versions of installed packages."""
        found = {}
        for name in packages:
            facts = json.loads((self._modules / name / "package.json").read_text(encoding="utf-8"))
            found[name] = facts["version"]
        return found

    def end(self) -> None:
        """End the process, if it was started."""
        if self._has_started:
            self._process.communicate()

    @staticmethod
    def _write(process: subprocess.Popen[str], request: Mapping[str, Any]) -> None:
        if process.stdin:
            process.stdin.write(f"{json.dumps(request)}\n")
            process.stdin.flush()


class _NodePeer(Peer):
    """What the peers have in common."""

    def __init__(self, process: NodeProcess) -> None:
        self._process = process

    def check_status(self, secured: Record, listed: Any) -> None:  # noqa: ANN401 - as above
        """Verify a credential of which the status is in a list."""
        self._process.ask("verify", {"credential": secured}, {LIST: listed})


class DigitalBazaar(_NodePeer):
    """@digitalbazaar/vc with its suites."""

    def versions(self) -> Mapping[str, str]:
        """Return the versions of the packages."""
        names = (
            "vc",
            "data-integrity",
            "eddsa-rdfc-2022-cryptosuite",
            "ecdsa-rdfc-2019-cryptosuite",
            "ecdsa-sd-2023-cryptosuite",
            "ed25519-signature-2020",
            "vc-bitstring-status-list",
        )
        return self._process.versions(*(f"@digitalbazaar/{name}" for name in names))

    def issue(self, credential: Record, signer: Signer, suite: Suite) -> Any:  # noqa: ANN401 - an object
        """Return a credential with a proof."""
        pointers = mandatory_pointers(credential) if suite is Suite.ECDSA_SD else ()
        options = {"mandatoryPointers": pointers, **_options(signer, suite)}
        return self._process.ask("issue", {"credential": credential, **options})

    def derive(self, credential: Record, pointers: Sequence[str]) -> Record:
        """Return what a holder shows of a credential."""
        shown: Record = self._process.ask("derive", {"credential": credential, "selectivePointers": pointers})
        return shown

    def verify(self, secured: Any, credential: Record, signer: Signer, suite: Suite) -> None:  # noqa: ANN401 - an object
        """Verify a secured credential."""
        self._process.ask("verify", {"credential": secured})

    def status_list(self, indexes: Sequence[int], signer: Signer) -> Any:  # noqa: ANN401 - an object
        """Return a signed status list of an issuer."""
        facts = {"id": LIST, "issuer": signer.profile["id"], "validFrom": _BEGIN, "statusPurpose": "revocation"}
        return self._process.ask("statusList", {"indexes": indexes, **facts, **_options(signer, Suite.EDDSA_RDFC)})


class VerifierCore(_NodePeer):
    """@digitalcredentials/verifier-core, which verifies only."""

    def versions(self) -> Mapping[str, str]:
        """Return the version of the package."""
        return self._process.versions("@digitalcredentials/verifier-core")

    def verify(self, secured: Any, credential: Record, signer: Signer, suite: Suite) -> None:  # noqa: ANN401 - an object
        """Verify a secured credential."""
        self._process.ask("verify", {"credential": secured})


class Jose(_NodePeer):
    """jose, which signs and verifies what it is told to."""

    def versions(self) -> Mapping[str, str]:
        """Return the version of the package."""
        return self._process.versions("jose")

    def issue(self, credential: Record, signer: Signer, suite: Suite) -> Any:  # noqa: ANN401 - a token
        """Return a credential as a token."""
        facts = {"form": suite.form.value, "alg": suite.value.name, "kid": signer.verification_method}
        return self._process.ask("issue", {"credential": credential, "jwk": signer.key.jwk(), **facts})

    def verify(self, secured: Any, credential: Record, signer: Signer, suite: Suite) -> None:  # noqa: ANN401 - a token
        """Verify a token with the key of the issuer."""
        facts = {"form": suite.form.value, "alg": suite.value.name, "jwk": signer.key.public.jwk()}
        about = {"issuer": credential["issuer"]["id"], "subject": credential["credentialSubject"]["id"]}
        self._process.ask("verify", {"token": secured, **about, **facts})


def _options(signer: Signer, suite: Suite) -> dict[str, Any]:
    key = {
        "type": "Multikey",
        "id": signer.verification_method,
        "controller": signer.profile["id"],
        "publicKeyMultibase": signer.key.public.multikey,
        "secretKeyMultibase": signer.key.multikey(),
    }
    return {"cryptosuite": suite.value.name, "key": key, "created": _BEGIN}
