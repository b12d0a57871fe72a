"""Tests of the Modality Performed Procedure Step."""
