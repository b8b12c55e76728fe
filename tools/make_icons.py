"""Draw the page's icon and logo (a page with a marked line) into app/static/."""

from pathlib import Path

from PIL import Image, ImageDraw

STATIC = Path(__file__).parent.parent / "app" / "static"
INK, MARK, PAPER = (11, 92, 99, 255), (255, 214, 92, 255), (255, 255, 255, 255)
SIZE = 512


def sheet(size: int) -> Image.Image:
    """Return the icon: a sheet with lines, one of them marked."""
    image = Image.new("RGBA", (SIZE, SIZE), (0, 0, 0, 0))
    draw = ImageDraw.Draw(image)
    draw.rounded_rectangle((72, 24, 440, 488), 56, fill=INK)
    for top, right in ((120, 360), (192, 310), (364, 340)):
        draw.rounded_rectangle((144, top, right, top + 30), 15, fill=PAPER)
    draw.rounded_rectangle((124, 258, 388, 326), 18, fill=MARK)
    draw.rounded_rectangle((144, 277, 350, 307), 15, fill=INK)
    return image.resize((size, size), Image.Resampling.LANCZOS)


if __name__ == "__main__":
    STATIC.mkdir(exist_ok=True)
    sheet(128).save(STATIC / "icon.png", optimize=True)
    sheet(96).save(STATIC / "logo.png", optimize=True)
