"""Counterparts of DCMTK's tests of the limit to nested sequences."""

from pathlib import Path

import pytest
from pydicom.dataset import Dataset

from tests.dcmnet.entities import CT_IMAGE, POLICY, REQUESTOR, node_of, scp
from workbench.acse.contexts import propose
from workbench.dimse.messages import CStoreRq
from workbench.errors import DataSetError
from workbench.net.requestor import connect
from workbench.services.encoding import decode_data_set, encode_data_set
from workbench.services.storage.scp import StorageScp
from workbench.storage.structure import MAXIMUM_NESTING
from workbench.uids import EXPLICIT_VR_LITTLE_ENDIAN

LIMIT = 3


def nested(depth: int) -> bytes:
    """Gives a small CT image with sequences that lie so deep in each other, encoded."""
    data_set = Dataset()
    for _ in range(depth):
        outer = Dataset()
        outer.ContentSequence = [data_set]
        data_set = outer
    data_set.SOPClassUID, data_set.SOPInstanceUID = CT_IMAGE, "1.2.3"
    return encode_data_set(data_set, EXPLICIT_VR_LITTLE_ENDIAN)


def test_dcmnet_scp_maxNestingDepth_getset(tmp_path: Path) -> None:
    """The limit of an SCP is what it was made with. Better: there is one also when nobody sets it."""
    for nesting, made in ((LIMIT, StorageScp(tmp_path, nesting=LIMIT)), (MAXIMUM_NESTING, StorageScp(tmp_path))):
        assert made.nesting == nesting
        made.close()


@pytest.mark.parametrize("nesting", [LIMIT, LIMIT + 1])
def test_dcmnet_scu_maxNestingDepth_getset(nesting: int) -> None:
    """What a requestor takes in a response is limited by what its caller says."""
    if nesting == LIMIT:
        with pytest.raises(DataSetError, match="nested deeper than 3"):
            decode_data_set(nested(LIMIT + 1), EXPLICIT_VR_LITTLE_ENDIAN, nesting=nesting)
    else:
        assert decode_data_set(nested(LIMIT + 1), EXPLICIT_VR_LITTLE_ENDIAN, nesting=nesting).SOPInstanceUID == "1.2.3"


def files_in(folder: Path) -> int:
    """Gives the number of objects in a folder."""
    return len(list(folder.glob("[!.]*")))


async def stored(folder: Path, data_set: bytes) -> tuple[int, str | None, int]:
    """Gives status and comment of a C-STORE to an SCP with the limit, and the number of files it then has."""
    storage = StorageScp(folder, nesting=LIMIT)
    (contexts,) = propose([(CT_IMAGE, (EXPLICIT_VR_LITTLE_ENDIAN,))])
    async with (
        scp({CStoreRq.COMMAND_FIELD: storage.handler}, policy=POLICY) as server,
        connect(node_of(server), contexts, local=REQUESTOR) as association,
    ):
        message = CStoreRq(message_id=1, affected_sop_class_uid=CT_IMAGE, affected_sop_instance_uid="1.2.3")
        reply = await association.request(message, data_set)
        assert association.end is None
    storage.close()
    return reply.message.status, reply.message.error_comment, files_in(folder)


async def test_dcmnet_scp_maxNestingDepth_rejects_deep(tmp_path: Path) -> None:
    """Four deep is refused with a limit of three. Better: by a status with its reason, and the association goes on."""
    assert await stored(tmp_path, nested(LIMIT + 1)) == (0xC000, "sequences are nested deeper than 3", 0)


async def test_dcmnet_scp_maxNestingDepth_accepts_shallow(tmp_path: Path) -> None:
    """Three deep is taken with a limit of three."""
    assert await stored(tmp_path, nested(LIMIT)) == (0x0000, None, 1)
