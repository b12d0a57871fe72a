"""Data sets in another transfer syntax, when somebody asked for it: never by itself, never in part (PS3.5 Annex A).

    conversion       `convert`, and the choice of what may be converted: `Conversion`
    recoding         uncompressed syntaxes into each other, element by element, without decoding values
    pixel_decoding   compressed pixel data into uncompressed, with the decoders that pydicom finds

Into a compressed syntax nothing is converted.
"""
