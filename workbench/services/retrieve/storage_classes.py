"""The storage SOP classes in the order in which a C-GET should propose them: an association has room for 127 only."""

import re
from functools import cache
from typing import Final

from workbench.dictionary import is_retired, storage_sop_classes

# Objects of industry, of no patient, of the second generation of radiotherapy, and of devices that few have. What is
# left of the classes that are not retired fits into one association.
_SELDOM: Final = re.compile(
    r"1\.2\.840\.10008\.5\.1\.4\."
    r"(1\.1\.(6\.3|9\.(6\.2|[78]\..*|100\..*)|11\.([679]|1[01])|13\.1\.[45]|77\.1\.(5\.[5-8]|8|9)|88\.7[45]|91\.1"
    r"|20[01]\..*|481\.[12]\d|[56]01\..*)|34\.10|3[89]\..*|4[345]\..*)"
)


@cache
def likeliest_first() -> tuple[str, ...]:
    """Gives every storage SOP class: the usual ones, the others, the retired ones."""
    return tuple(sorted(storage_sop_classes(), key=lambda uid: (is_retired(uid), bool(_SELDOM.fullmatch(uid)))))
