"""An SCP that lets in whom it knows, by password or by ticket: user_identity_scp.py [PORT]."""

import asyncio
import sys

from workbench import VERIFICATION_OFFER, LocalAe, serve
from workbench.acse.policy import password_verifier
from workbench.upper_layer.items import UserIdentityRq
from workbench.upper_layer.pdu import AssociateRj, AssociateRq

TICKET_TYPES = (3, 4, 5)  # Kerberos, SAML, JSON Web Token (PS3.7 Table D.3-14)
by_password = password_verifier({"anna": "secret"})


async def verify(identity: UserIdentityRq, request: AssociateRq) -> bytes | AssociateRj | None:
    """Judges an identity; it may take its time, for a directory service say."""
    print(f"type {identity.identity_type} from {request.calling_ae_title}", flush=True)
    if identity.identity_type in TICKET_TYPES:
        is_genuine = identity.primary_field == b"a ticket that was issued"
        return b"server response" if is_genuine else AssociateRj(result=1, source=1, reason=1)
    return by_password(identity)


async def main(port: str = "11112") -> None:
    """Serves until it is stopped."""
    local, policy = LocalAe(ae_title="GUARDED", port=int(port)), {"is_identity_required": True}
    async with serve(local, [VERIFICATION_OFFER], policy=policy, verifier=verify) as server:
        print("listening on", *server.address, flush=True)
        await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
