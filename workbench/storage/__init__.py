"""Instances on disk: reading what is sent, writing what was received, checking and finding what is kept.

Files and what they hold, without pydicom::

    part10           file meta information (PS3.10 7.1), and where the data set begins: `scan` gives an `Instance`
    reading          the bytes of data sets
    rereading        a file read again from the first byte to the last, to be sure
    structure        a walk over element headers that decodes no values, as the bytes arrive
    naming           names of files
    replacing        the file that another object with the same UID replaces, kept
    archive          a folder in which an object is either whole and durable or absent

Values and the keys that they are compared with, partly with pydicom::

    character_sets   text of every Specific Character Set as Unicode, and back
    element_texts    the values of a data set's elements as texts, never raising
    person_names, ranges, matching
                     what the identifier of a query asks for, and whether a data set is that (PS3.4 C.2.2.2)

`index` is a SQLite database beside the files of an archive; the files are the truth::

    received bytes --attributes--> values --index_writing--> tables (index_schema)
    files --index_files, index_watch, index_lock--> what the index misses or has too much
    conditions (matching) --index_search--> SQL --index_database--> rows

Everything here blocks and nothing waits: the services call it through threads.

May import `uids` and `errors` and what stands below it in the layers, never `net`.
"""
