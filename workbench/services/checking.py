"""Climbs the way to a node rung by rung (name, TCP, association, echo) and tells which one is broken, and why."""

import asyncio
import socket
import ssl
import time
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final, Literal

from workbench.acse.contexts import propose
from workbench.config import LocalAe, Node
from workbench.dimse.messages import Message
from workbench.dimse.status import SUCCESS, describe
from workbench.errors import NoAcceptedContext, TransportError, WorkbenchError
from workbench.net.requestor import connect
from workbench.services.verification import echo
from workbench.trace.events import Direction, TransportStep
from workbench.trace.recorder import Recorder
from workbench.uids import EXPLICIT_VR_LITTLE_ENDIAN, IMPLICIT_VR_LITTLE_ENDIAN, VERIFICATION
from workbench.upper_layer.state_table import Evt, Sta

RungName = Literal["name", "TCP", "association", "echo"]
RUNGS: Final[tuple[RungName, ...]] = ("name", "TCP", "association", "echo")


@dataclass(frozen=True, slots=True, kw_only=True)
class Rung:
    """One step of the way: `ok` is None when it was not reached, `sentence` is for people."""

    name: RungName
    ok: bool | None
    milliseconds: float | None
    sentence: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Ladder:
    """The whole way, always with all four rungs."""

    rungs: tuple[Rung, ...]

    @property
    def ok(self) -> bool:
        """Whether the node answered the echo."""
        return all(rung.ok for rung in self.rungs)

    @property
    def failed(self) -> Rung | None:
        """The rung that broke."""
        return next((rung for rung in self.rungs if rung.ok is False), None)

    @property
    def sentence(self) -> str:
        """What to tell the user: why it failed, or how long the echo took."""
        return (self.failed or self.rungs[-1]).sentence


async def check(
    node: Node, local: LocalAe, recorder: Recorder | None = None, *, tls: ssl.SSLContext | None = None
) -> Ladder:
    """Tries to echo a node; nothing is raised but what is a defect of ours.

    Args:
        recorder: where the trace of the association goes.
        tls: by which rules it is secured; None leaves it plain.
    """
    climb = _Climb()
    watch = _Watch(recorder or Recorder())
    try:
        await _climb(climb, node, local, watch, tls)
    except WorkbenchError as error:
        rung: RungName = RUNGS[len(climb.rungs)]
        if rung == "TCP" and watch.connected_at:
            climb.reach(f"connected to {node.host}:{node.port}", watch.connected_at)
            rung = "association"
        climb.fail(rung, _explain(error, node, rung))
    return climb.ladder()


async def _climb(climb: "_Climb", node: Node, local: LocalAe, watch: "_Watch", tls: ssl.SSLContext | None) -> None:
    climb.reach(await _resolve(node, local.timeouts.connect))
    syntaxes = (IMPLICIT_VR_LITTLE_ENDIAN, EXPLICIT_VR_LITTLE_ENDIAN)
    (contexts,) = propose([(VERIFICATION, syntaxes)])
    async with connect(node, contexts, local=local, recorder=watch, tls=tls) as association:
        climb.reach(f"connected to {association.peer}", watch.connected_at)
        climb.reach(f"{node.ae_title} accepted the association")
        reply = await echo(association)
        status = describe(reply.message.status, "C-ECHO")
        if reply.message.status == SUCCESS:
            climb.reach(f"{node.ae_title} answered the echo in {reply.latency * 1000:.1f} ms")
        else:
            climb.fail("echo", f"{node.ae_title} answered the echo with {status}")


async def _resolve(node: Node, seconds: float) -> str:
    try:
        async with asyncio.timeout(seconds):
            found = await asyncio.get_running_loop().getaddrinfo(node.host, node.port, type=socket.SOCK_STREAM)
    except TimeoutError:
        raise TransportError(f"the name {node.host!r} was not resolved within {seconds:g} s", stage="name") from None
    except (OSError, UnicodeError) as error:
        raise TransportError(f"the name {node.host!r} cannot be resolved: {error}", stage="name") from error
    addresses = ", ".join(_unique(str(address[0]) for *_, address in found))
    return f"{node.host} is {addresses}" if addresses != node.host else f"{node.host} is an address"


def _unique(texts: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(texts))


def _explain(error: WorkbenchError, node: Node, rung: RungName) -> str:
    if isinstance(error, NoAcceptedContext):
        return f"{node.ae_title} does not offer Verification: {error.reason}"
    if rung == "association" and isinstance(error, TransportError):
        return f"the port is open, but there is no association: {error}"
    return str(error)


class _Climb:
    """The rungs reached so far, each with the time since the one before."""

    def __init__(self) -> None:
        self.rungs: list[Rung] = []
        self._last = time.monotonic()

    def reach(self, sentence: str, at: float | None = None) -> None:
        now = at or time.monotonic()
        name = RUNGS[len(self.rungs)]
        self.rungs.append(Rung(name=name, ok=True, milliseconds=(now - self._last) * 1000, sentence=sentence))
        self._last = now

    def fail(self, name: RungName, sentence: str) -> None:
        milliseconds = (time.monotonic() - self._last) * 1000
        self.rungs.append(Rung(name=name, ok=False, milliseconds=milliseconds, sentence=sentence))

    def ladder(self) -> Ladder:
        left = (Rung(name=name, ok=None, milliseconds=None, sentence="") for name in RUNGS[len(self.rungs) :])
        return Ladder(rungs=(*self.rungs, *left))


class _Watch(Recorder):
    """Hands everything on to another recorder and notes when the transport connection stood."""

    __slots__ = ("_recorder", "connected_at")

    def __init__(self, recorder: Recorder) -> None:
        super().__init__(tap=recorder.tap)
        self._recorder = recorder
        self.connected_at = 0.0

    def open_association(self) -> int:
        return self._recorder.open_association()

    def transport(self, association: int, step: TransportStep, detail: str) -> None:
        if step is TransportStep.CONNECTED:
            self.connected_at = time.monotonic()
        self._recorder.transport(association, step, detail)

    def pdu(self, association: int, direction: Direction, pdu_type: int, length: int, kept: bytes) -> None:
        self._recorder.pdu(association, direction, pdu_type, length, kept)

    def transition(self, association: int, event: Evt, before: Sta, action: str, after: Sta) -> None:
        self._recorder.transition(association, event, before, action, after)

    def message(
        self, association: int, direction: Direction, context_id: int, message: Message, has_data_set: bool
    ) -> None:
        self._recorder.message(association, direction, context_id, message, has_data_set)

    def problem(self, association: int, problem: str) -> None:
        self._recorder.problem(association, problem)

    def not_kept(self, association: int, message_id: int, sop_instance_uid: str, words: str) -> None:
        self._recorder.not_kept(association, message_id, sop_instance_uid, words)

    def note(self, association: int, note: str) -> None:
        self._recorder.note(association, note)
