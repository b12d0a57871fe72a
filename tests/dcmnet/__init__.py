"""Our core beside DCMTK's network library, dcmnet.

`test_dimse.py`, `test_scp.py`, `test_scp_roles.py` and `test_scu.py` have a counterpart of each test that DCMTK itself
has for dcmnet, of the same name; where we define a behaviour better, the test shows ours and its docstring says so.
`capabilities.toml` lists what a caller of dcmnet can do, with our symbol for it and the test that shows it;
`python -m tests.dcmnet.table` makes TABLE.md of it.
"""
