"""The suite of CASE; the modules beside it declare its checks, one module per clause group."""

from skillmark.engine import Suite
from skillmark.suites.case.evidence import CaseEvidence

CASE = Suite(catalogue_id="case", gather=CaseEvidence)
