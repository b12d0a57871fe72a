"""PDUs beside their bytes: one list, used to encode, to decode, to cut, to note spans.

The bytes come first, with their decoded fields as comments; those called "real" were seen on the wire.
"""

from dataclasses import dataclass

from workbench.upper_layer.items import (
    AnsweredContext,
    AsynchronousOperationsWindow,
    ImplementationClassUid,
    ImplementationVersionName,
    MaximumLength,
    ProposedContext,
    RoleSelection,
    SopClassCommonExtendedNegotiation,
    SopClassExtendedNegotiation,
    UnknownItem,
    UserIdentityAc,
    UserIdentityRq,
)
from workbench.upper_layer.pdu import (
    Abort,
    AssociateAc,
    AssociateRj,
    AssociateRq,
    PDataTf,
    Pdu,
    Pdv,
    ReleaseRp,
    ReleaseRq,
)


@dataclass(frozen=True)
class Case:
    """One PDU, its bytes, and what it stands for."""

    comment: str
    data: bytes
    pdu: Pdu


def octets(text: str) -> bytes:
    """The bytes of lines of hexadecimal digits; what follows a # is a comment, what is in quotes is ASCII text."""
    found = b""
    for line in text.splitlines():
        for index, part in enumerate(line.split("#")[0].split('"')):
            found += part.encode("ascii") if index % 2 else bytes.fromhex(part)
    return found


VERIFICATION = "1.2.840.10008.1.1"
CT = "1.2.840.10008.5.1.4.1.1.2"
IMPLICIT = "1.2.840.10008.1.2"
EXPLICIT = "1.2.840.10008.1.2.1"

REQUEST = Case(
    "real: pynetdicom proposes Verification in four syntaxes",
    octets("""
        01 00 00000119                                    # A-ASSOCIATE-RQ, 281 bytes follow
        0001 0000                                         # protocol version 1
        "ORTHANC         "  "ECHOSCU         "            # called, calling
        0000000000000000000000000000000000000000000000000000000000000000
        10 00 0015 "1.2.840.10008.3.1.1.1"                # application context
        20 00 0076 01 000000                              # presentation context 1
          30 00 0011 "1.2.840.10008.1.1"                  # Verification
          40 00 0013 "1.2.840.10008.1.2.1"                # Explicit VR Little Endian
          40 00 0011 "1.2.840.10008.1.2"                  # Implicit VR Little Endian
          40 00 0016 "1.2.840.10008.1.2.1.99"             # Deflated
          40 00 0013 "1.2.840.10008.1.2.2"                # Explicit VR Big Endian
        50 00 003E                                        # user information
          51 00 0004 00003FFE                             # maximum length 16382
          52 00 0020 "1.2.826.0.1.3680043.9.3811.3.0.4"
          55 00 000E "PYNETDICOM_304"
    """),
    AssociateRq(
        called_ae_title="ORTHANC",
        calling_ae_title="ECHOSCU",
        presentation_contexts=(
            ProposedContext(
                context_id=1,
                abstract_syntax=VERIFICATION,
                transfer_syntaxes=(EXPLICIT, IMPLICIT, "1.2.840.10008.1.2.1.99", "1.2.840.10008.1.2.2"),
            ),
        ),
        user_information=(
            MaximumLength(value=16382),
            ImplementationClassUid(uid="1.2.826.0.1.3680043.9.3811.3.0.4"),
            ImplementationVersionName(name="PYNETDICOM_304"),
        ),
    ),
)

IDENTITY_REQUEST = Case(
    "real: a user name and a passcode, a response is asked for",
    octets("""
        01 00 000000B0                                    # A-ASSOCIATE-RQ, 176 bytes follow
        0001 0000
        "PACS            "  "MOD             "
        0000000000000000000000000000000000000000000000000000000000000000
        10 00 0015 "1.2.840.10008.3.1.1.1"
        20 00 002E 01 000000
          30 00 0011 "1.2.840.10008.1.1"
          40 00 0011 "1.2.840.10008.1.2"
        50 00 001D
          51 00 0004 00004000                             # maximum length 16384
          58 00 0011 02 01                                # type 2, response requested
            0005 "admin"
            0006 "secret"
    """),
    AssociateRq(
        called_ae_title="PACS",
        calling_ae_title="MOD",
        presentation_contexts=(
            ProposedContext(context_id=1, abstract_syntax=VERIFICATION, transfer_syntaxes=(IMPLICIT,)),
        ),
        user_information=(
            MaximumLength(value=16384),
            UserIdentityRq(
                identity_type=2, positive_response_requested=True, primary_field=b"admin", secondary_field=b"secret"
            ),
        ),
    ),
)

FULL_REQUEST = Case(
    "every sub-item a request may have, unknown ones, odd and even ids, titles of 16 and of 0 characters",
    octets("""
        01 00 00000113                                    # A-ASSOCIATE-RQ, 275 bytes follow
        0003 0000                                         # protocol versions 1 and 2
        "SIXTEEN_LETTERS_"  "                "
        0000000000000000000000000000000000000000000000000000000000000000
        10 00 0003 "1.2"                                  # another application context
        20 00 0011 03 000000                              # context 3
          30 00 0005 "1.2.3"
          40 00 0000                                      # an empty transfer syntax
        20 00 0010 FF 000000                              # context 255, no transfer syntax
          30 00 0008 "1.2.3.45"
        7F 00 0002 CAFE                                   # unknown item
        50 00 0095
          51 00 0004 00000000                             # no limit
          52 00 0003 "1.2"
          53 00 0004 0000 0005                            # window: any number invoked, 5 performed
          54 00 0009 0005 "1.2.3" 01 00                   # SCU
          54 00 000A 0006 "1.2.34" 00 01                  # SCP
          55 00 0001 "V"
          56 00 000A 0005 "1.2.3" 010203                  # extended negotiation
          57 00 001A                                      # common extended negotiation, version 0
            0005 "1.2.3"
            0005 "1.2.4"
            000A 0003 "1.5" 0003 "1.6"                    # two related general SOP classes
          57 01 000D 0003 "1.3" 0004 "1.42" 0000          # version 1, none
          58 00 000C 05 00 0006 "ey.J.W" 0000             # JSON web token, no response
          5A 00 0001 00                                   # unknown sub-items
          FF 00 0000
          51 00 0004 00000001                             # a second one: the first counts
    """),
    AssociateRq(
        protocol_version=3,
        called_ae_title="SIXTEEN_LETTERS_",
        calling_ae_title="",
        application_context="1.2",
        presentation_contexts=(
            ProposedContext(context_id=3, abstract_syntax="1.2.3", transfer_syntaxes=("",)),
            ProposedContext(context_id=255, abstract_syntax="1.2.3.45", transfer_syntaxes=()),
        ),
        unknown_items=(UnknownItem(item_type=0x7F, data=b"\xca\xfe"),),
        user_information=(
            MaximumLength(value=0),
            ImplementationClassUid(uid="1.2"),
            AsynchronousOperationsWindow(invoked=0, performed=5),
            RoleSelection(sop_class_uid="1.2.3", scu_role=True, scp_role=False),
            RoleSelection(sop_class_uid="1.2.34", scu_role=False, scp_role=True),
            ImplementationVersionName(name="V"),
            SopClassExtendedNegotiation(sop_class_uid="1.2.3", application_information=b"\1\2\3"),
            SopClassCommonExtendedNegotiation(
                sop_class_uid="1.2.3", service_class_uid="1.2.4", related_sop_class_uids=("1.5", "1.6")
            ),
            SopClassCommonExtendedNegotiation(
                sop_class_uid="1.3", service_class_uid="1.42", related_sop_class_uids=(), version=1
            ),
            UserIdentityRq(identity_type=5, positive_response_requested=False, primary_field=b"ey.J.W"),
            UnknownItem(item_type=0x5A, data=b"\0"),
            UnknownItem(item_type=0xFF, data=b""),
            MaximumLength(value=1),
        ),
    ),
)

ANSWER = Case(
    "real: one context accepted, one refused for its transfer syntaxes",
    octets("""
        02 00 000000BA                                    # A-ASSOCIATE-AC, 186 bytes follow
        0001 0000
        "PACS            "  "MOD             "
        0000000000000000000000000000000000000000000000000000000000000000
        10 00 0015 "1.2.840.10008.3.1.1.1"
        21 00 0019 01 00 00 00                            # context 1: acceptance
          40 00 0011 "1.2.840.10008.1.2"
        21 00 0019 03 00 04 00                            # context 3: transfer syntaxes not supported
          40 00 0011 "1.2.840.10008.1.2"
        50 00 001F
          51 00 0004 00001000                             # maximum length 4096
          52 00 0009 "1.2.3.4.5"
          55 00 0006 "TEST_1"
    """),
    AssociateAc(
        called_ae_title="PACS",
        calling_ae_title="MOD",
        presentation_contexts=(
            AnsweredContext(context_id=1, result=0, transfer_syntax=IMPLICIT),
            AnsweredContext(context_id=3, result=4, transfer_syntax=IMPLICIT),
        ),
        user_information=(
            MaximumLength(value=4096),
            ImplementationClassUid(uid="1.2.3.4.5"),
            ImplementationVersionName(name="TEST_1"),
        ),
    ),
)

FULL_ANSWER = Case(
    "every sub-item an answer may have, a result that PS3.8 does not define",
    octets("""
        02 00 00000092                                    # A-ASSOCIATE-AC, 146 bytes follow
        0001 0000
        "A               "  "B               "
        0000000000000000000000000000000000000000000000000000000000000000
        10 00 0000                                        # an empty application context
        21 00 0008 05 00 09 00                            # context 5: result 9
          40 00 0000
        50 00 003A
          53 00 0004 0001 0001
          54 00 0009 0005 "1.2.3" 01 01                   # SCU and SCP
          56 00 0008 0005 "1.2.3" 00
          59 00 0008 0006 "ticket"
          59 00 0002 0000
          60 00 0003 010203
    """),
    AssociateAc(
        called_ae_title="A",
        calling_ae_title="B",
        application_context="",
        presentation_contexts=(AnsweredContext(context_id=5, result=9),),
        user_information=(
            AsynchronousOperationsWindow(invoked=1, performed=1),
            RoleSelection(sop_class_uid="1.2.3", scu_role=True, scp_role=True),
            SopClassExtendedNegotiation(sop_class_uid="1.2.3", application_information=b"\0"),
            UserIdentityAc(server_response=b"ticket"),
            UserIdentityAc(server_response=b""),
            UnknownItem(item_type=0x60, data=b"\1\2\3"),
        ),
    ),
)

REJECTION = Case(
    "real: rejected permanently by the user, called AE title not recognized",
    octets("03 00 00000004 00 01 01 07"),
    AssociateRj(result=1, source=1, reason=7),
)

ECHO_REQUEST = Case(
    "real: C-ECHO-RQ, one command fragment, the last",
    octets("""
        04 00 0000004A                                    # P-DATA-TF, 74 bytes follow
        00000046 01 03                                    # 70 bytes, context 1, command, last
        0000 0000 04000000 38000000                       # Command Group Length 56
        0000 0200 12000000 "1.2.840.10008.1.1" 00         # Affected SOP Class UID
        0000 0001 02000000 3000                           # Command Field 0030H
        0000 1001 02000000 0100                           # Message ID 1
        0000 0008 02000000 0101                           # Command Data Set Type 0101H: none
    """),
    PDataTf(
        pdvs=(
            Pdv(
                context_id=1,
                is_command=True,
                is_last=True,
                data=bytes.fromhex(
                    "0000000004000000380000000000020012000000312e322e3834302e31303030382e312e310000000001020000003000"
                    "00001001020000000100000000080200000001 01"
                ),
            ),
        )
    ),
)

SEVERAL_FRAGMENTS = Case(
    "three fragments in one PDU: the end of a command, some data, an empty last one",
    octets("""
        04 00 00000017
        00000004 03 03 AABB
        00000005 03 00 010203
        00000002 03 02
    """),
    PDataTf(
        pdvs=(
            Pdv(context_id=3, is_command=True, is_last=True, data=b"\xaa\xbb"),
            Pdv(context_id=3, is_command=False, is_last=False, data=b"\1\2\3"),
            Pdv(context_id=3, is_command=False, is_last=True, data=b""),
        )
    ),
)

RELEASE_REQUEST = Case("A-RELEASE-RQ", octets("05 00 00000004 00000000"), ReleaseRq())
RELEASE_RESPONSE = Case("A-RELEASE-RP", octets("06 00 00000004 00000000"), ReleaseRp())
USER_ABORT = Case("real: A-ABORT by the user", octets("07 00 00000004 00 00 00 00"), Abort(source=0, reason=0))
PROVIDER_ABORT = Case(
    "real: A-ABORT by the provider, invalid PDU parameter value",
    octets("07 00 00000004 00 00 02 06"),
    Abort(source=2, reason=6),
)

CASES = (
    REQUEST,
    IDENTITY_REQUEST,
    FULL_REQUEST,
    ANSWER,
    FULL_ANSWER,
    REJECTION,
    ECHO_REQUEST,
    SEVERAL_FRAGMENTS,
    RELEASE_REQUEST,
    RELEASE_RESPONSE,
    USER_ABORT,
    PROVIDER_ABORT,
)
