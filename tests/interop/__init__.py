"""Conversations with peers of other makers, both ways: DCMTK, Orthanc and pynetdicom."""
