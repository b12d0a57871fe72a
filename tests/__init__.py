"""Tests of DICOM Workbench: the folders mirror those of the source; see conftest.py for what holds for every test."""
