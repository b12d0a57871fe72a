"""A node for the tests of tools that send: it takes what it is told to take, and notes who called and what came."""

from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO

import pydicom

from tests.cli.background import address, background
from tests.services.servers import ScriptedStore
from workbench.acse.policy import Policy, storage_policy
from workbench.config import Node
from workbench.dictionary import storage_sop_classes
from workbench.net.association import Association
from workbench.storage.part10 import file_meta
from workbench.uids import EXPLICIT_VR_LITTLE_ENDIAN
from workbench.upper_layer.pdu import AssociateRq

CT = "1.2.840.10008.5.1.4.1.1.2"


class Peer:
    """A node that takes everything and notes who called."""

    def __init__(self, node: Node, script: ScriptedStore, seen: list[Association]) -> None:
        self.address = address(node)
        self.script = script
        self._seen = seen

    def request(self, number: int = -1) -> AssociateRq:
        """Gives one of the requests, the last one unless another is named."""
        request = self._seen[number].request_pdu
        assert request is not None
        return request

    def contexts(self, number: int = -1) -> list[tuple[str, tuple[str, ...]]]:
        """Gives what was proposed."""
        return [(each.abstract_syntax, each.transfer_syntaxes) for each in self.request(number).presentation_contexts]

    def received(self, syntax: str = EXPLICIT_VR_LITTLE_ENDIAN) -> list[pydicom.FileDataset]:
        """Gives what came, as pydicom reads it."""
        meta = file_meta(sop_class_uid=CT, sop_instance_uid="1.2", transfer_syntax_uid=syntax)
        return [pydicom.dcmread(BytesIO(meta + data)) for data in self.script.received]


@contextmanager
def peer(script: ScriptedStore | None = None, *syntaxes: str, policy: Policy | None = None) -> Iterator[Peer]:
    """Gives a peer that accepts these transfer syntaxes, any where none is named."""
    script, seen = script or ScriptedStore(), list[Association]()
    if policy is None:
        policy = storage_policy(storage_sop_classes(), transfer_syntaxes=syntaxes or None)
    with background(script.handlers(), policy=policy, observer=seen.append) as node:
        yield Peer(node, script, seen)
