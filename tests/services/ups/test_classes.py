"""The numbers of the UPS service against PS3.6 and PS3.4."""

import pytest

from workbench import dictionary
from workbench.dimse.status import SERVICES
from workbench.services.ups import classes


@pytest.mark.parametrize(
    ("uid", "word"),
    list(zip(classes.UPS_CLASSES, ["Push", "Watch", "Pull", "Event", "Query"], strict=True)),
)
def test_each_class_has_its_name(uid: str, word: str) -> None:
    assert dictionary.uid_name(uid) == f"Unified Procedure Step - {word} SOP Class"


def test_the_well_known_instances_have_their_names() -> None:
    assert dictionary.uid_name(classes.GLOBAL_SUBSCRIPTION) == "UPS Global Subscription SOP Instance"
    assert dictionary.uid_name(classes.FILTERED_GLOBAL_SUBSCRIPTION) == "UPS Filtered Global Subscription SOP Instance"


def test_the_statuses_of_the_service_have_words() -> None:
    assert classes.SERVICE in SERVICES
