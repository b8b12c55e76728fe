"""The functions of pdfium that are called for each line of a page, without what ctypes does around them.

pypdfium2 declares the type of each argument, and ctypes converts and checks each one at each call: half of the time of
functions as small as these. Here it does not: a text page is given as pypdfium2 holds it, a number as an int, what
pdfium writes to as `byref` of it, and a page object or a font as its address, an int (None where there is none), but to
the last two functions as `ADDRESS` of it. Who calls these answers for the types; all else goes through `pypdfium2.raw`.
"""

import ctypes
from typing import Any

import pypdfium2.raw as c

ADDRESS = ctypes.c_void_p


def _bare(function: Any, result: Any, *arguments: Any) -> Any:
    """Return a function of pdfium that returns `result`; without `arguments` it takes them as they come.

    It keeps the interpreter's lock: taking it again costs more than the work done meanwhile.
    """
    return ctypes.PYFUNCTYPE(result, *arguments)(ctypes.cast(function, ADDRESS).value or 0)


count_rects = _bare(c.FPDFText_CountRects, ctypes.c_int)
get_rect = _bare(c.FPDFText_GetRect, ctypes.c_int)
get_char_box = _bare(c.FPDFText_GetCharBox, ctypes.c_int)
get_char_origin = _bare(c.FPDFText_GetCharOrigin, ctypes.c_int)
get_matrix = _bare(c.FPDFText_GetMatrix, ctypes.c_int)
get_font_size = _bare(c.FPDFText_GetFontSize, ctypes.c_double)
text_object = _bare(c.FPDFText_GetTextObject, ADDRESS)

page_object = _bare(c.FPDFPage_GetObject, ADDRESS, ADDRESS, ctypes.c_int)
form_object = _bare(c.FPDFFormObj_GetObject, ADDRESS, ADDRESS, ctypes.c_ulong)
object_type = _bare(c.FPDFPageObj_GetType, ctypes.c_int, ADDRESS)
count_segments = _bare(c.FPDFPath_CountSegments, ctypes.c_int, ADDRESS)
render_mode = _bare(c.FPDFTextObj_GetTextRenderMode, ctypes.c_int, ADDRESS)
font_of = _bare(c.FPDFTextObj_GetFont, ADDRESS, ADDRESS)

get_bounds = _bare(c.FPDFPageObj_GetBounds, ctypes.c_int)
get_fill_color = _bare(c.FPDFPageObj_GetFillColor, ctypes.c_int)
