"""The words for the numbers of PS3.8: rejections, aborts, results of presentation contexts.

Those of rejections and aborts live in `workbench.errors`, whose messages need them; they are named here as well so that
code about PDUs finds all of them in one place.
"""

from typing import Final

from workbench.errors import (
    ABORT_REASONS,
    ABORT_SOURCES,
    REJECT_REASONS,
    REJECT_RESULTS,
    REJECT_SOURCES,
    describe_abort,
    describe_rejection,
)

__all__ = [
    "ABORT_REASONS",
    "ABORT_SOURCES",
    "CONTEXT_RESULTS",
    "REJECT_REASONS",
    "REJECT_RESULTS",
    "REJECT_SOURCES",
    "USER_IDENTITY_TYPES",
    "describe_abort",
    "describe_context_result",
    "describe_rejection",
]

# PS3.8 Table 9-18, Result/Reason of a presentation context in an A-ASSOCIATE-AC.
CONTEXT_RESULTS: Final = {
    0: "accepted",
    1: "user rejection",
    2: "no reason given (provider rejection)",
    3: "abstract syntax not supported (provider rejection)",
    4: "transfer syntaxes not supported (provider rejection)",
}

# PS3.7 Table D.3-14, User-Identity-Type.
USER_IDENTITY_TYPES: Final = {
    1: "user name",
    2: "user name and passcode",
    3: "Kerberos service ticket",
    4: "SAML assertion",
    5: "JSON web token",
}


def describe_context_result(result: int) -> str:
    """The words for a result of a presentation context, also for one that PS3.8 does not define."""
    return CONTEXT_RESULTS.get(result, f"undefined result {result}")
