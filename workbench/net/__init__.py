"""Associations over TCP: the only folder with sockets, tasks and clocks.

From the bottom up: `transport` moves bytes through one socket; `connection` drives one state machine over one
transport and records what it observes; `association` turns indications into replies and incoming requests; `requestor`
opens associations, `server` accepts them. Either may secure its connections: `tls` is the handshake and the transport
that encrypts, `tls_context` makes its rules of settings, by the profiles of `tls_profiles` and the keys and
certificates of `tls_files`; `tls_reasons` says why it fails, `tls_offline` what a certificate is worth without a
connection. All of it runs on one asyncio loop with selectors
(`asyncio.SelectorEventLoop`). The road down is one call chain, the road up is one call chain: a socket becomes
readable, the machine is fed, its outbox is pumped, and somebody who awaits a reply is woken. The pump never awaits.

May import `trace`, `config`, `acse`, `dimse`, `upper_layer`; never `storage` or `services`.
"""
