"""Presentation contexts as rows: of a profile, of a proposal, of what an association agreed on."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import fields, replace

from ui.models.contexts import ContextRow
from ui.models.roles import Category
from workbench import dictionary
from workbench.acse.agreement import NOT_ANSWERED, ContextOutcome, agree
from workbench.acse.extended import QueryOptions, RetrieveOptions, StorageOptions
from workbench.acse.profiles import Profile, ProfileContext, ProfileRole
from workbench.upper_layer.items import ProposedContext, RoleSelection, SopClassExtendedNegotiation
from workbench.upper_layer.machine import Role
from workbench.upper_layer.pdu import AssociateAc, AssociateRq

_QUERIES: Mapping[str, type[QueryOptions] | type[RetrieveOptions]] = {
    "Find": QueryOptions,
    "Move": RetrieveOptions,
    "Get": RetrieveOptions,
}
_ROLES: Mapping[tuple[bool, bool], ProfileRole] = {(True, False): "SCU", (False, True): "SCP", (True, True): "both"}


def context_row(
    sop_class_uid: str,
    transfer_syntaxes: Sequence[str],
    role: ProfileRole = "SCU",
    *,
    is_enabled: bool = True,
    is_role_explicit: bool = False,
    extended: bytes = b"",
) -> ContextRow:
    """Gives a row that nothing has been answered to yet."""
    return ContextRow(
        sop_class_uid=sop_class_uid,
        sop_class=dictionary.sop_class_short(sop_class_uid),
        transfer_syntaxes=tuple(transfer_syntaxes),
        names=tuple(dictionary.transfer_syntax_short(uid) for uid in transfer_syntaxes),
        role=role,
        is_role_explicit=is_role_explicit,
        extended=extended,
        extended_meaning=extended_meaning(sop_class_uid, extended),
        is_enabled=is_enabled,
    )


def profile_rows(profile: Profile) -> list[ContextRow]:
    """Gives the rows of a profile, in its order."""
    extended = {item.sop_class_uid: item.application_information for item in profile.extended}
    return [
        context_row(
            each.sop_class_uid,
            each.transfer_syntaxes,
            each.role,
            is_enabled=each.enabled,
            is_role_explicit=each.sop_class_uid in profile.explicit_roles,
            extended=extended.get(each.sop_class_uid, b""),
        )
        for each in profile.contexts
    ]


def profile_of(name: str, rows: Sequence[ContextRow]) -> Profile:
    """Gives rows as a profile; what is not ticked is in it, but switched off."""
    extended = {row.sop_class_uid: row.extended for row in rows if row.extended}
    contexts = tuple(
        ProfileContext(
            sop_class_uid=row.sop_class_uid,
            transfer_syntaxes=row.transfer_syntaxes,
            role=row.role,
            enabled=row.is_enabled,
        )
        for row in rows
    )
    return Profile(
        name=name,
        contexts=contexts,
        extended=tuple(
            SopClassExtendedNegotiation(sop_class_uid=uid, application_information=information)
            for uid, information in extended.items()
        ),
        explicit_roles=tuple(dict.fromkeys(row.sop_class_uid for row in rows if row.is_role_explicit)),
    )


def extended_meaning(sop_class_uid: str, information: bytes) -> str:
    """Gives what application information says, in words; empty where the SOP class gives it no meaning."""
    if not information:
        return ""
    if sop_class_uid in dictionary.storage_sop_classes():
        options = StorageOptions.decode(information)
        said = (options.level, options.signature_level, options.coercion)
        return ", ".join(each.name.lower().replace("_", " ") for each in said)
    keyword = dictionary.uid_keyword(sop_class_uid)
    for ending, kind in _QUERIES.items():
        if keyword.endswith(ending):
            flags = kind.decode(information)
            wanted = [each.name.replace("_", " ") for each in fields(flags) if getattr(flags, each.name)]
            return ", ".join(wanted) or "nothing beyond the baseline"
    return ""


def proposal_rows(contexts: Iterable[ProposedContext], profile: Profile | None = None) -> list[ContextRow]:
    """Gives the rows of contexts that are ready to be proposed, with their IDs, and with what a profile negotiates."""
    roles = profile.role_selections() if profile is not None else ()
    extended = profile.extended_negotiations() if profile is not None else ()
    return _proposed_rows(
        contexts, {each.sop_class_uid: each for each in roles}, {each.sop_class_uid: each for each in extended}
    )


def _proposed_rows(
    contexts: Iterable[ProposedContext],
    selections: Mapping[str, RoleSelection],
    extended: Mapping[str, SopClassExtendedNegotiation],
) -> list[ContextRow]:
    rows = []
    for context in contexts:
        selection, item = selections.get(context.abstract_syntax), extended.get(context.abstract_syntax)
        role = _ROLES.get((selection.scu_role, selection.scp_role), "SCU") if selection is not None else "SCU"
        row = context_row(
            context.abstract_syntax,
            context.transfer_syntaxes,
            role,
            is_role_explicit=selection is not None and role == "SCU",
            extended=item.application_information if item is not None else b"",
        )
        rows.append(replace(row, context_ids=(context.context_id,)))
    return rows


def negotiated_rows(request: AssociateRq, accept: AssociateAc | None, refusal: str = "") -> list[ContextRow]:
    """Gives what an association proposed, each context with its answer.

    Args:
        refusal: why there is no answer at all, in words.
    """
    rows = _proposed_rows(request.presentation_contexts, request.role_selections, request.extended)
    return with_answers(rows, request, accept, refusal)


def with_answers(
    rows: Iterable[ContextRow], request: AssociateRq, accept: AssociateAc | None, refusal: str = ""
) -> list[ContextRow]:
    """Gives rows with what an association answered to the contexts that they stand for.

    A row stands for the proposed contexts of its SOP Class whose transfer syntaxes it holds, or for all of that class
    when it takes any. A row that the association had nothing for stays as it is.
    """
    if accept is not None:
        # As acceptor: here only the results count, and a maximum length too small to use is no reason to hide them.
        outcomes = agree(request, accept, role=Role.ACCEPTOR).results
    else:
        outcomes = tuple(ContextOutcome(each, NOT_ANSWERED, "") for each in request.presentation_contexts)
    return [_answered(row, outcomes, refusal) for row in rows]


def _answered(row: ContextRow, outcomes: Sequence[ContextOutcome], refusal: str) -> ContextRow:
    own = [each for each in outcomes if _stands_for(row, each.context)]
    if not own:
        return row
    ids = tuple(each.context.context_id for each in own)
    if refusal:
        return replace(row, context_ids=ids, result="✖ no association", reason=refusal, category=Category.ERROR)
    accepted = sum(1 for each in own if each.transfer_syntax)
    if accepted == len(own):
        result, found = "✔ accepted", Category.OK
    elif accepted:
        result, found = f"▲ {accepted} of {len(own)} accepted", Category.WARNING
    else:
        result, found = "✖ refused", Category.ERROR
    reasons = dict.fromkeys(_reason(each) for each in own)
    return replace(row, context_ids=ids, result=result, reason="; ".join(reasons), category=found)


def _stands_for(row: ContextRow, context: ProposedContext) -> bool:
    if row.sop_class_uid != context.abstract_syntax:
        return False
    return not row.transfer_syntaxes or set(context.transfer_syntaxes) <= set(row.transfer_syntaxes)


def _reason(outcome: ContextOutcome) -> str:
    if outcome.transfer_syntax:
        return f"in {dictionary.transfer_syntax_short(outcome.transfer_syntax)}"
    return outcome.words
