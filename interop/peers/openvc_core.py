"""openvc-core: Data Integrity with every suite, VC-JWT in the claim ``vc``, bitstring status lists."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from interop import ours
from interop.peers.asking import Offer, Peer, Refused, installed
from interop.records import BEGIN, LIST
from interop.suites import Form, Suite
from openvc.errors import OpenvcError
from openvc.keys import signing_key_from_jwk
from openvc.proof.data_integrity import DataIntegrityProofSuite
from openvc.proof.di_ecdsa_rdfc import EcdsaRdfcProofSuite
from openvc.proof.di_jcs import EcdsaJcsProofSuite, EddsaJcsProofSuite
from openvc.proof.ecdsa_sd import EcdsaSdProofSuite
from openvc.proof.vc_jwt import VcJwtProofSuite
from openvc.status.bitstring import new_bitstring, set_status_bit
from openvc.status.issue import build_status_list_credential
from openvc.verify import verify_credential

from skillmark_reference.credentials.issuing import mandatory_pointers
from skillmark_reference.securing.statuses import MINIMUM_ENTRIES

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from interop.records import Record

    from skillmark_reference.credentials.issuing import Signer

_EMBEDDING: dict[str, type[Any]] = {
    "eddsa-rdfc-2022": DataIntegrityProofSuite,
    "eddsa-jcs-2022": EddsaJcsProofSuite,
    "ecdsa-rdfc-2019": EcdsaRdfcProofSuite,
    "ecdsa-jcs-2019": EcdsaJcsProofSuite,
}
_BUNDLED = "https://www.w3.org/ns/credentials/v2"
_SUITES = frozenset(
    suite
    for suite in Suite
    if suite.form in {Form.EMBEDDED, Form.SELECTIVE, Form.VC_JWT, Form.VC_JWT_1} and suite.value.name != "RS256"
)
OFFER = Offer(name="openvc-core", issues=_SUITES, derives=frozenset({Suite.ECDSA_SD}), verifies=_SUITES)


class OpenvcCore(Peer):
    """The library, in this process."""

    def versions(self) -> Mapping[str, str]:
        """Return the version of the package."""
        return installed("openvc-core")

    def issue(self, credential: Record, signer: Signer, suite: Suite) -> Any:  # noqa: ANN401 - an object, or a token
        """Return a credential, secured."""
        key = signing_key_from_jwk(signer.key.jwk(), kid=signer.verification_method)
        options: dict[str, Any] = {"verification_method": signer.verification_method, "created": BEGIN}
        if suite.value.name.endswith(("rdfc-2022", "rdfc-2019", "sd-2023")):
            options["extra_contexts"] = _further_contexts()
        try:
            if suite.form.is_token:
                return VcJwtProofSuite().sign(credential, signing_key=key)
            if suite.form is Form.SELECTIVE:
                pointers = mandatory_pointers(credential)
                return EcdsaSdProofSuite().add_base_proof(
                    credential, signing_key=key, mandatory_pointers=pointers, **options
                )
            return _EMBEDDING[suite.value.name]().add_proof(credential, signing_key=key, **options)
        except OpenvcError as error:
            raise Refused(str(error)) from None

    def derive(self, credential: Record, pointers: Sequence[str]) -> Record:
        """Return what a holder shows of a credential."""
        try:
            shown: Record = EcdsaSdProofSuite().derive_proof(
                credential, selective_pointers=pointers, extra_contexts=_further_contexts()
            )
        except OpenvcError as error:
            raise Refused(str(error)) from None
        return shown

    def verify(self, secured: Any, credential: Record, signer: Signer, suite: Suite) -> None:  # noqa: ANN401 - as above
        """Verify a secured credential; the library resolves the key, and binds it to the issuer."""
        _verify(secured)

    def status_list(self, indexes: Sequence[int], signer: Signer) -> Record:
        """Return a signed status list of an issuer."""
        bits = new_bitstring(MINIMUM_ENTRIES)
        for index in indexes:
            set_status_bit(bits, index, 1)
        listed = build_status_list_credential(id=LIST, issuer=signer.profile["id"], bitstring=bits, valid_from=BEGIN)
        secured: Record = self.issue(listed, signer, Suite.EDDSA_RDFC)
        return secured

    def check_status(self, secured: Record, listed: Any) -> None:  # noqa: ANN401 - as above
        """Verify a credential of which the status is in a list."""
        _verify(secured, resolve_status_list=lambda _url: verify_credential(listed).credential)


def _verify(secured: Any, **options: Any) -> None:  # noqa: ANN401 - of the library
    try:
        verify_credential(secured, extra_contexts=_further_contexts(), **options)
    except OpenvcError as error:
        raise Refused(str(error)) from None


def _further_contexts() -> dict[str, Record]:
    """Return the contexts that the library does not bring along."""
    return {url: document for url, document in ours.contexts().items() if url != _BUNDLED}
