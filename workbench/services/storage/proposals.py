"""What is proposed for instances that are to be sent: one class for each way to choose presentation contexts.

An instance can be sent in a context whose transfer syntax it has, or into which it may be converted (see `conversion`).
"""

from collections.abc import Iterable, Sequence
from functools import cache
from itertools import chain
from typing import Final, Protocol, TypeAlias

from workbench import dictionary
from workbench.acse.contexts import ContextNeed
from workbench.services.transcoding.conversion import COMPRESSED_ROOTS, Conversion
from workbench.uids import (
    DEFLATED_EXPLICIT_VR_LITTLE_ENDIAN,
    EXPLICIT_VR_BIG_ENDIAN,
    EXPLICIT_VR_LITTLE_ENDIAN,
    IMPLICIT_VR_LITTLE_ENDIAN,
)
from workbench.upper_layer.items import ProposedContext

Context: TypeAlias = tuple[str, tuple[str, ...]]
"""A SOP class and the transfer syntaxes of one presentation context."""

DEFAULT_LAST: Final = (EXPLICIT_VR_LITTLE_ENDIAN, EXPLICIT_VR_BIG_ENDIAN, IMPLICIT_VR_LITTLE_ENDIAN)
"""The transfer syntaxes without compression, the default one last, as an acceptor by order of proposal wants them."""


class Proposal(Protocol):
    """Chooses presentation contexts."""

    @property
    def always(self) -> Sequence[Context]:
        """What is proposed whatever is to be sent, and first."""

    def contexts(self, need: ContextNeed) -> Sequence[Context]:
        """Gives what is proposed for instances of a SOP class in a transfer syntax; nothing leaves them unsent."""


class OwnSyntaxes:
    """A context for each SOP class and transfer syntax there is, and one to choose from where it may be converted."""

    def __init__(self, conversion: Conversion = Conversion.NEVER) -> None:
        self._conversion = conversion

    @property
    def always(self) -> Sequence[Context]:
        """Nothing."""
        return ()

    def contexts(self, need: ContextNeed) -> Sequence[Context]:
        """Gives its own transfer syntax, and the uncompressed ones in a context of their own."""
        own = (need[0], (need[1],))
        results = self._conversion.results(need[1])
        return [own, (need[0], results)] if results else [own]


class GivenSyntaxes:
    """Named transfer syntaxes for named SOP classes and for those of the instances.

    Args:
        groups: transfer syntaxes, each group in a context of its own.
        classes: proposed whatever is to be sent.
        combined: put all groups into one context.
        own_besides: give an instance whose transfer syntax is in no group a context for it.
    """

    def __init__(
        self,
        groups: Iterable[tuple[str, ...]],
        *,
        classes: Iterable[str] = (),
        combined: bool = False,
        own_besides: bool = False,
    ) -> None:
        separate = tuple(groups)
        self._groups = (tuple(dict.fromkeys(chain.from_iterable(separate))),) if combined else separate
        self._classes = tuple(classes)
        self._own_besides = own_besides

    @property
    def always(self) -> Sequence[Context]:
        """Gives the groups for each class that was named."""
        return [(uid, group) for uid in self._classes for group in self._groups]

    def contexts(self, need: ContextNeed) -> Sequence[Context]:
        """Gives the groups for the class of the instance, and its own transfer syntax where that is wanted."""
        sop_class, own = need
        contexts = [(sop_class, group) for group in self._groups]
        is_among = any(own in group for group in self._groups)
        return contexts if is_among or not self._own_besides else [*contexts, (sop_class, (own,))]


class DecompressedBesides:
    """One context a SOP class and transfer syntax, in which the peer may choose what is not compressed instead.

    Args:
        conversion: what may be done to the instances.
        only_legal: propose no context without the default transfer syntax, which PS3.5 10.1 asks for.
    """

    def __init__(self, conversion: Conversion, *, only_legal: bool = False) -> None:
        self._conversion = conversion
        self._only_legal = only_legal

    @property
    def always(self) -> Sequence[Context]:
        """Nothing."""
        return ()

    def contexts(self, need: ContextNeed) -> Sequence[Context]:
        """Gives one context, or none where it were not legal and must be."""
        sop_class, own = need
        if own in DEFAULT_LAST:
            return [(sop_class, DEFAULT_LAST)]
        if self._conversion.targets(own) and own in decodable():
            return [(sop_class, (own, *DEFAULT_LAST))]
        return [] if self._only_legal else [(sop_class, (own,))]


class AsListed:
    """The contexts of a list, such as a profile, whatever is to be sent."""

    def __init__(self, listed: Iterable[ProposedContext]) -> None:
        self.always: Sequence[Context] = [(each.abstract_syntax, each.transfer_syntaxes) for each in listed]

    def contexts(self, need: ContextNeed) -> Sequence[Context]:
        """Gives those of the list for its class: first the one that has its transfer syntax, if there is one."""
        of_class = [context for context in self.always if context[0] == need[0]]
        return sorted(of_class, key=lambda context: need[1] not in context[1])[:1]


def decompression(*, lossless: bool, lossy: bool) -> Conversion:
    """Gives what may be done to instances when uncompressed ones may be written into each other in any case."""
    if lossy:
        return Conversion.DECOMPRESS
    return Conversion.DECOMPRESS_LOSSLESS if lossless else Conversion.PLAIN


@cache
def decodable() -> tuple[str, ...]:
    """Gives the compressed transfer syntaxes that can be made uncompressed; for the others a decoder is missing."""
    from workbench.services.transcoding.pixel_decoding import decoders  # and pydicom with it

    compressed = (uid for uid in dictionary.transfer_syntaxes() if uid.startswith(COMPRESSED_ROOTS))
    return (DEFLATED_EXPLICIT_VR_LITTLE_ENDIAN, *decoders(compressed))
