"""Tests of the Unified Procedure Step service."""
