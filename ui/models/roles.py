"""What views may ask a model beyond Qt's own roles, and the categories that they colour."""

from enum import Enum, IntEnum

from PySide6.QtCore import Qt

_FIRST = int(Qt.ItemDataRole.UserRole) + 1


class Role(IntEnum):
    """Data roles of every model here; a model answers None to those that mean nothing to it."""

    ROW = _FIRST  # the row itself: a frozen dataclass, a TraceEvent, a Span
    CATEGORY = _FIRST + 1  # Category of this cell
    ROW_CATEGORY = _FIRST + 2  # Category of the whole row
    SORT = _FIRST + 3  # what the column is ordered by
    MONOSPACE = _FIRST + 4  # bool: wire data and numbers
    PROGRESS = _FIRST + 5  # float 0..1 while something is under way
    START = _FIRST + 6  # first byte of a field
    END = _FIRST + 7  # one past its last byte
    NUMBER = _FIRST + 8  # number of a trace event
    ASSOCIATION = _FIRST + 9  # number of an association
    KEY = _FIRST + 10  # what names the row: node name, job id, UID
    KEEPS_END = _FIRST + 11  # bool, of a column: what does not fit loses its middle, because the end tells more


class Category(Enum):
    """What a colour tells; never told by the colour alone. NONE is false."""

    NONE = ""
    OK = "ok"
    WARNING = "warning"
    ERROR = "error"
    NOTE = "note"
    ACTIVE = "active"  # under way
    MUTED = "muted"  # waiting, off, not significant

    def __bool__(self) -> bool:
        # No StrEnum: Qt would hand out its members as plain strings.
        return self is not Category.NONE
