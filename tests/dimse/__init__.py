"""Tests of the DIMSE messages, their codec and their fragments."""
