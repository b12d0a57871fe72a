"""What is drawn and said while files are sent; the tools' own tests show the rest."""

import pytest

from workbench.cli.output import Level, Output
from workbench.cli.send_report import Dots, SendReport
from workbench.errors import AssociationAborted, NoAcceptedContext, StorageError
from workbench.services.storage.instances import MemoryInstance
from workbench.services.storage.outcomes import Outcome

Capture = pytest.CaptureFixture[str]
CT = MemoryInstance(
    sop_class_uid="1.2.840.10008.5.1.4.1.1.2", sop_instance_uid="1.2.3", transfer_syntax_uid="1.2", data=bytes(10)
)


def test_dots_of_one_file_at_a_time_grow(capsys: Capture) -> None:
    dots = Dots(one_at_a_time=True)
    for steps in ("be", "bdde", "bs", "bds"):
        for step in steps:
            {"b": dots.begin, "d": dots.dot, "e": dots.end, "s": dots.stop}[step]()
    dots.stop()
    assert capsys.readouterr().out == "XMIT: .\nXMIT: ..\nXMIT: .\n"


def test_other_lines_do_not_stand_behind_dots() -> None:
    output, said = Output(level=Level.INFO, as_json=False), []
    output.write = lambda line: said.append(line + "\n")
    dots = Dots(one_at_a_time=True, write=said.append)
    SendReport(output, [CT], unreadable=0, dots=dots)
    dots.begin()
    output.info("request")
    dots.dot()
    dots.dot()
    output.info("other")
    dots.dot()
    dots.end()
    output.info("response")
    assert "".join(said) == "I: request\nXMIT: ..\nI: other\nXMIT: .\nI: response\n"


def test_dots_of_several_files_at_a_time_come_by_the_line(capsys: Capture) -> None:
    dots = Dots(one_at_a_time=False)
    dots.begin()
    dots.begin()
    dots.dot()
    dots.end()
    dots.stop()
    dots.end()
    assert capsys.readouterr().out == "XMIT: .\nXMIT: .\n"


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (NoAcceptedContext(CT.sop_class_uid, "1.2", "why"), f"E: No presentation context for: (CT) {CT.sop_class_uid}"),
        (AssociationAborted(0, 0, by_peer=True, cause=""), "E: Store Failed, file: : 0006:0317"),
        (StorageError("gone", path=""), "E: Bad DICOM file: : gone"),
    ],
)
def test_failures_have_their_marker(error: Exception, said: str, capsys: Capture) -> None:
    report = SendReport(Output(level=Level.WARNING, as_json=False), [CT], unreadable=0)
    assert isinstance(error, NoAcceptedContext | AssociationAborted | StorageError)
    report.finished(0, Outcome(instance=CT, state="failed", reason="because", error=error))
    lines = capsys.readouterr().err.splitlines()
    assert lines[0].startswith(said)
    assert lines[1] == "E: : failed: because"
    assert len(report.failures) == 1


def test_progress_counts_what_is_done_and_under_way() -> None:
    drawn = []
    report = SendReport(Output(level=Level.FATAL, as_json=False), [CT, CT], unreadable=0)
    report.show = lambda *state: drawn.append(state)
    report.progress(0, 4)
    report.finished(0, Outcome(instance=CT, state="stored"))
    report.progress(1, 5)
    assert drawn == [(4, 0, 2), (10, 1, 2), (15, 1, 2)]
