"""The SCP of C-GET: sends what is asked for over the association on which it was asked (PS3.4 C.4.3.3)."""

from collections import deque
from collections.abc import Iterable, Mapping
from functools import partial

from workbench.dictionary import storage_sop_classes
from workbench.dimse.messages import CGetRq
from workbench.errors import WorkbenchError
from workbench.net.association import Association
from workbench.net.incoming import IncomingRequest
from workbench.services.offers import Offer
from workbench.services.query.models import COMPOSITE_INSTANCE_WITHOUT_BULK_DATA, Model
from workbench.services.retrieve.delivery import Terms, deliver
from workbench.services.retrieve.instances import Instances
from workbench.services.retrieve.scp import IDENTIFIER_SYNTAXES, RETRIEVE_OPTIONS, Performer, RetrieveScp
from workbench.services.retrieve.suboperations import Observer, SubOperations
from workbench.services.transcoding.conversion import Conversion


class GetScp(RetrieveScp):
    """Answers C-GET-RQ; give its `offer` to `services.offers.serve`.

    An instance can only come on a context of its SOP class for which the requestor took the SCP role (PS3.7 D.3.3.4);
    the others are counted as failed and named in the final response.

    Args:
        models, index, conversion, pending_every, observer: see `RetrieveScp`.
        storage: the storage SOP classes that may be retrieved, each with the transfer syntaxes it is accepted in, None
            for any; by default all that the standard has.
    """

    def __init__(
        self,
        models: Iterable[Model],
        index: Instances,
        *,
        storage: Mapping[str, tuple[str, ...] | None] | None = None,
        conversion: Conversion = Conversion.UNCOMPRESSED,
        pending_every: int = 1,
        observer: Observer | None = None,
    ) -> None:
        super().__init__(models, index, conversion=conversion, pending_every=pending_every, observer=observer)
        self._storage = dict.fromkeys(storage_sop_classes()) if storage is None else dict(storage)

    @property
    def offer(self) -> Offer:
        """The GET SOP classes of the models, and those of storage with the role that C-GET needs."""
        return Offer(
            sop_classes={**self._storage, **dict.fromkeys(self._models, IDENTIFIER_SYNTAXES)},
            handlers={CGetRq.COMMAND_FIELD: self.handler},
            roles=dict.fromkeys(self._storage, (True, True)),
            extended=dict.fromkeys(self._models, RETRIEVE_OPTIONS.hook),
        )

    @staticmethod
    def _sop_class(model: Model) -> str:
        return model.get

    def _performer(self, request: IncomingRequest, model: Model) -> Performer:
        message = request.message
        assert isinstance(message, CGetRq)
        terms = Terms(
            role="SCP",
            conversion=self._conversion,
            is_stopped=lambda: request.is_cancelled,
            priority=message.priority,
            has_bulk_data=model is not COMPOSITE_INSTANCE_WITHOUT_BULK_DATA,
        )
        return partial(_perform, request.association, terms)


async def _perform(association: Association, terms: Terms, operations: SubOperations) -> None:
    waiting = deque(operations.instances)
    try:
        await deliver(association, waiting, operations, terms)
    except WorkbenchError as error:
        operations.give_up(waiting, str(error))
