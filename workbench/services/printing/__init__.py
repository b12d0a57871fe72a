"""Print Management: films composed on an association and handed to a printer (PS3.4 Annex H).

An SCU creates a film session, film boxes in it (the SCP then makes their image boxes), sets the image boxes, and asks
for printing; all of them belong to the association and are gone with it. What is printed becomes a print job, which
outlives the association.

    classes      the SOP classes, what the Meta SOP classes hold, the contexts to propose
    attributes   the tables of attributes: what is mandatory, which values are allowed, the defaults
    layout       Image Display Format: how many image boxes a film has, and how large they are
    received     image boxes of the SCP: which images are taken
    films        film session, film boxes, image and annotation boxes of one association
    printer      the printer and its jobs as they tell about themselves
    spool        keeps films in a folder: one DICOM file for each image, one JSON file for the films
    scp          `PrintScp`: answers all of it and reports the state of jobs and printer
    images       images as an SCU sends them: 8 or 12 bits, windowed
    scu          `print_images`: the whole conversation in one call
    watch        `PrintWatch`: takes the events that a printer reports

The printer of `PrintScp` puts nothing on paper: it is a folder. What it acknowledges is in that folder.
"""
