"""Which steps a C-FIND gives, and what of them."""

import pytest
from pydicom.dataset import Dataset

from tests.services.servers import LOCAL
from tests.services.ups.steps import LOCK, OTHER_UID, UID, code, data_set, new_step, status_of
from workbench.acse.contexts import propose
from workbench.config import Node
from workbench.net.requestor import connect
from workbench.services.offers import serve
from workbench.services.query.find import find, find_contexts
from workbench.services.query.find_scp import FindScp
from workbench.services.ups.data_sets import settle
from workbench.services.ups.matching import MODELS, StepProvider, passes, read_filter
from workbench.services.ups.workitems import Workitem
from workbench.uids import IMPLICIT_VR_LITTLE_ENDIAN

STEPS = [
    Workitem(
        sop_instance_uid=UID,
        data_set=settle(
            new_step(
                SOPInstanceUID=UID,
                PatientName="Müller^Eva",
                TransactionUID=LOCK,
                ScheduledWorkitemCodeSequence=[code("1", "first"), code("2", "second")],
            )
        ),
    ),
    Workitem(
        sop_instance_uid=OTHER_UID,
        data_set=settle(new_step(SOPInstanceUID=OTHER_UID, PatientName="Doe^Jo", ProcedureStepState="COMPLETED")),
    ),
]


async def matches(identifier: Dataset, steps: list[Workitem] | None = None) -> list[tuple[int, Dataset]]:
    scp = FindScp(MODELS, StepProvider(lambda: STEPS if steps is None else steps))
    async with serve(LOCAL, [scp.offer]) as server:
        node = Node(name="test", host="127.0.0.1", port=server.address[1], ae_title="SERVER")
        async with (
            connect(node, find_contexts(MODELS), local=LOCAL) as association,
            find(association, MODELS[0], identifier) as query,
        ):
            return [(match.status, match.data_set) async for match in query]


async def test_a_match_has_what_was_asked_for_and_nothing_else() -> None:
    asked = data_set(
        SOPInstanceUID="",
        PatientName="m*",
        Occupation="",
        ScheduledWorkitemCodeSequence=[data_set(CodeValue="")],
    )
    ((status, found),) = await matches(asked)
    assert status == 0xFF01  # Occupation is neither of Table CC.2.5-3 nor in the step
    assert str(found.PatientName) == "Müller^Eva"
    assert [list(item) for item in found.ScheduledWorkitemCodeSequence] == [
        [item] for item in (data_set(CodeValue="1")[0x00080100], data_set(CodeValue="2")[0x00080100])
    ]
    assert found.Occupation == ""
    assert [element.keyword for element in found] == [
        "SpecificCharacterSet",
        "SOPInstanceUID",
        "PatientName",
        "Occupation",
        "ScheduledWorkitemCodeSequence",
    ]


@pytest.mark.parametrize(
    ("keys", "uids"),
    [
        ({"ProcedureStepState": "SCHEDULED"}, [UID]),
        ({"ProcedureStepState": ""}, [UID, OTHER_UID]),
        ({"SOPInstanceUID": [UID, OTHER_UID]}, [UID, OTHER_UID]),
        ({"ScheduledProcedureStepStartDateTime": "20260301-20260302"}, [UID, OTHER_UID]),
        ({"ScheduledProcedureStepStartDateTime": "-20260228"}, []),
        ({"ScheduledWorkitemCodeSequence": [data_set(CodeValue="2")]}, [UID]),
        ({"ProcedureStepState": "scheduled"}, []),
    ],
)
async def test_the_keys_choose_the_steps(keys: dict[str, object], uids: list[str]) -> None:
    asked = data_set(**{"SOPInstanceUID": "", **keys})
    assert [found.SOPInstanceUID for _, found in await matches(asked)] == uids


async def test_the_transaction_uid_is_neither_matched_nor_returned() -> None:
    found = await matches(data_set(TransactionUID="1.2.3.777", SOPInstanceUID=""))
    assert [(status, "TransactionUID" in one) for status, one in found] == [(0xFF00, False), (0xFF00, False)]


async def test_without_any_key_there_are_no_matches() -> None:
    assert await matches(data_set(SpecificCharacterSet="ISO_IR 100")) == []
    assert await matches(data_set(TransactionUID=LOCK)) == []


async def test_a_long_worklist_is_searched_to_its_end() -> None:
    many = [Workitem(sop_instance_uid=f"1.2.3.{number}", data_set=STEPS[0].data_set) for number in range(200)]
    assert len(await matches(data_set(SOPInstanceUID=""), many)) == 200


def test_a_filter_is_kept_as_bytes_and_lets_steps_pass() -> None:
    kept = read_filter(data_set(ReceivingAE="A", DeletionLock="TRUE", PatientName="müller*"))
    assert [passes(step, kept) for step in STEPS] == [True, False]
    assert [passes(step, b"") for step in STEPS] == [True, True]
    assert status_of(lambda: read_filter(data_set(ReceivingAE="A", DeletionLock="TRUE"))) == 0x0115


def test_the_models_are_those_of_query_pull_and_watch() -> None:
    assert [model.find[-1] for model in MODELS] == ["5", "3", "2"]
    assert len(propose((model.find, (IMPLICIT_VR_LITTLE_ENDIAN,)) for model in MODELS)[0]) == 3
