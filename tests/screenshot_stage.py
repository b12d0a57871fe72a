"""The stage of the pictures: a session and its window, and what brings them into a scene."""

import asyncio
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Final

from ui.models.roles import Role
from ui.session import Session
from ui.views.main_window import MainWindow
from workbench.config import Node

LIMIT: Final = 60.0
PROFILES: Final = """\
[[TransferSyntaxes]]
[Uncompressed]
TransferSyntax1 = LittleEndianExplicit
TransferSyntax3 = LittleEndianImplicit
[Lossless]
TransferSyntax1 = JPEGLossless:Non-hierarchical-1stOrderPrediction
TransferSyntax2 = JPEG2000LosslessOnly
[[PresentationContexts]]
[Images]
PresentationContext1 = CTImageStorage\\Uncompressed
PresentationContext2 = FINDStudyRootQueryRetrieveInformationModel\\Uncompressed
PresentationContext3 = GETStudyRootQueryRetrieveInformationModel\\Uncompressed
PresentationContext4 = CTImageStorage\\Lossless
PresentationContext6 = MRImageStorage\\Lossless
[[SCPSCURoleSelection]]
[Roles]
Role1 = CTImageStorage\\BOTH
Role2 = GETStudyRootQueryRetrieveInformationModel\\SCU
[[ExtendedNegotiation]]
[Extended]
ExtendedNegotiation1 = FINDStudyRootQueryRetrieveInformationModel\\010101
ExtendedNegotiation2 = CTImageStorage\\030000000200
[[Profiles]]
[Modality]
PresentationContexts = Images
SCPSCURoleSelection = Roles
ExtendedNegotiation = Extended
[Plain]
PresentationContexts = Images
Colour = red
"""


async def until(holds: Callable[[], bool]) -> None:
    """Returns when the condition holds."""
    async with asyncio.timeout(LIMIT):
        while not holds():  # noqa: ASYNC110 (a script; many kinds of change)
            await asyncio.sleep(0.02)


async def settle() -> None:
    """Lets the window lay out and paint."""
    await asyncio.sleep(0.15)


class Stage:
    """One session and its window, brought into one scene after the other."""

    def __init__(self, home: Path) -> None:
        self.session = Session(home)
        self.window = MainWindow(self.session)

    async def send_samples(self) -> None:
        """The demo's main job: start it, send the samples to it."""
        session = self.session
        session.start_demo()
        await until(lambda: session.is_demo_running and not session.is_scanning and bool(session.send_model.rows))
        job = session.send(session.DEMO_NODE)
        await until(lambda: not job.is_running and not any(row.is_open for row in session.associations_model.rows))

    async def receive_samples(self) -> None:
        """The local AE listens on a free port; one caller is allowed, another is not."""
        session = self.session
        session.set_local(replace(session.local, port=0, allowed_calling=(session.local.ae_title, "CT1")))
        session.start_listening()
        await until(lambda: session.is_listening)
        host, port = session.listening_address.rsplit(":", 1)
        own = Node(name="Ourselves", host=host, port=int(port), ae_title=session.local.ae_title, group="Bench")
        session.add_node(own)
        job = session.send(own.name)
        await until(lambda: not job.is_running)
        session.set_local(replace(session.local, ae_title="STRANGER"))
        session.add_node(replace(own, name="Guarded", ae_title="WORKBENCH"))
        job = session.send("Guarded")
        await until(lambda: not job.is_running and not any(row.is_open for row in session.associations_model.rows))
        session.set_local(replace(session.local, ae_title="WORKBENCH"))

    async def check_nodes(self) -> None:
        """One node answers; the others fail at a rung each."""
        session = self.session
        session.add_node(Node(name="PACS1", host="pacs1.invalid", port=104, ae_title="PACS1", group="Hospital"))
        session.add_node(Node(name="RIS", host="127.0.0.1", port=9, ae_title="RIS", group="Hospital"))
        session.echo_all()
        await until(lambda: all(row.check in ("ok", "failed") for row in session.nodes_model.rows))

    def select_response(self) -> None:
        """Selects the last response in the trace and the status in its tree."""
        model = self.session.trace_model
        numbers = [model.index(row, 0).data(Role.NUMBER) for row in range(model.rowCount())]
        fitting = [n for n in numbers if "C-STORE-RSP" in str(model.index_of_number(n).siblingAtColumn(6).data())]
        if fitting:
            self.window.select_trace(fitting[-1])
        fields = self.window.trace.pdu.fields
        index = fields.find("(0000,0900)")
        if index.isValid():
            self.window.trace.pdu.tree.setCurrentIndex(index)

    def clear_toasts(self) -> None:
        """Takes all messages away."""
        for toast in self.window.toasts.shown:
            toast.dismiss()
