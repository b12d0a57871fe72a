"""The tables of a procedure step's attributes agree with the dictionary, with one another, and with what we create."""

from collections.abc import Iterable, Iterator

import pytest
from pydicom.datadict import dictionary_has_tag, dictionary_VR
from pydicom.dataset import Dataset

from workbench.errors import StatusError
from workbench.services.procedure_step.attributes import NEVER_SET, SERIES_LISTED, STATUS, TO_CREATE, TO_END
from workbench.services.procedure_step.scu import step_attributes
from workbench.services.requirements import Required, check_required


def every(required: Iterable[Required]) -> Iterator[Required]:
    for one in required:
        yield one
        yield from every(one.items)


@pytest.mark.parametrize("one", [*every(TO_CREATE), *every(TO_END)], ids=lambda one: f"{one.tag:08X}")
def test_only_sequences_have_items(one: Required) -> None:
    assert dictionary_has_tag(one.tag)
    assert not one.items or dictionary_VR(one.tag) == "SQ"


def test_what_may_never_be_set_is_not_needed_at_the_end() -> None:
    assert not {one.tag for one in TO_END} & set(NEVER_SET)
    assert STATUS not in NEVER_SET
    assert len(set(NEVER_SET)) == len(NEVER_SET)


def test_what_a_step_needs_at_the_end_may_be_empty_at_first() -> None:
    at_first = {one.tag: one for one in TO_CREATE}
    assert all(not at_first[one.tag].needs_value and one.needs_value for one in TO_END)
    assert SERIES_LISTED in TO_CREATE


def test_what_we_create_meets_the_table_and_needs_all_of_it() -> None:
    item = Dataset()
    item.StudyInstanceUID = "1.2.3"
    step = step_attributes(item, step_id="1", station_ae_title="CT1", modality="CT")
    check_required(step, TO_CREATE)
    for one in TO_CREATE:
        lacking = Dataset()
        lacking.update(step)
        del lacking[one.tag]
        with pytest.raises(StatusError) as caught:
            check_required(lacking, TO_CREATE)
        assert caught.value.status == 0x0120
