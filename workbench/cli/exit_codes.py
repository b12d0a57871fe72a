"""The exit codes of the tools: DCMTK's numbers (ofexit.h and its tools), where they tell the truth.

Where a tool of DCMTK ends with 0 although something failed, ours does not, unless `--compat-exit-codes` asks for it.
"""

from typing import Final

EXIT_OK: Final = 0
EXIT_FAILURE: Final = 1
"""Whatever is wrong and has no number of its own."""
EXIT_COMMAND_LINE: Final = 1

# echoscu, storescu
EXIT_PEER_ABORTED: Final = 10
EXIT_CERTIFICATE_NOT_VERIFIED: Final = 22
EXIT_ECHO_ABORTED: Final = 70

# findscu
EXIT_QUERY_FAILED: Final = 2

# Files: dcmsend, movescu, dcmrecv
EXIT_NO_INPUT_FILES: Final = 21
EXIT_INVALID_INPUT_FILE: Final = 22
EXIT_NO_VALID_INPUT_FILES: Final = 23
EXIT_CANNOT_WRITE_OUTPUT: Final = 40
EXIT_CANNOT_WRITE_REPORT: Final = 43
EXIT_INVALID_OUTPUT_DIRECTORY: Final = 45

# Network: dcmsend, movescu
EXIT_CANNOT_INITIALIZE_NETWORK: Final = 60
EXIT_CANNOT_NEGOTIATE: Final = 61
EXIT_CANNOT_SEND_REQUEST: Final = 62
EXIT_CANNOT_ADD_CONTEXT: Final = 65
EXIT_NO_CONTEXT: Final = 66
EXIT_FINAL_STATUS_WARNING: Final = 68
EXIT_FINAL_STATUS_ERROR: Final = 69
EXIT_NO_TLS: Final = 70

# dcmrecv
EXIT_CANNOT_LISTEN: Final = 64
EXIT_INVALID_PROFILE: Final = 66
EXIT_RECEIVER_NO_TLS: Final = 71

# storescp
EXIT_NO_INHERITED_CONNECTION: Final = 99
