"""The picture of a floor plan: what is uploaded is read as a picture and nothing else, and drawn anew.

What is kept is made by us from the pixels: metadata (where a photograph was taken, by whom), and whatever else a file may carry
behind or inside its picture, is gone.
"""

from __future__ import annotations

import hashlib
import io
from dataclasses import dataclass
from typing import IO

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from PIL import Image, ImageOps, UnidentifiedImageError

from soc.refusals import Refusal

MAX_BYTES = 10 * 1024 * 1024
MAX_PIXELS = 36_000_000
MIN_SIDE = 64
#: The longer side of what is kept: enough to zoom in, and a bounded download.
KEPT_SIDE = 4096
CONTENT_TYPE = "image/webp"
#: Drawings stay exact; a photograph of a plan would be too large so, and is kept at a high quality instead.
_EXACT_BYTES = 2 * 1024 * 1024
#: A file of another kind is not even tried: each decoder is a way in.
_FORMATS = ("PNG", "JPEG", "WEBP")


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture that we made: WebP, RGB.

    Attributes:
        data: the file.
        width: pixels.
        height: pixels.
    """

    data: bytes
    width: int
    height: int

    @property
    def sha256(self) -> str:
        """Hexadecimal digest of the file."""
        return hashlib.sha256(self.data).hexdigest()


def picture_of(upload: IO[bytes]) -> Picture:
    """The picture in an uploaded file, drawn anew.

    Raises:
        Refusal: it is too large, too small, or no picture of a kind that is accepted; `fields` says so at `picture`.
    """
    data = upload.read(MAX_BYTES + 1)
    if len(data) > MAX_BYTES:
        raise _refused("too_large", _("The picture's file is larger than 10 MB. Save it smaller, then try again."))
    return _drawn_anew(data)


def _drawn_anew(data: bytes) -> Picture:
    try:
        with Image.open(io.BytesIO(data), formats=_FORMATS) as opened:
            # The size stands in the file's head: nothing is decoded before it is known to be small enough.
            _check_size(*opened.size)
            return _encoded(_clean(opened))
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise _too_many_pixels() from error
    except UnidentifiedImageError as error:
        sentence = _("A plan is a PNG, JPEG or WebP picture. Save a drawing (SVG, PDF, DWG) as PNG first.")
        raise _refused("not_a_picture", sentence) from error
    except (OSError, SyntaxError, ValueError, EOFError) as error:
        raise _refused("broken_picture", _("The picture cannot be read: its file is damaged.")) from error


def _check_size(width: int, height: int) -> None:
    if width * height > MAX_PIXELS:
        raise _too_many_pixels()
    if min(width, height) < MIN_SIDE:
        raise _refused("too_small", _("The picture is smaller than 64 pixels: nothing could be placed on it."))


def _clean(opened: Image.Image) -> Image.Image:
    """The pixels alone: upright, opaque on white, no larger than what is kept."""
    opened.draft("RGB", (KEPT_SIDE, KEPT_SIDE))  # a JPEG is decoded at the size that is kept
    turned = ImageOps.exif_transpose(opened)
    see_through = turned.mode in ("RGBA", "LA", "PA") or "transparency" in turned.info
    pixels = turned.convert("RGBA" if see_through else "RGB")
    pixels.thumbnail((KEPT_SIDE, KEPT_SIDE), Image.Resampling.LANCZOS)
    clean = Image.new("RGB", pixels.size, "white")
    clean.paste(pixels, mask=pixels.getchannel("A") if see_through else None)
    return clean


def _encoded(clean: Image.Image) -> Picture:
    exact = io.BytesIO()
    clean.save(exact, "WEBP", lossless=True, quality=40, method=2)
    data = exact.getvalue()
    if len(data) > _EXACT_BYTES:
        close = io.BytesIO()
        clean.save(close, "WEBP", quality=88, method=3)
        data = close.getvalue()
    return Picture(data, *clean.size)


def _too_many_pixels() -> Refusal:
    return _refused(
        "too_many_pixels", _("The picture has more than 36 million pixels. Save it smaller, then try again.")
    )


def _refused(code: str, sentence: Promise) -> Refusal:
    return Refusal(code, sentence, fields={"picture": sentence})
