"""The networking core of DICOM Workbench: a library and command line tools; it knows nothing of Qt."""
