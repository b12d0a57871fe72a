"""Tests of the widgets: real models, a stand-in for the session, real clicks, keys and drops."""
