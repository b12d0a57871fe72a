"""Tests of the trace: events, recorder, ring, summary and dissection."""
