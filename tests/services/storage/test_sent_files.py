"""Files that are renamed by what became of them."""

from pathlib import Path

from tests.support.instances import make_instance
from workbench.services.storage.outcomes import Outcome, OutcomeState
from workbench.services.storage.sent_files import rename_sent
from workbench.storage.part10 import Instance, scan


def outcome(instance: Instance, state: OutcomeState) -> Outcome:
    return Outcome(instance=instance, state=state)


def test_names_tell_what_became_of_files(tmp_path: Path) -> None:
    one, two, three, four = (scan(make_instance(tmp_path / f"{number}.dcm")) for number in range(1, 5))
    (tmp_path / "text").write_text("no DICOM")
    renamed = rename_sent(
        [
            outcome(one, "stored"),
            outcome(two, "warning"),
            outcome(three, "failed"),
            outcome(four, "not sent"),
            outcome(two, "stored"),
            outcome(one, "failed"),
            None,
        ],
        [str(tmp_path / "text"), str(tmp_path / "missing")],
    )
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        "1.dcm.bad",
        "2.dcm.done",
        "3.dcm.bad",
        "4.dcm",
        "text.bad",
    ]
    problems = {Path(each.before).name: each.problem for each in renamed}
    assert problems == {"1.dcm": "", "2.dcm": "", "3.dcm": "", "text": "", "missing": "No such file or directory"}
