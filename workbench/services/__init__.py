"""Services of PS3.4 on top of associations and of the instances on disk: what each one asks, and how it answers.

`verification` and `storage` hold the SCU's call and the SCP's handler side by side; `datasets` lets a file stream into
an association, `receiving` lets one stream out of it. `sending` sends many instances over as many associations as they
need, each of them a `sender`; `checking` tells which rung of the way to a node is broken. Disk work happens in threads,
everything else on the event loop.

May import `net`, `storage` and all below them.
"""
