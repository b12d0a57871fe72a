"""Storage Commitment, push model (PS3.4 Annex J): an SCP takes over the responsibility for instances, or says why not.

A modality deletes its originals after a report. So the SCP is off until it is enabled for a local AE, confirms only
what it has read again from the disk just before, and confirms nothing in doubt; the SCU counts as confirmed only what
the report names with the SOP class that was asked for.

    references.py     the data sets of request and report, and the words of failure reasons
    requesting.py     SCU: asks, and takes the report on the same association or on one that the SCP opens
    judging.py        judges instances by what the archive reads again
    transactions.py   what was asked of our SCP and not reported yet, on disk
    providing.py      SCP: takes requests, reports, repeats what did not arrive
"""

from workbench.services.commitment.providing import CommitmentScp
from workbench.services.commitment.references import COMMITMENT_CONTEXTS, Reference
from workbench.services.commitment.requesting import (
    Commitment,
    CommitmentListener,
    CommitmentResult,
    commit,
    request_commitment,
)

__all__ = [
    "COMMITMENT_CONTEXTS",
    "Commitment",
    "CommitmentListener",
    "CommitmentResult",
    "CommitmentScp",
    "Reference",
    "commit",
    "request_commitment",
]
