"""Baked badges: credentials in PNG and SVG images (Open Badges 3.0, 5.3 Baked Badge; Open Badges 2.0 Baking, for reading).

Images come from strangers. They are read within fixed limits of size, work and memory, and no pixel is touched: `png` and `svg`
find the place of a credential in the bytes of an image, `embedding` puts one there and takes one out.
"""

from skillmark_reference.credentials.baking.embedding import bake, find_baked, unbake
from skillmark_reference.credentials.baking.images import (
    Baked,
    BakedForm,
    BakingVersion,
    Departure,
    ImageFormat,
    ImageProblem,
    UnusableImage,
)

__all__ = [
    "Baked",
    "BakedForm",
    "BakingVersion",
    "Departure",
    "ImageFormat",
    "ImageProblem",
    "UnusableImage",
    "bake",
    "find_baked",
    "unbake",
]
