"""Measures the programs as they are run: how fast they are beside DCMTK and pynetdicom, and whether they endure.

`python -m tests.benchmark` prints a table of ratios, `python -m tests.benchmark endurance` tries long runs and exits
with 1 when one fails. `workloads` makes the files, `programs` knows how each maker's tools are started, `measuring`
runs a pair of them over a workload, `cases` is the table of what is compared with what. Every figure comes from real
processes on the loopback interface, files are kept in memory where the system has such a folder, and the runs of a
case and its base alternate round by round, so that a busy machine disturbs both alike.
"""
