"""C-FIND asked and answered, for every information model that has it (PS3.4 Annexes C, K, Q, U, V, X, BB and others).

`models` names the models and their SOP classes. As SCU, `find` asks and gives the matches as they come. As SCP,
`FindScp` serves models from a provider: `archive_provider` answers from the index of an archive, `data_set_provider`
from data sets in memory. What is asked for is read and matched by `storage.matching`; `identifiers` encodes responses
straight from texts.

What people write as keys becomes what is asked for::

    text --key_paths--> Key --request (+ query_files)--> RequestIdentifier --querying--> find

`attribute_names` and `dictionary_files` know the names. What comes back is read as a tree of `elements`, without
pydicom, and shown by `listing`, `native_xml`, `json_model` and `columns`, or written by `extraction`. `cancelling`
carries the wish to end a run.
"""
