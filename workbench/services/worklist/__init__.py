"""The Modality Worklist: which steps are scheduled, on which station, for whom (PS3.4 Annex K).

    entries    `WorklistEntry`: one scheduled step as plain fields, and what is wrong with them
    items      the same as a data set, and back
    table      `WorklistTable`: the entries that a user edits, in one JSON file
    exchange   entries as CSV, and back
    folder     `WorklistFolder`: worklist files of others, `*.wl`
    keys       which keys are supported for matching and return (PS3.4 Table K.6-1)
    scp        `WorklistScp`: answers C-FIND from tables and folders
    scu        `query_worklist`: what is scheduled for a station and a day

Text is Unicode everywhere but on the wire and in worklist files.
"""
