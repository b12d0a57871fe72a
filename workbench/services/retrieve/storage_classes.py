"""The storage SOP classes in the order in which a C-GET should propose them: an association has room for 127 only."""

import re
from functools import cache
from typing import Final

from workbench.dictionary import is_retired, storage_sop_classes

# Objects of industry, of no patient, of the second generation of radiotherapy, of devices that few have, and of classes
# too young to be met. What is left of those that are not retired fits into one association, with the retired ones that
# old archives hold.
_SELDOM: Final = re.compile(
    r"1\.2\.840\.10008\.5\.1\.4\."
    r"(1\.1\.(6\.3|9\.(1\.4|6\.2|[78]\..*|100\..*)|11\.([6-9]|1[0-2])|13\.1\.[45]|66\.[68]|77\.1\.(5\.[5-8]|8|9)|82\.1"
    r"|88\.(35|7[124578])|9[01]\.1|104\.[45]|20[01]\..*|481\.[12]\d|[56]01\..*)|34\.10|3[89]\..*|4[345]\..*)"
)

# Ultrasound, nuclear medicine, biplane angiography, visible light, standalone objects, prints: all that DCMTK asks for.
_OLD: Final = re.compile(r"1\.2\.840\.10008\.5\.1\.(1\.(27|29|30)|4\.1\.1\.(3|5|6|8|9|10|11|12\.3|77\.[12]|129))")


@cache
def likeliest_first() -> tuple[str, ...]:
    """Gives every storage SOP class: the usual ones, those of old archives, the seldom ones, other retired ones."""
    return tuple(sorted(storage_sop_classes(), key=_rank))


def _rank(uid: str) -> int:
    if is_retired(uid):
        return 1 if _OLD.fullmatch(uid) else 3
    return 2 if _SELDOM.fullmatch(uid) else 0
