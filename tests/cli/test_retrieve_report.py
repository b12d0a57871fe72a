"""What getscu and movescu make of the ends of retrieves."""

from types import SimpleNamespace
from typing import Literal, cast

import pytest

from workbench.cli.output import Level, Output
from workbench.cli.retrieve_report import RetrieveReport
from workbench.errors import AssociationAborted, TransportError
from workbench.net.association import Association
from workbench.services.query.attribute_names import AttributeNames
from workbench.services.query.request import RequestIdentifier
from workbench.services.retrieve.progress import RetrieveResult
from workbench.services.storage.scp import ReceivedObject

Capture = pytest.CaptureFixture[str]
ASSOCIATION = cast("Association", SimpleNamespace(number=1))
QUERY = RequestIdentifier()


def report(
    service: Literal["Get", "Move"] = "Move", *, level: Level = Level.INFO, is_cancelled: bool = False
) -> RetrieveReport:
    return RetrieveReport(Output(level=level, as_json=False), AttributeNames(), service, is_cancelled=is_cancelled)


def result(status: int, failed: int = 0, uids: tuple[str, ...] = ()) -> RetrieveResult:
    return RetrieveResult(
        remaining=0, completed=3, failed=failed, status=status, words="words", reason="reason", failed_uids=uids
    )


@pytest.mark.parametrize(
    ("ends", "is_cancelled", "code", "compat"),
    [
        ([(0x0000, 0)], False, 0, 0),
        ([(0x0000, 1)], False, 68, 0),
        ([(0xB000, 0)], False, 68, 68),
        ([(0xB000, 2)], False, 68, 68),
        ([(0xA702, 0)], False, 69, 69),
        ([(0xFE00, 0)], False, 69, 69),
        ([(0xFE00, 0)], True, 0, 0),
        ([(0xA702, 0), (0x0000, 0)], False, 69, 69),
        ([(0xB000, 1), (0x0000, 0)], False, 68, 68),
        ([(0xA702, 0), (0xB000, 1)], False, 69, 69),
    ],
)
def test_the_worst_end_counts(ends: list[tuple[int, int]], is_cancelled: bool, code: int, compat: int) -> None:
    told = report(is_cancelled=is_cancelled)
    for status, failed in ends:
        told.ended(ASSOCIATION, QUERY, result(status, failed))
    assert (told.final_code, told.compat_code) == (code, compat)


def test_instances_that_failed_are_named(capsys: Capture) -> None:
    report().ended(ASSOCIATION, QUERY, result(0xB000, 2, ("1.2", "1.3")))
    assert capsys.readouterr().err.splitlines() == [
        "W: Move response with warning status (0xb000: words)",
        "E: Move ended: reason",
        "E: not retrieved: 1.2",
        "E: not retrieved: 1.3",
    ]


@pytest.mark.parametrize(
    ("service", "status", "lines"),
    [
        ("Move", 0xA702, ["W: Move response with error status (0xa702: words)"]),
        ("Move", 0xB000, ["W: Move response with warning status (0xb000: words)"]),
        ("Move", 0xFE00, []),
        ("Move", 0x0000, []),
        ("Get", 0xA702, []),
    ],
)
def test_a_final_status_of_movescu_has_its_line(
    service: Literal["Get", "Move"], status: int, lines: list[str], capsys: Capture
) -> None:
    report(service).ended(ASSOCIATION, QUERY, result(status))
    assert [line for line in capsys.readouterr().err.splitlines() if "status (" in line] == lines


def test_counts_are_a_report_of_getscu(capsys: Capture) -> None:
    report("Get").ended(ASSOCIATION, QUERY, result(0))
    assert "I:   Number of Completed Suboperations : 3" in capsys.readouterr().err.splitlines()


def test_a_failure_is_kept(capsys: Capture) -> None:
    told = report()
    told.failed(None, TransportError("no connection", stage="connect"))
    assert told.failure is not None
    assert not told.failure.was_associated
    assert "Association Request Failed" in capsys.readouterr().err


def test_an_association_that_is_lost_is_told(capsys: Capture) -> None:
    told = report()
    told.failed(ASSOCIATION, AssociationAborted(0, 0, by_peer=True, cause="aborted"))
    assert told.failure is not None
    assert told.failure.was_associated
    assert "F: Move Request Failed: 0006:0317" in capsys.readouterr().err


def test_what_became_of_objects(capsys: Capture) -> None:
    told = report()
    for status, path, replaced in ((0, "a.dcm", ""), (0xA700, "", ""), (0, "b.dcm", ".replaced/b.dcm")):
        told.received(
            ReceivedObject(
                association=1,
                calling_ae_title="ARCHIVE",
                peer="localhost:1",
                sop_class_uid="1.2",
                sop_instance_uid="1.2.3",
                transfer_syntax_uid="1.2.4",
                status=status,
                reason="no room" if status else "",
                path=path,
                length=1,
                seconds=0.0,
                replaced=replaced,
            )
        )
    assert told.arrived() == 2
    assert capsys.readouterr().err.splitlines() == [
        "I: storing DICOM file: a.dcm",
        "E: refused an object of ARCHIVE: no room",
        "I: storing DICOM file: b.dcm",
        "W: b.dcm replaced another object, kept as .replaced/b.dcm",
    ]
