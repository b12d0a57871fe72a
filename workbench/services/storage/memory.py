"""Makes instances to send of data sets that a program has built or changed."""

from pydicom.dataset import Dataset

from workbench.errors import DataSetError
from workbench.services.encoding import encode_data_set
from workbench.services.storage.instances import MemoryInstance


def instance_of(data_set: Dataset, transfer_syntax_uid: str = "", *, name: str = "") -> MemoryInstance:
    """Encodes a data set of pydicom as it is now; what is changed in it later is not sent.

    Args:
        transfer_syntax_uid: in which to encode it; that of its file meta information when not given. Compressed pixel
            data must be compressed in this syntax already.
        name: for people.

    Raises:
        DataSetError: no transfer syntax is known, a UID is missing, or a value does not fit its VR.
    """
    meta = getattr(data_set, "file_meta", None)
    syntax = transfer_syntax_uid or str(getattr(meta, "TransferSyntaxUID", ""))
    if not syntax:
        raise DataSetError("the transfer syntax of the data set is not known")
    body = Dataset(data_set)
    return MemoryInstance(
        sop_class_uid=str(body.get("SOPClassUID", "")),
        sop_instance_uid=str(body.get("SOPInstanceUID", "")),
        transfer_syntax_uid=syntax,
        data=encode_data_set(body, syntax),
        name=name,
    )
