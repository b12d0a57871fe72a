"""C-MOVE asked: lets a peer send instances to a destination that it knows (PS3.4 C.4.2.2)."""

from collections.abc import Callable, Iterable, Sequence

from workbench.acse.contexts import UNCOMPRESSED, number
from workbench.config import Node, check_ae_title
from workbench.dimse.messages import CMoveRq, Priority
from workbench.errors import StatusError
from workbench.net.association import Association
from workbench.services.query.models import Model
from workbench.services.query.request import Identifier, RequestIdentifier, encoded_identifier
from workbench.services.retrieve.progress import Progress
from workbench.services.retrieve.reasons import IDENTIFIER_DOES_NOT_MATCH, Case, explain
from workbench.services.retrieve.retrieval import Retrieval
from workbench.upper_layer.items import ProposedContext


def move_contexts(
    models: Iterable[Model], transfer_syntaxes: Sequence[str] = UNCOMPRESSED, *, with_find: bool = False
) -> tuple[ProposedContext, ...]:
    """Gives the presentation contexts for the C-MOVE of models, each with all transfer syntaxes.

    Args:
        with_find: propose the C-FIND of each model, too, before its C-MOVE.
    """
    kinds = ("find", "move") if with_find else ("move",)
    classes = [uid for model in models for kind in kinds if (uid := getattr(model, kind))]
    (contexts,) = number((uid, tuple(transfer_syntaxes)) for uid in classes)
    return contexts


def move(
    association: Association,
    model: Model,
    identifier: Identifier,
    *,
    destination: str | Node,
    priority: int = Priority.MEDIUM,
    arrived: Callable[[], int] | None = None,
) -> Retrieval:
    """Asks the peer to send instances to a destination.

    The identifier goes out as it is, right or wrong; should the peer refuse it, the result says what is wrong with it.

    Args:
        identifier: Query/Retrieve Level, unique keys.
        destination: the AE title that the instances go to; as a node, or as our own listener's, also where it is, so
            that the result can say it.
        arrived: gives how many instances the destination has received so far, if that is known; then the result says
            it when the peer counts more than came, and a peer that tells nothing while they come is given time.

    Raises:
        ConfigError: the destination is no AE title.
        NoAcceptedContext: the peer does not offer C-MOVE of the model.
        DataSetError: the identifier cannot be encoded.
    """
    title = check_ae_title(destination if isinstance(destination, str) else destination.ae_title, "move destination")
    context = association.agreement.context_for(model.move)
    place = "" if isinstance(destination, str) else f"{destination.host}:{destination.port}"
    before = arrived() if arrived is not None else 0
    message = CMoveRq(
        message_id=association.next_message_id(),
        affected_sop_class_uid=model.move,
        move_destination=title,
        priority=priority,
    )

    def advice(status: int, progress: Progress, is_told: bool) -> str:
        case = Case(
            service="C-MOVE",
            peer=association.called_ae_title,
            peer_place=association.peer,
            own=association.calling_ae_title,
            model=model.name,
            destination=title,
            destination_place=place,
            identifier_problem=problem_of(identifier, model) if status == IDENTIFIER_DOES_NOT_MATCH else "",
            is_told=is_told,
            arrived=None if arrived is None else arrived() - before,
        )
        return explain(case, status, progress)

    encoded = encoded_identifier(identifier, context.transfer_syntax)
    return Retrieval(association, message, encoded, context, advice, activity=arrived)


def problem_of(identifier: Identifier, model: Model) -> str:
    """Says what is wrong with an identifier by the rules of its model; nothing when it is as it has to be."""
    from workbench.services.retrieve.identifiers import conditions_of  # and pydicom with it

    try:
        conditions_of(identifier.data_set if isinstance(identifier, RequestIdentifier) else identifier, model)
    except StatusError as error:
        return error.comment
    return ""
