"""Small programs on the public interface, one service each; the tests run them all.

Those that serve (`..._scp.py`) take a port, say where they listen and go on until they are stopped. Those that ask
(`..._scu.py`) take host, port and AE title of a peer. The others bring both sides along and end by themselves. Run one
with the Python of the project's environment: `python resources/examples/storage_scp.py 11112`.
"""
