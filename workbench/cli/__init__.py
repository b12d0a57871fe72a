"""The command line tools: one file a tool, `options` and `output` shared.

Options, defaults and exit codes are DCMTK's where its tools have them, so that scripts can go on; timeouts are finite,
and exit code 0 always means that everything was acknowledged. What a tool has to say goes to standard error, `--json`
writes one object a line to standard output. Only what a tool needs is imported: pydicom never, rich only to draw a
progress bar.
"""
