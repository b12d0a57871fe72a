"""The small parts every view is built from: cards, buttons, pills, fields, tables.

They know colours and layout, and nothing of DICOM or of the session. Each follows the palette by itself, so that a
change of theme needs no call. Fusion draws the standard controls; what must look different carries its own small style.
"""
