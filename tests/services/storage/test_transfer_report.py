"""The report in DCMTK's layout."""

from datetime import datetime

from workbench.config import LocalAe, Node
from workbench.errors import NoAcceptedContext, StorageError
from workbench.services.storage.instances import MemoryInstance
from workbench.services.storage.outcomes import Outcome, OutcomeState
from workbench.services.storage.transfer_report import transfer_report, transfer_summary

EXPLICIT, IMPLICIT = "1.2.840.10008.1.2.1", "1.2.840.10008.1.2"
CT = MemoryInstance(
    sop_class_uid="1.2.840.10008.5.1.4.1.1.2",
    sop_instance_uid="1.2.3",
    transfer_syntax_uid=EXPLICIT,
    data=bytes(10),
    name="ct.dcm",
)
NODE = Node(name="peer", host="peer.example", port=104, ae_title="PEER")


def answered(status: int, state: OutcomeState = "stored") -> Outcome:
    return Outcome(instance=CT, state=state, status=status, association=1, transfer_syntax_uid=IMPLICIT, context_id=3)


def failed(error: StorageError | NoAcceptedContext) -> Outcome:
    return Outcome(instance=CT, state="failed", association=1, transfer_syntax_uid=EXPLICIT, context_id=1, error=error)


def test_report_has_a_block_for_each_instance() -> None:
    outcomes = [answered(0), failed(NoAcceptedContext("1.2", EXPLICIT, "why")), answered(0xA700, "failed"), None]
    text = transfer_report(
        [CT] * 4, outcomes, NODE, LocalAe(ae_title="ME"), when=datetime(2026, 7, 1, 12, 30, 5), proposed=2
    )
    assert text == (
        """\
Detailed Report on the Transfer of Instances
============================================

Communication Peer : peer.example:104
AE Titles used     : ME -> PEER
Current Date/Time  : 2026-07-01 12:30:05


Number        : 1
Filename      : ct.dcm
SOP Instance  : 1.2.3
SOP Class     : 1.2.840.10008.5.1.4.1.1.2 = CTImageStorage
Original Xfer : 1.2.840.10008.1.2.1 = Explicit VR Little Endian
Dataset Size  : 10 bytes
Association   : 1
Pres. Context : 3
Network Xfer  : 1.2.840.10008.1.2 = Implicit VR Little Endian
DIMSE Status  : 0x0000 (Success)

Number        : 2
Filename      : ct.dcm
SOP Instance  : 1.2.3
SOP Class     : 1.2.840.10008.5.1.4.1.1.2 = CTImageStorage
Original Xfer : 1.2.840.10008.1.2.1 = Explicit VR Little Endian
Dataset Size  : 10 bytes
Association   : 1
Pres. Context : 1
Network Xfer  : 1.2.840.10008.1.2.1 = Explicit VR Little Endian
DIMSE Status  : <no acceptable presentation context>

Number        : 3
Filename      : ct.dcm
SOP Instance  : 1.2.3
SOP Class     : 1.2.840.10008.5.1.4.1.1.2 = CTImageStorage
Original Xfer : 1.2.840.10008.1.2.1 = Explicit VR Little Endian
Dataset Size  : 10 bytes
Association   : 1
Pres. Context : 3
Network Xfer  : 1.2.840.10008.1.2 = Implicit VR Little Endian
DIMSE Status  : 0xa700 (Refused: out of resources)

Number        : 4
Filename      : ct.dcm
SOP Instance  : 1.2.3
SOP Class     : 1.2.840.10008.5.1.4.1.1.2 = CTImageStorage
Original Xfer : 1.2.840.10008.1.2.1 = Explicit VR Little Endian
Dataset Size  : 10 bytes
DIMSE Status  : <not sent>


Status Summary
--------------
Number of associations   : 1
Number of pres. contexts : 2
Number of SOP instances  : 4
- sent to the peer       : 2
  * with status SUCCESS  : 1
  * with status REFUSED  : 1
- NOT sent to the peer   : 2
  * no acceptable pres.  : 1
"""
    )


def test_summary_counts_each_kind_of_status() -> None:
    statuses = (0, 0, 0xB000, 0xB007, 0x0107, 0xA900, 0xC123, 0xA701, 0x0122, 0xFFF0)
    lines = transfer_summary([answered(status) for status in statuses], proposed=1)
    assert lines[6:] == [
        "- sent to the peer       : 10",
        "  * with status SUCCESS  : 2",
        "  * with status WARNING  : 3",
        "  * with status ERROR    : 2",
        "  * with status REFUSED  : 2",
        "  * unknown status code  : 1",
    ]


def test_what_did_not_happen_is_left_out() -> None:
    assert transfer_summary([failed(StorageError("gone", path=""))], proposed=1)[6:] == [
        "- NOT sent to the peer   : 1",
    ]
