"""What an SCU asks a worklist for (the conversation itself is in test_scp.py)."""

from workbench.services.query.models import MODALITY_WORKLIST
from workbench.services.worklist.scu import WORKLIST_CONTEXTS


def test_the_contexts_are_those_of_the_worklist() -> None:
    assert [context.abstract_syntax for context in WORKLIST_CONTEXTS] == [MODALITY_WORKLIST.find]
