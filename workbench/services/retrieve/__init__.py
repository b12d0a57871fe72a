"""C-MOVE and C-GET asked and answered, for every information model that has them (PS3.4 Annexes C, U, X, Y, Z, BB, GG).

As SCU, `move` lets a peer send to a destination and `get` lets it send to us; both are operations that tell their
progress and end with a result whose `reason` says what happened and what can be done about it. `GetFrom` opens the
associations that a C-GET needs by itself, `orchestrate` the one for a C-MOVE from one node to another. `get_run` and
`move_run` ask for several things on one association, as the command line tools do.

As SCP, `MoveScp` and `GetScp` look instances up in an index and send them::

    identifier --identifiers--> conditions --index--> instances --delivery--> C-STORE, counted by suboperations

What they share is in `scp`. Data sets stream from the files; they are converted only when the receiver takes nothing
else, and only as far as is allowed.
"""
