"""Sending to peers that do not take an instance as it is."""

import os
from dataclasses import replace
from pathlib import Path

import pytest
from pydicom.uid import JPEGLSLossless

from tests.services.servers import LOCAL, ScriptedStore, serve
from tests.services.storage.sendings import counts, states
from tests.support.instances import data_set_bytes, make_instance
from tests.support.peer import Recording
from workbench.acse.policy import storage_policy
from workbench.dictionary import storage_sop_classes
from workbench.services.storage.sending import Sending
from workbench.services.transcoding.conversion import NATIVE, Conversion, words_for
from workbench.storage.part10 import scan
from workbench.trace.events import NoteEvent
from workbench.uids import IMPLICIT_VR_LITTLE_ENDIAN

SAMPLES = sorted((Path(__file__).parents[3] / "resources" / "samples").glob("*.dcm"))


@pytest.mark.parametrize("syntax", NATIVE)
async def test_peer_that_takes_one_syntax_only_gets_everything_in_it(tmp_path: Path, syntax: str) -> None:
    instances = [scan(path) for path in SAMPLES]
    script, recording = ScriptedStore(), Recording()
    policy = storage_policy(storage_sop_classes(), transfer_syntaxes=(syntax,))
    async with serve(script.handlers(), policy=policy) as node:
        sending = Sending(instances, node, LOCAL, convert=Conversion.DECOMPRESS, recorder=recording.recorder)
        assert counts(await sending.run()) == (len(instances), 0, 0, 0)
    notes = [event.note for event in recording.events if isinstance(event, NoteEvent)]
    converted = [instance for instance in instances if instance.transfer_syntax_uid != syntax]
    assert len(notes) == len(converted)
    for instance, outcome, data in zip(instances, sending.outcomes, script.received, strict=True):
        assert outcome is not None
        assert outcome.transfer_syntax_uid == syntax
        if instance in converted:
            words = words_for(instance.transfer_syntax_uid, syntax)
            assert outcome.reason == f"0000H Success, {words}"
            assert f"{instance.sop_instance_uid}: {words}" in notes
        else:
            assert (data, outcome.reason) == (data_set_bytes(instance.path), "0000H Success")


async def test_nothing_is_converted_that_the_peer_takes_as_it_is(tmp_path: Path) -> None:
    instances = [scan(path) for path in SAMPLES]
    script = ScriptedStore()
    async with serve(script.handlers()) as node:
        sending = Sending(instances, node, LOCAL, convert=Conversion.DECOMPRESS)
        await sending.run()
    assert script.received == [data_set_bytes(instance.path) for instance in instances]
    assert not any(outcome.is_converted for outcome in sending.outcomes if outcome)


async def test_conversion_is_never_done_unasked() -> None:
    instances = [scan(path) for path in SAMPLES if "implicit" not in path.name]
    policy = storage_policy(storage_sop_classes(), transfer_syntaxes=(IMPLICIT_VR_LITTLE_ENDIAN,))
    async with serve(ScriptedStore().handlers(), policy=policy) as node:
        summary = await Sending(instances, node, LOCAL).run()
        assert counts(summary) == (0, 0, len(instances), 0)
        sending = Sending(instances, node, LOCAL, convert=Conversion.UNCOMPRESSED)
        await sending.run()
    for instance, outcome in zip(instances, sending.outcomes, strict=True):
        assert outcome is not None
        assert outcome.state == ("stored" if instance.transfer_syntax_uid in NATIVE else "failed")


async def test_what_cannot_be_converted_fails_with_the_reason_and_the_rest_goes_on(tmp_path: Path) -> None:
    broken = scan(make_instance(tmp_path / "broken", "CT", JPEGLSLossless))
    video = replace(broken, transfer_syntax_uid="1.2.840.10008.1.2.4.102")
    good = scan(SAMPLES[0])
    policy = storage_policy(storage_sop_classes(), transfer_syntaxes=(IMPLICIT_VR_LITTLE_ENDIAN,))
    script = ScriptedStore()
    async with serve(script.handlers(), policy=policy) as node:
        sending = Sending([broken, video, good], node, LOCAL, convert=Conversion.DECOMPRESS)
        await sending.run()
    assert states(sending) == ["failed", "failed", "stored"]
    first, second = sending.outcomes[:2]
    assert first is not None
    assert first.reason.startswith(
        "could not be converted from JPEG-LS Lossless to Implicit VR LE: its pixel data cannot be decoded"
    )
    assert second is not None
    assert "H.264 HP 4.1 cannot be decoded" in second.reason
    assert len(script.received) == 1


async def test_file_that_changed_is_not_converted_either(tmp_path: Path) -> None:
    path = make_instance(tmp_path / "file", "CT")
    instance = scan(path)
    os.truncate(path, instance.offset + 100)
    policy = storage_policy(storage_sop_classes(), transfer_syntaxes=(IMPLICIT_VR_LITTLE_ENDIAN,))
    async with serve(ScriptedStore().handlers(), policy=policy) as node:
        sending = Sending([instance], node, LOCAL, convert=Conversion.UNCOMPRESSED)
        await sending.run()
    failed = sending.outcomes[0]
    assert failed is not None
    assert (failed.state, "when it was scanned" in failed.reason) == ("failed", True)
