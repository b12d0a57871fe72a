"""The SCP of C-MOVE: sends what is asked for to a destination that it knows (PS3.4 C.4.2.3)."""

import ssl
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from functools import partial

from workbench.acse.contexts import MAX_CONTEXTS, number
from workbench.config import LocalAe, Node, Nodes
from workbench.dimse.messages import CMoveRq
from workbench.errors import StatusError, WorkbenchError
from workbench.net.incoming import IncomingRequest
from workbench.net.requestor import connect
from workbench.services.offers import Offer
from workbench.services.query.models import Model
from workbench.services.retrieve.delivery import Terms, deliver
from workbench.services.retrieve.instances import Instances, Stored
from workbench.services.retrieve.reasons import DESTINATION_UNKNOWN
from workbench.services.retrieve.scp import IDENTIFIER_SYNTAXES, RETRIEVE_OPTIONS, Performer, RetrieveScp
from workbench.services.retrieve.suboperations import Observer, SubOperations
from workbench.services.storage.scu import MoveOriginator
from workbench.services.transcoding.conversion import Conversion
from workbench.trace.recorder import Recorder
from workbench.upper_layer.items import ProposedContext

Group = tuple[tuple[ProposedContext, ...], deque[Stored]]
"""What one association to a destination is for: its contexts and the instances to send."""


class MoveScp(RetrieveScp):
    """Answers C-MOVE-RQ; give its `offer` to `services.offers.serve`.

    The instances go to the destination over as many associations as their presentation contexts need, one after the
    other. An association that is lost is opened once more for what is left. Whatever cannot be stored there is counted
    as failed and named in the final response.

    Args:
        models, index, conversion, pending_every, observer: see `RetrieveScp`.
        nodes: gives the node of an AE title, compared exactly; None for one that is not known.
        local: who calls the destination.
        recorder: where the trace of those associations goes.
        tls: by which rules they are secured; None leaves them plain.
    """

    def __init__(
        self,
        models: Iterable[Model],
        index: Instances,
        nodes: Nodes,
        local: LocalAe,
        *,
        conversion: Conversion = Conversion.UNCOMPRESSED,
        pending_every: int = 1,
        observer: Observer | None = None,
        recorder: Recorder | None = None,
        tls: ssl.SSLContext | None = None,
    ) -> None:
        super().__init__(models, index, conversion=conversion, pending_every=pending_every, observer=observer)
        self._nodes = nodes
        self._local = local
        self._recorder = recorder
        self._tls = tls

    @property
    def offer(self) -> Offer:
        """The MOVE SOP classes of the models."""
        return Offer(
            sop_classes=dict.fromkeys(self._models, IDENTIFIER_SYNTAXES),
            handlers={CMoveRq.COMMAND_FIELD: self.handler},
            extended=dict.fromkeys(self._models, RETRIEVE_OPTIONS.hook),
        )

    @staticmethod
    def _sop_class(model: Model) -> str:
        return model.move

    def _performer(self, request: IncomingRequest, model: Model) -> Performer:
        message = request.message
        assert isinstance(message, CMoveRq)
        title = message.move_destination
        node = self._nodes(title)
        if node is None:
            comment = "there is no Move Destination"
            if title:
                comment = f"{title!r} is not a node of {request.association.called_ae_title}"
            raise StatusError(DESTINATION_UNKNOWN, comment)
        terms = Terms(
            role="SCU",
            conversion=self._conversion,
            is_stopped=lambda: request.is_cancelled or request.association.end is not None,
            originator=MoveOriginator(request.association.calling_ae_title, message.message_id),
            priority=message.priority,
        )
        return partial(self._perform, node, terms)

    async def _perform(self, node: Node, terms: Terms, operations: SubOperations) -> None:
        for contexts, waiting in groups(operations.instances, self._conversion):
            await self._deliver(node, contexts, waiting, operations, terms)

    async def _deliver(
        self,
        node: Node,
        contexts: Sequence[ProposedContext],
        waiting: deque[Stored],
        operations: SubOperations,
        terms: Terms,
    ) -> None:
        """Sends one group; what is left of it after the second association has failed."""
        trouble = ""
        for _ in range(2):
            if not waiting or terms.is_stopped():
                return
            is_open = False
            try:
                async with connect(
                    node, contexts, local=self._local, recorder=self._recorder, tls=self._tls
                ) as association:
                    is_open = True
                    await deliver(association, waiting, operations, terms)
            except WorkbenchError as error:
                trouble = f"{node.ae_title}: {error}"
                if not is_open:
                    break
        if waiting and not terms.is_stopped():
            operations.give_up(waiting, trouble)


def groups(instances: Sequence[Stored], conversion: Conversion) -> Iterator[Group]:
    """Gives what to propose for instances, split so that each association has room for its contexts.

    A SOP class has a context for each transfer syntax of its instances, and one with all that they may be converted
    into; those of one class are never parted.
    """
    by_class: dict[str, list[Stored]] = {}
    for stored in instances:
        by_class.setdefault(stored.sop_class_uid, []).append(stored)
    contexts: list[tuple[str, tuple[str, ...]]] = []
    waiting: deque[Stored] = deque()
    for sop_class, members in by_class.items():
        wanted = _contexts_for(sop_class, members, conversion)
        if contexts and len(contexts) + len(wanted) > MAX_CONTEXTS:
            yield number(contexts)[0], waiting
            contexts, waiting = [], deque()
        contexts += wanted
        waiting.extend(members)
    if waiting:
        yield number(contexts)[0], waiting


def _contexts_for(
    sop_class: str, instances: Sequence[Stored], conversion: Conversion
) -> list[tuple[str, tuple[str, ...]]]:
    syntaxes = dict.fromkeys(stored.transfer_syntax_uid for stored in instances)
    others = {target: None for syntax in syntaxes for target in conversion.targets(syntax) if target not in syntaxes}
    own: list[tuple[str, tuple[str, ...]]] = [(sop_class, (syntax,)) for syntax in syntaxes]
    return [*own, (sop_class, tuple(others))] if others else own
