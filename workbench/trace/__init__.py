"""What happened, as data to keep, show, filter and save.

Every association, live or replayed, emits one stream of events: transport steps, PDUs, moves of the state machine and
DIMSE commands. `recorder` stamps them, `store` keeps a bounded ring of them, `dissect` explains the bytes of one PDU as
a tree and `summary` says an event in one line. Nothing here waits, and nothing here knows of sockets or windows: the
events are plain values that may cross threads. May import `dimse`, `acse`, `upper_layer` and the dictionary.
"""
