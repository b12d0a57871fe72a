"""The DICOM upper layer (PS3.8) without input and output: bytes and calls in, events out.

    fields       Reader names each field as it reads it; Span is what it notes; Writer is its counterpart
    items        the variable items of A-ASSOCIATE PDUs, one row of a table each
    associate    A-ASSOCIATE-RQ and -AC, the two PDUs made of items
    pdu          all seven PDUs, encode_pdu and decode_pdu
    reasons      the words for the numbers of PS3.8
    framing      cuts what the transport delivers, in any split, without joining it
    p_data       one P-DATA-TF PDU as a stream: what to keep of it, and its fragments as slices
    receiver     the received PDUs one by one, each judged by its header first
    state_table  Tables 9-1 to 9-10: 13 states, 19 events, 28 actions, 123 cells
    events       what leaves the machine: effects, indications, observations
    outbox       what the steps of an action put there, in order
    machine      UpperLayer ties these together: one object for one association

Flow of a received byte: receive_data -> receiver, framing -> state table -> PduReceived, Transition, then the
indication; of a PDU to send: send -> state table -> Transition, SendBytes, PduSent. The driver carries out the effects
in the order in which next_event() gives them. May import `errors` and `uids` only, and nothing that waits, reads a
clock or touches a file.
"""
