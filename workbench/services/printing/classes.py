"""The SOP classes of Print Management and the contexts that an SCU proposes for them (PS3.4 H.3)."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from workbench.acse.contexts import propose_classes
from workbench.upper_layer.items import ProposedContext

SERVICE: Final = "Print Management"
"""In whose words a status is told; a key of `dimse.status.SERVICES`."""

FILM_SESSION: Final = "1.2.840.10008.5.1.1.1"
FILM_BOX: Final = "1.2.840.10008.5.1.1.2"
GRAYSCALE_IMAGE_BOX: Final = "1.2.840.10008.5.1.1.4"
COLOR_IMAGE_BOX: Final = "1.2.840.10008.5.1.1.4.1"
GRAYSCALE_META: Final = "1.2.840.10008.5.1.1.9"
COLOR_META: Final = "1.2.840.10008.5.1.1.18"
PRINT_JOB: Final = "1.2.840.10008.5.1.1.14"
ANNOTATION_BOX: Final = "1.2.840.10008.5.1.1.15"
PRINTER: Final = "1.2.840.10008.5.1.1.16"
PRINTER_CONFIGURATION: Final = "1.2.840.10008.5.1.1.16.376"
PRESENTATION_LUT: Final = "1.2.840.10008.5.1.1.23"

PRINTER_INSTANCE: Final = "1.2.840.10008.5.1.1.17"
PRINTER_CONFIGURATION_INSTANCE: Final = "1.2.840.10008.5.1.1.17.376"

# PS3.4 H.3.2.1 and H.3.2.2
MEMBERS: Final[Mapping[str, frozenset[str]]] = MappingProxyType(
    {
        GRAYSCALE_META: frozenset({FILM_SESSION, FILM_BOX, GRAYSCALE_IMAGE_BOX, PRINTER}),
        COLOR_META: frozenset({FILM_SESSION, FILM_BOX, COLOR_IMAGE_BOX, PRINTER}),
    }
)
"""What each Meta SOP class holds: the classes that commands on its contexts name."""

IMAGE_BOX_OF: Final[Mapping[str, str]] = MappingProxyType(
    {GRAYSCALE_META: GRAYSCALE_IMAGE_BOX, COLOR_META: COLOR_IMAGE_BOX}
)
"""The class of the image boxes that a film box gets, by the Meta SOP class it is created on."""

# PS3.4 H.3.3: the optional classes are negotiated by themselves.
OPTIONAL: Final = (PRINT_JOB, ANNOTATION_BOX, PRESENTATION_LUT, PRINTER_CONFIGURATION)


def print_contexts(*, color: bool = False, optional: tuple[str, ...] = (PRINT_JOB,)) -> tuple[ProposedContext, ...]:
    """Gives the contexts of an association that prints.

    Args:
        color: propose the color Meta SOP class too; grayscale is always proposed.
        optional: classes of OPTIONAL. An SCU that proposes Print Job must take its events: see `PrintWatch`.
    """
    return propose_classes(GRAYSCALE_META, *((COLOR_META,) if color else ()), *optional)
