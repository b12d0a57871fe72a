"""SOP class extended negotiation by meaning: the application information of storage, query and retrieve.

Each kind is a value. As SCU, `item()` proposes it for a SOP class. As SCP, `hook` answers in a policy: only what was
asked for and is offered, never more bytes than were asked. `agreed()` reads what holds on an association.

Fields come shorter and longer than today's: each edition of PS3.4 added bytes at the end. Bytes that are missing stand
for "no" and bytes beyond those that are known are passed over. Of a yes/no byte only the value 1 is a yes.
"""

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from enum import IntEnum
from typing import ClassVar, Self, TypeVar

from workbench.acse.policy import ExtendedHook
from workbench.upper_layer.items import SopClassExtendedNegotiation


class StorageLevel(IntEnum):
    """How much of an object a storage SCP keeps (PS3.4 B.4.1)."""

    LEVEL_0_LOCAL = 0
    LEVEL_1_BASE = 1
    LEVEL_2_FULL = 2
    NOT_APPLICABLE = 3  # an SCU only


class SignatureLevel(IntEnum):
    """What a storage SCP does about digital signatures (PS3.4 B.4.1)."""

    UNSPECIFIED = 0
    LEVEL_1 = 1
    LEVEL_2 = 2
    LEVEL_3 = 3


class Coercion(IntEnum):
    """Whether a storage SCP changes data elements (PS3.4 B.4.1)."""

    NONE = 0
    MAY_COERCE = 1
    NOT_APPLICABLE = 2  # an SCU only


_Value = TypeVar("_Value", bound=IntEnum)


def _known(information: bytes, place: int, otherwise: _Value) -> _Value:
    try:
        return type(otherwise)(information[place])
    except (IndexError, ValueError):
        return otherwise


class _ApplicationInformation(ABC):
    """What every kind has: it is proposed and read by the bytes that it encodes to."""

    __slots__ = ()

    @abstractmethod
    def encode(self) -> bytes:
        """Gives the application information."""

    @classmethod
    @abstractmethod
    def decode(cls, information: bytes) -> Self:
        """Reads application information of any length."""

    def item(self, sop_class_uid: str) -> SopClassExtendedNegotiation:
        """Gives the item for the user information of a request."""
        return SopClassExtendedNegotiation(sop_class_uid=sop_class_uid, application_information=self.encode())

    @classmethod
    def agreed(cls, extended: Mapping[str, bytes], sop_class_uid: str) -> Self:
        """Gives what the acceptor's answers, `Agreement.extended`, say of a SOP class; the defaults without one."""
        return cls.decode(extended.get(sop_class_uid, b""))


@dataclass(frozen=True, slots=True, kw_only=True)
class StorageOptions(_ApplicationInformation):
    """What an AE is as user or provider of storage (PS3.4 B.3.1); each side tells its own, nothing is bargained for.

    The defaults are those of an AE that only sends.
    """

    level: StorageLevel = StorageLevel.NOT_APPLICABLE
    signature_level: SignatureLevel = SignatureLevel.UNSPECIFIED
    coercion: Coercion = Coercion.NOT_APPLICABLE

    def encode(self) -> bytes:
        """Gives the application information: three values, each followed by a reserved byte."""
        return bytes((self.level, 0, self.signature_level, 0, self.coercion, 0))

    @classmethod
    def decode(cls, information: bytes) -> Self:
        """Reads application information; a value that is missing or not defined says nothing."""
        nothing = cls()
        return cls(
            level=_known(information, 0, nothing.level),
            signature_level=_known(information, 2, nothing.signature_level),
            coercion=_known(information, 4, nothing.coercion),
        )

    @classmethod
    def answer(cls, asked: Self, offered: Self) -> Self:
        """Gives what an acceptor answers: what it is, whatever the requestor is."""
        return offered

    @property
    def hook(self) -> ExtendedHook:
        """Answers for an SCP that is as this says."""
        return lambda asked: self.encode() if asked else None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Flags(_ApplicationInformation):
    """One byte for each attribute, in their order."""

    LENGTHS: ClassVar[tuple[int, ...]]  # those that an edition of PS3.4 defined, ascending

    def encode(self) -> bytes:
        """Gives the application information, as short as an edition of PS3.4 had it: older peers know no more."""
        flags = self._bytes()
        needed = len(flags.rstrip(b"\0"))
        return flags[: next(length for length in self.LENGTHS if length >= needed)]

    @classmethod
    def decode(cls, information: bytes) -> Self:
        """Reads application information of any length."""
        names = (field.name for field in fields(cls))
        return replace(cls(), **{name: byte == 1 for name, byte in zip(names, information, strict=False)})

    @classmethod
    def answer(cls, asked: Self, offered: Self) -> Self:
        """Gives what both want."""
        return cls.decode(bytes(map(min, asked._bytes(), offered._bytes())))

    @property
    def hook(self) -> ExtendedHook:
        """Answers for an SCP that offers this: in as many bytes as were asked, no to the rest."""
        return lambda asked: self.answer(self.decode(asked), self)._bytes()[: len(asked)] or None

    def _bytes(self) -> bytes:
        return bytes(getattr(self, field.name) for field in fields(self))


@dataclass(frozen=True, slots=True, kw_only=True)
class QueryOptions(_Flags):
    """What a C-FIND may ask for beyond the baseline (PS3.4 C.5.1.1; K.5.1 has the first four for the worklist).

    Attributes:
        relational: keys of any level in one query (C.4.1.2.2).
        date_time: a date and a time key that belong together are matched as one moment (C.2.2.2.5).
        fuzzy: person names are matched by sound or meaning, not by spelling (C.2.2.2.1).
        timezone: dates and times are read in the timezone of the request (C.4.1.1.3).
        enhanced_multi_frame: the view with enhanced multi-frame objects converted (Y.3).
        empty_value: "" in quotes matches attributes without a value (C.2.2.2.7).
        multiple_value: of several values in a key, each must be there (C.2.2.2.8).
    """

    LENGTHS = (1, 3, 4, 5, 7)

    relational: bool = False
    date_time: bool = False
    fuzzy: bool = False
    timezone: bool = False
    enhanced_multi_frame: bool = False
    empty_value: bool = False
    multiple_value: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class RetrieveOptions(_Flags):
    """What a C-MOVE or C-GET may ask for beyond the baseline (PS3.4 C.5.2.1, C.5.3.1).

    Attributes:
        relational: unique keys above the level of the retrieval may be missing (C.4.2.2.2).
        enhanced_multi_frame: enhanced multi-frame objects may be sent converted (Y.3).
    """

    LENGTHS = (1, 2)

    relational: bool = False
    enhanced_multi_frame: bool = False
