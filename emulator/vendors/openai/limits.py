"""What bounds a body before a model is known: the largest documented file, sixteen times, and a mask."""

FILE_BYTES = (
    50 * 1024 * 1024 - 1
)  # documented: under 50 MB each (gpt-image-1); read as the vendor counts its 25 MB elsewhere
BODY_BYTES = 17 * FILE_BYTES  # sixteen images and a mask
