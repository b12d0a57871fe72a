"""Each request has its response, which repeats what the standard asks it to repeat."""

import pytest

from workbench.dimse.answers import respond, sop_class_of
from workbench.dimse.command_set import decode_command, encode_command
from workbench.dimse.messages import (
    CEchoRq,
    CEchoRsp,
    CFindRq,
    CFindRsp,
    CGetRq,
    CGetRsp,
    CMoveRq,
    CMoveRsp,
    CStoreRq,
    CStoreRsp,
    NActionRq,
    NActionRsp,
    NCreateRq,
    NCreateRsp,
    NDeleteRq,
    NDeleteRsp,
    NEventReportRq,
    NEventReportRsp,
    NGetRq,
    NGetRsp,
    NSetRq,
    NSetRsp,
    Request,
    Response,
)

CLASS, INSTANCE = "1.2.3", "1.2.3.4"

PAIRS: list[tuple[Request, type[Response], str | None]] = [
    (CEchoRq(message_id=7, affected_sop_class_uid=CLASS), CEchoRsp, None),
    (CStoreRq(message_id=7, affected_sop_class_uid=CLASS, affected_sop_instance_uid=INSTANCE), CStoreRsp, INSTANCE),
    (CFindRq(message_id=7, affected_sop_class_uid=CLASS), CFindRsp, None),
    (CGetRq(message_id=7, affected_sop_class_uid=CLASS), CGetRsp, None),
    (CMoveRq(message_id=7, affected_sop_class_uid=CLASS, move_destination="ME"), CMoveRsp, None),
    (
        NEventReportRq(message_id=7, affected_sop_class_uid=CLASS, affected_sop_instance_uid=INSTANCE, event_type_id=1),
        NEventReportRsp,
        INSTANCE,
    ),
    (NGetRq(message_id=7, requested_sop_class_uid=CLASS, requested_sop_instance_uid=INSTANCE), NGetRsp, INSTANCE),
    (NSetRq(message_id=7, requested_sop_class_uid=CLASS, requested_sop_instance_uid=INSTANCE), NSetRsp, INSTANCE),
    (
        NActionRq(message_id=7, requested_sop_class_uid=CLASS, requested_sop_instance_uid=INSTANCE, action_type_id=1),
        NActionRsp,
        INSTANCE,
    ),
    (NCreateRq(message_id=7, affected_sop_class_uid=CLASS, affected_sop_instance_uid=INSTANCE), NCreateRsp, INSTANCE),
    (
        NDeleteRq(message_id=7, requested_sop_class_uid=CLASS, requested_sop_instance_uid=INSTANCE),
        NDeleteRsp,
        INSTANCE,
    ),
]


@pytest.mark.parametrize(("request_", "kind", "instance"), PAIRS, ids=[pair[0].NAME for pair in PAIRS])
def test_a_response_repeats_message_id_class_and_instance(
    request_: Request, kind: type[Response], instance: str | None
) -> None:
    response = respond(request_, 0x0110, "what went wrong")
    assert isinstance(response, kind)
    assert response.message_id_being_responded_to == 7
    assert response.status == 0x0110
    assert response.error_comment == "what went wrong"
    assert response.affected_sop_class_uid == CLASS == sop_class_of(request_)
    assert getattr(response, "affected_sop_instance_uid", None) == instance
    assert decode_command(encode_command(response, has_data_set=False)) == (response, False)


def test_a_response_repeats_no_uid_that_the_request_had_not() -> None:
    request = NGetRq(message_id=7, requested_sop_class_uid="", requested_sop_instance_uid="")
    assert respond(request, 0x0112) == NGetRsp(message_id_being_responded_to=7, status=0x0112)


def test_further_elements_are_taken_by_name() -> None:
    response = respond(PAIRS[4][0], 0xFF00, number_of_remaining_suboperations=3)
    assert isinstance(response, CMoveRsp)
    assert response.number_of_remaining_suboperations == 3
