"""Tests of the scripts in packaging/, which is no Python package itself."""
