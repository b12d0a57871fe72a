"""DIMSE: the messages, their command sets and how they travel in P-DATA fragments (PS3.7; PS3.8 Annex E).

Pure: values and bytes in, bytes and values out; no clock, socket, file or log. It imports nothing of ours but `errors`,
`uids` and `upper_layer`.

Down:  `messages` (what is said) -> `command_set.encode_command` -> `fragments.fragment` -> the upper layer.
Up:    `DataIndicated` of the upper layer -> `fragments.Assembler` -> `command_set.decode_command` -> `messages`;
       slices of data sets pass the assembler without being joined or copied.

`elements` is the table of all command elements, `status` gives a status its category and words.
"""
