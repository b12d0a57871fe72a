"""Tests of how the project is built: who may import whom, sizes of files, what they may mention."""
