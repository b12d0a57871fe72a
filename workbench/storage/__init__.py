"""Instances on disk: reading what is sent, writing what was received, checking and finding what is kept.

`part10` reads the file meta information (PS3.10 7.1) with a small reader of its own and says where the data set
begins; `reading` gives its bytes. `naming` makes file names, `archive` writes a received object so that it is either
whole and durable or absent, `structure` walks over element headers without decoding values. Everything here blocks and
nothing waits: the services call it through threads. pydicom is not needed for any of it.

`index` is a SQLite database beside the files of an archive; the files are the truth::

    received bytes --attributes--> values --index_writing--> tables (index_schema)
    files --index_files, index_watch--> what the index misses or has too much
    conditions (matching) --index_search--> SQL --index_database--> rows

`matching` tells what the identifier of a query asks for; it and what it needs, and the index with it, load pydicom.

May import `uids` and `errors` and what stands below it in the layers, never `net`.
"""
