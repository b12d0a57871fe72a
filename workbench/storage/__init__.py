"""Instances on disk: reading what is sent, writing what was received, checking what is kept.

`part10` reads the file meta information (PS3.10 7.1) with a small reader of its own and says where the data set
begins; `reading` gives its bytes. `naming` makes file names, `archive` writes a received object so that it is either
whole and durable or absent, `structure` walks over element headers without decoding values. Everything here blocks and
nothing waits: the services call it through threads. pydicom is not needed for any of it.

May import `uids` and `errors` and what stands below it in the layers, never `net`.
"""
