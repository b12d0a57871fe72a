"""C-GET asked: lets a peer send instances to us, over the association on which we ask (PS3.4 C.4.3.2)."""

from collections.abc import Callable, Iterable, Sequence
from typing import Final, NamedTuple

from workbench.acse.contexts import MAX_CONTEXTS, UNCOMPRESSED, number
from workbench.dimse.messages import CGetRq, Priority
from workbench.net.association import Association
from workbench.services.query.models import Model
from workbench.services.query.request import Identifier, encoded_identifier
from workbench.services.retrieve.move import problem_of
from workbench.services.retrieve.progress import Progress
from workbench.services.retrieve.reasons import IDENTIFIER_DOES_NOT_MATCH, Case, explain
from workbench.services.retrieve.retrieval import Retrieval
from workbench.services.retrieve.storage_classes import likeliest_first
from workbench.upper_layer.items import ProposedContext, RoleSelection

COMPRESSED: Final = (
    "1.2.840.10008.1.2.4.70",  # JPEG Lossless, first-order prediction
    "1.2.840.10008.1.2.4.80",  # JPEG-LS Lossless
    "1.2.840.10008.1.2.4.90",  # JPEG 2000 Lossless Only
    "1.2.840.10008.1.2.5",  # RLE Lossless
    "1.2.840.10008.1.2.4.50",  # JPEG Baseline
    "1.2.840.10008.1.2.4.51",  # JPEG Extended
    "1.2.840.10008.1.2.4.81",  # JPEG-LS Near-Lossless
    "1.2.840.10008.1.2.4.91",  # JPEG 2000
    "1.2.840.10008.1.2.4.201",  # HTJ2K Lossless Only
)
"""The compressed transfer syntaxes in which instances usually come, each proposed by itself."""


class GetContexts(NamedTuple):
    """What to propose for one of the associations of a C-GET."""

    contexts: tuple[ProposedContext, ...]
    roles: tuple[RoleSelection, ...]


def get_contexts(
    model: Model,
    sop_classes: Iterable[str] | None = None,
    transfer_syntaxes: Sequence[str] = (*UNCOMPRESSED, *COMPRESSED),
    *,
    together: bool = False,
    query_syntaxes: Sequence[str] = UNCOMPRESSED,
) -> list[GetContexts]:
    """Gives the contexts and roles for the C-GET of a model and for what it is to bring.

    Each SOP class is proposed with the uncompressed syntaxes in one context and each other one in its own, and with the
    SCP role for us (PS3.7 D.3.3.4). All classes come in the first kind of context before any comes in a second one, so
    that the first association is most likely to bring everything.

    Args:
        sop_classes: what is needed, the likeliest first; None stands for all of storage.
        together: each SOP class gets one context, with all transfer syntaxes, of which the SCP takes one.
        query_syntaxes: proposed for the C-GET itself.

    Returns:
        One entry for each association that has room for its share, never none.
    """
    classes = tuple(dict.fromkeys(likeliest_first() if sop_classes is None else sop_classes))
    shared = tuple(syntax for syntax in transfer_syntaxes if together or syntax in UNCOMPRESSED)
    kinds = [shared] if shared else []
    kinds += [(syntax,) for syntax in transfer_syntaxes if syntax not in shared]
    wanted = [(sop_class, syntaxes) for syntaxes in kinds for sop_class in classes]
    share = MAX_CONTEXTS - 1
    parts = [wanted[start : start + share] for start in range(0, len(wanted), share)] or [[]]
    return [_association(model, part, tuple(query_syntaxes)) for part in parts]


def get(
    association: Association,
    model: Model,
    identifier: Identifier,
    *,
    priority: int = Priority.MEDIUM,
    arrived: Callable[[], int] | None = None,
    activity: Callable[[], int] | None = None,
) -> Retrieval:
    """Asks the peer to send instances over this association.

    The association must have been opened with the roles of `get_contexts` and with a handler for C-STORE, such as that
    of a `StorageScp`; `GetFrom` does all this.

    Args:
        identifier: Query/Retrieve Level and unique keys.
        arrived: gives how many instances the handler has stored so far.
        activity: see `Retrieval`; `arrived` by default, which does not change while a large instance comes.

    Raises:
        NoAcceptedContext: the peer does not offer C-GET of the model.
        DataSetError: the identifier cannot be encoded.
    """
    context = association.agreement.context_for(model.get)
    before = arrived() if arrived is not None else 0
    message = CGetRq(message_id=association.next_message_id(), affected_sop_class_uid=model.get, priority=priority)

    def advice(status: int, progress: Progress, is_told: bool) -> str:
        case = Case(
            service="C-GET",
            peer=association.called_ae_title,
            peer_place=association.peer,
            own=association.calling_ae_title,
            model=model.name,
            destination=association.calling_ae_title,
            identifier_problem=problem_of(identifier, model) if status == IDENTIFIER_DOES_NOT_MATCH else "",
            refused_classes=len(refused_classes(association, model)),
            is_told=is_told,
            arrived=None if arrived is None else arrived() - before,
        )
        return explain(case, status, progress)

    encoded = encoded_identifier(identifier, context.transfer_syntax)
    return Retrieval(association, message, encoded, context, advice, activity=activity or arrived)


def refused_classes(association: Association, model: Model) -> tuple[str, ...]:
    """Gives the SOP classes that were proposed, but of which nothing can come: no context, or not the SCP role."""
    accepted = {one.abstract_syntax for one in association.agreement.contexts.values() if one.scp_role}
    proposed = dict.fromkeys(outcome.context.abstract_syntax for outcome in association.agreement.results)
    return tuple(one for one in proposed if one not in accepted and one != model.get)


def _association(
    model: Model, wanted: Sequence[tuple[str, tuple[str, ...]]], query_syntaxes: tuple[str, ...]
) -> GetContexts:
    (contexts,) = number([(model.get, query_syntaxes), *wanted])
    classes = dict.fromkeys(sop_class for sop_class, _ in wanted)
    roles = tuple(RoleSelection(sop_class_uid=one, scu_role=False, scp_role=True) for one in classes)
    return GetContexts(contexts, roles)
