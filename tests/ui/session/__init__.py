"""The session and its parts, with a real engine and real associations on loopback."""
