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

from workbench.config import LocalAe, TlsSettings
from workbench.errors import TransportError
from workbench.net.buffers import ReadBuffers
from workbench.net.tls_reasons import Certificate, Circumstances, closed, describe, holder, names_host
from workbench.net.transport import TcpTransport
from workbench.upper_layer.fields import Buffer

_RECORDS: Final = 2**16  # bytes of TLS records read at a time; a record has up to 16 KiB


class TlsContext(ssl.SSLContext):
    """An SSLContext that knows the settings it was made of (`tls_context`): which server name is sent, for one.

    Any other SSLContext serves as well; then the errors can say less.
    """

    settings: TlsSettings

    def wrap_bio(
        self,
        incoming: ssl.MemoryBIO,
        outgoing: ssl.MemoryBIO,
        server_side: bool = False,
        server_hostname: str | bytes | None = None,
        session: ssl.SSLSession | None = None,
    ) -> ssl.SSLObject:
        """As SSLContext, but sends the name that the settings ask for; without one and without a check, none."""
        if not server_side:
            host = server_hostname if self.check_hostname else None
            server_hostname = self.settings.requested_name or host
        return super().wrap_bio(incoming, outgoing, server_side, server_hostname, session)


class NamedSide(ssl.SSLObject):
    """An acceptor's side of a connection; it keeps the server name that the requestor asked for."""

    asked_for: str | None = None


class TlsSession:
    """One side of a TLS connection, from the handshake on."""

    def __init__(self, sock: socket.socket, context: ssl.SSLContext, *, host: str | None) -> None:
        """Begins on a connected socket as client of `host`, or as server where there is none."""
        self.incoming = ssl.MemoryBIO()
        self.outgoing = ssl.MemoryBIO()
        self.machine = context.wrap_bio(
            self.incoming, self.outgoing, server_side=host is None, server_hostname=host or None
        )
        self._host = host or ""
        self._peer = _address(sock, self._host)
        self._first = b""

    def feed(self, data: Buffer) -> None:
        """Takes what the peer sent."""
        self._first = self._first or bytes(data[:8])
        self.incoming.write(data)

    @property
    def peer_certificate(self) -> bytes | None:
        """The peer's certificate in DER; None when it gave none."""
        return self.machine.getpeercert(binary_form=True)

    @property
    def words(self) -> str:
        """What was negotiated and with whom: "TLSv1.3, TLS_AES_256_GCM_SHA384, with CN=pacs"."""
        cipher = self.machine.cipher()
        words = f"{self.machine.version()}, {cipher[0] if cipher else 'no cipher'}"
        certificate = self.machine.getpeercert()
        if certificate is None:
            if self.machine.server_side and self.machine.context.verify_mode is ssl.CERT_NONE:
                return f"{words}, with a peer that was asked for no certificate"
            return f"{words}, with a peer that gave no certificate"
        if not certificate:  # one that was not verified is not told
            return f"{words}, with a peer whose certificate was not verified"
        words += f", with {holder(certificate)}"
        if self._host and not names_host(certificate, self._host):
            words += f", whose certificate does not name {self._host}"
        return words

    def failure(self, error: ssl.SSLError | None) -> TransportError:
        """Gives the error to raise: for one of TLS, or without one for a peer that closed in the handshake.

        Its stage is "lost" for one that closed before it had sent anything, which is no attempt at all.
        """
        about = self._circumstances()
        words = closed(about) if error is None else describe(error, about)
        has_tried = bool(self._host or self._first)
        return TransportError(f"TLS: {words}", stage="tls" if has_tried else "lost")

    def _circumstances(self) -> Circumstances:
        context = self.machine.context
        asked_for = self.machine.asked_for if isinstance(self.machine, NamedSide) else None
        requested, expected = "", ""
        if isinstance(context, TlsContext):
            requested, expected = context.settings.requested_name, context.settings.expected_name
        return Circumstances(
            peer=self._peer,
            context=context,
            chain=_presented(self.machine),
            first=self._first,
            host=self._host and (requested or self._host),
            names=(asked_for, expected),
        )


async def handshake(sock: socket.socket, context: ssl.SSLContext, *, host: str | None, seconds: float) -> TlsSession:
    """Negotiates TLS on a connected non-blocking socket.

    Args:
        host: whom we called, for the certificate and for server name indication; None as server.
        seconds: how long all of it may take.

    Raises:
        TransportError: the peer speaks no TLS, no version or suite in common, or its certificate is not accepted;
            the message says which.
    """
    session = TlsSession(sock, context, host=host)
    try:
        async with asyncio.timeout(seconds):
            await _negotiate(sock, session)
    except ssl.SSLError as error:
        await _say_goodbye(sock, session)
        raise session.failure(error) from error
    except TimeoutError:
        problem = f"TLS: the handshake did not end within {seconds:g} s; does the peer speak TLS on this port?"
        raise TransportError(problem, stage="tls") from None
    except ConnectionError as error:
        raise session.failure(None) from error
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
        session = await handshake(sock, context, host=host, seconds=local.timeouts.acse)
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
            session.feed(data)
        else:
            await loop.sock_sendall(sock, session.outgoing.read())
            return


async def _say_goodbye(sock: socket.socket, session: TlsSession) -> None:
    """Sends the alert that tells the peer why, if it still listens."""
    try:
        await asyncio.get_running_loop().sock_sendall(sock, session.outgoing.read())
    except OSError:
        return


def _address(sock: socket.socket, host: str) -> str:
    try:
        address, port = sock.getpeername()[:2]
    except OSError:
        return host or "the peer"
    name = host or str(address)
    return f"[{name}]:{port}" if ":" in name else f"{name}:{port}"


def _presented(machine: ssl.SSLObject) -> tuple[Certificate, ...]:
    """The certificates that the peer gave, also where they are not accepted; none where that cannot be told."""
    # WORKAROUND for ssl of Python 3.11 to 3.13: what is public gives no certificate after a failed verification, or
    # its DER without a way to read it.
    side = getattr(machine, "_sslobj", None)
    given: Sequence[Any] | None = getattr(side, "get_unverified_chain", tuple)()
    return tuple(certificate.get_info() for certificate in given or ())


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
            self.session.feed(memoryview(self._records)[:count])
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
            self._lost(self.session.failure(error))

    def _send_records(self) -> None:
        """Sends what TLS has made, in its order: what was gathered is encrypted behind it first."""
        if self._gathered:
            self._write_gathered()
        elif self.session.outgoing.pending:
            super().write((self.session.outgoing.read(),))
