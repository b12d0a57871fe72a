"""Qt item models over plain rows: they hold, look up and emit, and do no input or output.

Only QtCore is imported here. A row is a frozen dataclass; `table.TableModel` adapts a list of them, with a filter and
an order of its own. `trace.TraceModel` keeps only the numbers of the events it shows, `dissect.DissectModel` is the
tree of one PDU. What a view needs beyond the text of a cell it asks with a `roles.Role`; what a colour would tell is a
`roles.Category`, and the text of the cell says it too.
"""
