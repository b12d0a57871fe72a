"""TLS below an association (PS3.15 B): the handshake, and a transport that encrypts.

The context is the caller's: protocol versions, suites, certificates and whom to trust are set in an `ssl.SSLContext`.
The TLS machine of Python works on memory (`ssl.MemoryBIO`), as our upper layer does; the socket stays ours, so TLS
changes nothing about back-pressure, timeouts or the order in which things happen.
"""

import asyncio
import socket
import ssl
from collections.abc import Sequence
from contextlib import suppress
from typing import Any, Final, cast

from workbench.config import LocalAe
from workbench.errors import TransportError
from workbench.net.buffers import ReadBuffers
from workbench.net.transport import TcpTransport
from workbench.upper_layer.fields import Buffer

_RECORDS: Final = 2**16  # bytes of TLS records read at a time; a record has up to 16 KiB


class TlsSession:
    """One side of a TLS connection whose handshake is done."""

    def __init__(self, context: ssl.SSLContext, *, server_side: bool, host: str | None) -> None:
        """Begins as client of `host`, which the certificate must name where the context checks it, or as server."""
        self.incoming = ssl.MemoryBIO()
        self.outgoing = ssl.MemoryBIO()
        name = None if server_side else host
        self.machine = context.wrap_bio(self.incoming, self.outgoing, server_side=server_side, server_hostname=name)

    @property
    def peer_certificate(self) -> bytes | None:
        """The peer's certificate in DER; None when it gave none."""
        return self.machine.getpeercert(binary_form=True)

    @property
    def words(self) -> str:
        """What was negotiated: "TLSv1.3, TLS_AES_256_GCM_SHA384"."""
        cipher = self.machine.cipher()
        return f"{self.machine.version()}, {cipher[0] if cipher else 'no cipher'}"


async def handshake(
    sock: socket.socket, context: ssl.SSLContext, *, server_side: bool, host: str | None, seconds: float
) -> TlsSession:
    """Negotiates TLS on a connected non-blocking socket.

    Args:
        host: whom we called, for the certificate and for server name indication; not looked at as server.
        seconds: how long all of it may take.

    Raises:
        TransportError: the peer speaks no TLS, no version or suite in common, or its certificate is not accepted;
            the message says which.
    """
    session = TlsSession(context, server_side=server_side, host=host)
    try:
        async with asyncio.timeout(seconds):
            await _negotiate(sock, session)
    except ssl.SSLError as error:
        await _say_goodbye(sock, session)
        raise TransportError(f"TLS: {_reason(error)}", stage="tls") from error
    except TimeoutError:
        problem = f"TLS: the handshake did not end within {seconds:g} s; does the peer speak TLS on this port?"
        raise TransportError(problem, stage="tls") from None
    except OSError as error:
        raise TransportError(f"TLS: the connection broke in the handshake: {error.strerror}", stage="tls") from error
    return session


async def secured(
    sock: socket.socket, buffers: ReadBuffers, context: ssl.SSLContext, host: str | None, local: LocalAe
) -> "TlsTransport":
    """Makes the handshake on a connected socket, as client of `host` or, without one, as server; gives the transport.

    The ACSE timeout limits it. The socket is closed when it fails; raises as `handshake`.
    """
    try:
        session = await handshake(sock, context, server_side=host is None, host=host, seconds=local.timeouts.acse)
        return TlsTransport(sock, buffers, session)
    except BaseException:
        sock.close()
        raise


async def _negotiate(sock: socket.socket, session: TlsSession) -> None:
    loop = asyncio.get_running_loop()
    while True:
        try:
            session.machine.do_handshake()
        except ssl.SSLWantReadError:
            await loop.sock_sendall(sock, session.outgoing.read())
            data = await loop.sock_recv(sock, _RECORDS)
            if not data:
                raise ConnectionAbortedError(0, "the peer closed it") from None
            session.incoming.write(data)
        else:
            await loop.sock_sendall(sock, session.outgoing.read())
            return


async def _say_goodbye(sock: socket.socket, session: TlsSession) -> None:
    """Sends the alert that tells the peer why, if it still listens."""
    try:
        await asyncio.get_running_loop().sock_sendall(sock, session.outgoing.read())
    except OSError:
        return


def _reason(error: ssl.SSLError) -> str:
    if isinstance(error, ssl.SSLCertVerificationError):
        return f"the peer's certificate is not accepted: {error.verify_message}"
    if error.reason in ("WRONG_VERSION_NUMBER", "HTTP_REQUEST", "UNKNOWN_PROTOCOL"):
        return "the peer does not speak TLS on this port"
    return (error.reason or str(error)).lower().replace("_", " ")


class TlsTransport(TcpTransport):
    """Moves bytes through one TLS connection."""

    def __init__(self, sock: socket.socket, buffers: ReadBuffers, session: TlsSession) -> None:
        """Takes over a socket on which the handshake was made."""
        super().__init__(sock, buffers)
        self.session = session
        self.security = session.words
        self.peer_certificate = session.peer_certificate
        self._records = bytearray(_RECORDS)

    def start(self, user: Any) -> None:
        """Begins to read for `user`: first what came with the end of the handshake."""
        super().start(user)
        if self.session.incoming.pending:
            self._loop.call_soon(self._deliver)

    def resume_reading(self) -> None:
        """Reads again: first what was received and not yet handed on."""
        was_reading = self._reading
        super().resume_reading()
        if not was_reading and (self.session.machine.pending() or self.session.incoming.pending):
            self._loop.call_soon(self._deliver)

    def write(self, buffers: Sequence[Buffer]) -> None:
        """Encrypts and sends; the buffers may be used again at once."""
        if self._closed:
            return
        if self._gathered:
            self._write_gathered()
        try:
            for buffer in buffers:
                if len(buffer):
                    self.session.machine.write(buffer)
        except ssl.SSLError as error:  # told later, as the reader tells a reset: the user is in the middle of a call
            self._loop.call_soon(self._broken, error)
        self._send_records()

    def close(self) -> None:
        """Says that nothing more comes (close_notify), as far as the socket takes it, and closes."""
        if not self._closed and not self._queue:
            with suppress(ssl.SSLError):  # the peer's own is not waited for
                self.session.machine.unwrap()
            self._send_records()
        super().close()

    def _readable(self) -> None:
        try:
            count = self._sock.recv_into(self._records)
        except (BlockingIOError, InterruptedError):
            return
        except OSError as error:
            self._lost(error)
            return
        if count:
            self.session.incoming.write(memoryview(self._records)[:count])
        else:
            self.session.incoming.write_eof()
        self._deliver()

    def _deliver(self) -> None:
        """Decrypts what has come and hands it on, as long as the user takes it."""
        user = self._user
        assert user is not None
        try:
            while self._reading and not self._closed:
                view = self.buffers.view
                count = cast(int, self.session.machine.read(len(view), view))  # typeshed knows the other form only
                if not count:
                    raise ssl.SSLZeroReturnError
                user.data_received(self.buffers.filled(count))
        except ssl.SSLWantReadError:
            self._send_records()  # an answer of TLS itself, to a new key say
        except (ssl.SSLZeroReturnError, ssl.SSLEOFError):
            self.pause_reading()
            user.peer_closed()
        except ssl.SSLError as error:
            self._broken(error)

    def _broken(self, error: ssl.SSLError) -> None:
        if not self._closed:
            self._lost(OSError(error.errno, f"TLS: {_reason(error)}"))

    def _send_records(self) -> None:
        """Sends what TLS has made, in its order: what was gathered is encrypted behind it first."""
        if self._gathered:
            self._write_gathered()
        elif self.session.outgoing.pending:
            super().write((self.session.outgoing.read(),))
