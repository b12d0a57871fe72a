"""C-FIND asked and answered, for every information model that has it (PS3.4 Annexes C, K, Q, U, V, X, BB and others).

`models` names the models and their SOP classes. As SCU, `find` asks and gives the matches as they come. As SCP,
`FindScp` serves models from a provider: `archive_provider` answers from the index of an archive, `data_set_provider`
from data sets in memory. What is asked for is read and matched by `storage.matching`; `identifiers` encodes responses
straight from texts.
"""
