"""Packs of evidence: written whole or not at all, read back, and verified."""

from grc.evidence.assessment_writer import AssessmentWriter
from grc.evidence.assessments import AssessmentLayer, assessments_of, open_assessment
from grc.evidence.faults import Fault
from grc.evidence.layers import effective_bytes, findings_bytes, policy_digest
from grc.evidence.lines import record_from, record_line
from grc.evidence.manifest import EvidenceManifest, GapCount, Held, Redacted, Run, SourceUsed
from grc.evidence.pack import Pack, open_pack
from grc.evidence.signing.sealing import Sealer
from grc.evidence.signing.trust import NOBODY, Signed, Standing, Trust
from grc.evidence.streams import pack as pack_lines
from grc.evidence.verify import VerifyResult, verify
from grc.evidence.writer import PackWriter, RunFacts

__all__ = [
    "NOBODY",
    "AssessmentLayer",
    "AssessmentWriter",
    "EvidenceManifest",
    "Fault",
    "GapCount",
    "Held",
    "Pack",
    "PackWriter",
    "Redacted",
    "Run",
    "RunFacts",
    "Sealer",
    "Signed",
    "SourceUsed",
    "Standing",
    "Trust",
    "VerifyResult",
    "assessments_of",
    "effective_bytes",
    "findings_bytes",
    "open_assessment",
    "open_pack",
    "pack_lines",
    "policy_digest",
    "record_from",
    "record_line",
    "verify",
]
