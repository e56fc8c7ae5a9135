"""The VC API: issuing, verifying, deriving, status, as the test suites of W3C drive it (VC API for Lifecycle Management).

Where VCALM and the suites disagree, the suites are followed: a verification that fails is answered with 400 unless
`VcApiOptions.failed_verification_status` says 200, and the option ``checks`` is known. Every other unknown option is refused.
"""

from skillmark_reference.server.vc_api.configuration import suite_configuration
from skillmark_reference.server.vc_api.instance import Instance, VcApiOptions
from skillmark_reference.server.vc_api.own_documents import served
from skillmark_reference.server.vc_api.routes import routes_of

__all__ = ["Instance", "VcApiOptions", "routes_of", "served", "suite_configuration"]
