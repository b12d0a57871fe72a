"""Services of PS3.4 on top of associations and of the instances on disk: what each one asks, and how it answers.

One place for each service class, with the SCU's calls and the SCP side by side::

    verification      C-ECHO (Annex A)
    storage/          C-STORE: one instance or many, and the SCP that keeps them (Annex B)
    query/            C-FIND for every information model (Annexes C, K, Q, U, V, X, BB ...)
    retrieve/         C-MOVE and C-GET (Annex C and the models that have them)
    worklist/         Modality Worklist from tables and files (Annex K)
    procedure_step/   Modality Performed Procedure Step (Annex F)
    commitment/       Storage Commitment (Annex J)
    availability      Instance Availability Notification (Annex R)
    ups/              Unified Procedure Step (Annex CC)
    printing/         Print Management (Annex H)
    media_creation    Media Creation Management (Annex S)
    event_logging     Procedural Event Logging (Annex P)

What they stand on, from the bottom up::

    encoding       data sets as bytes and back, as pydicom sees them
    transcoding/   data sets in another transfer syntax, on demand
    requirements   attributes of a peer's request: read without trust, checked against tables
    normalized     the six N-services for any SOP class, as SCU and as SCP (PS3.7 chapter 10)
    managed        SOP Instances that requests create, change and delete, each a file
    offers         what an SCP offers; several offers make one application entity
    reporting      event reports to an SCU that may not be connected

And what is made of them: `archive` joins the services of an archive around one folder; `checking` climbs the way to a
node and tells which rung is broken. Disk work happens in threads, everything else on the event loop.

May import `net`, `storage` and all below them.
"""
