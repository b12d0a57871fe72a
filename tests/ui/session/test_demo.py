"""The embedded SCP and the samples."""

from pathlib import Path

import pytest

from tests.ui.session.conftest import BenchMaker, Wait
from ui.jobs import JobState
from ui.models.received import ReceivedModel
from ui.session.demo import Demo, samples
from workbench.config import LocalAe, Node
from workbench.services.storage.sending import Sending
from workbench.storage.part10 import Instance, scan_paths


@pytest.fixture
def demo(maker: BenchMaker) -> Demo:
    made = Demo(maker.bench, ReceivedModel())
    maker.listeners.append(made.listener.job_changed)
    return made


def test_the_demo_listens_on_a_free_port_of_loopback(demo: Demo, wait: Wait) -> None:
    nodes: list[Node] = []
    job = demo.start(nodes.append)
    wait(lambda: bool(nodes))
    assert demo.is_running
    (node,) = nodes
    assert (node.name, node.host, node.ae_title) == ("Demo", "127.0.0.1", "DEMO")
    assert node.port >= 1024
    assert demo.stop() is job
    wait(lambda: not demo.is_running)
    assert job.state is JobState.DONE


def test_every_sample_is_taken_by_the_demo(demo: Demo, maker: BenchMaker, wait: Wait) -> None:
    nodes: list[Node] = []
    demo.start(nodes.append)
    wait(lambda: bool(nodes))
    instances = [each for each in scan_paths(samples()) if isinstance(each, Instance)]
    assert len(instances) == len(samples()) > 5
    sending = Sending(instances, nodes[0], LocalAe(ae_title="ANYONE"))
    summary = maker.engine.submit(sending.run()).result(10)
    assert summary.stored == len(instances)
    folder = maker.bench.places.storage_folder.parent / "demo"
    assert len(list(Path(folder).glob("[!.]*"))) == len({each.sop_instance_uid for each in instances})
