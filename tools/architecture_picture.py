"""Draw docs/architecture.svg from the imports: the rooms of the four packages and what each needs.

    python tools/architecture_picture.py            write the picture
    python tools/architecture_picture.py --check    exit 1 if the committed picture is not the one of the code

A box is a folder or file at the top of a package; it stands above all that it imports. Arrows that follow from
others (a needs b, b needs c, so a needs c) are left out, and those from package to package are drawn once.
"""

import argparse
import sys
from html import escape
from pathlib import Path

import networkx
from import_circles import PACKAGES, circles, import_graph, rooms

PICTURE = Path(__file__).parent.parent / "docs" / "architecture.svg"
BOX_HEIGHT, ROW_HEIGHT, GAP, MARGIN = 26, 58, 14, 24
LETTER = 7.4
TITLES = {
    "app": "app: what people and programs touch",
    "evals": "evals: how good is it",
    "index": "index: from a question to ranked passages",
    "ingest": "ingest: from a file to cited passages",
}

Place = tuple[float, float, float]
"""Left, top and width of a box, in pixels."""


def levels(graph: "networkx.DiGraph[str]") -> list[list[str]]:
    """Return the nodes in rows, top first: each row needs only what stands below it."""
    depth: dict[str, int] = {}
    for node in reversed(list(networkx.topological_sort(graph))):
        depth[node] = 1 + max((depth[other] for other in graph.successors(node)), default=-1)
    rows = [
        sorted(node for node in graph if depth[node] == level) for level in range(max(depth.values()) + 1)
    ]
    return rows[::-1]


def panel(
    package: str, graph: "networkx.DiGraph[str]", left: float, top: float, least: float = 0.0
) -> tuple[list[str], float, float]:
    """Return the drawing of one package, at least so wide, its width and its height."""
    own = graph.subgraph(node for node in graph if node.startswith(package + "."))
    needed = networkx.transitive_reduction(own)
    rows = levels(own)
    sizes = [[len(_name(node)) * LETTER + 20 for node in row] for row in rows]
    inside = max(len(TITLES[package]) * LETTER, *(sum(row) + GAP * (len(row) - 1) for row in sizes))
    width = max(least, inside + 2 * MARGIN)
    places: dict[str, Place] = {}
    for level, (row, widths) in enumerate(zip(rows, sizes, strict=True)):
        at = left + (width - sum(widths) - GAP * (len(row) - 1)) / 2
        for node, wide in zip(row, widths, strict=True):
            places[node] = (at, top + 44 + level * ROW_HEIGHT, wide)
            at += wide + GAP
    height = 44 + len(rows) * ROW_HEIGHT
    parts = [
        f'<rect class="panel" x="{left:.0f}" y="{top:.0f}" width="{width:.0f}" height="{height:.0f}" rx="8"/>',
        f'<text class="title" x="{left + MARGIN:.0f}" y="{top + 24:.0f}">{escape(TITLES[package])}</text>',
    ]
    parts += [_arrow(places[one], places[other]) for one, other in sorted(needed.edges)]
    parts += [_box(node, places[node]) for node in sorted(places)]
    return parts, width, height


def _name(node: str) -> str:
    return node.split(".", 1)[1]


def _arrow(start: Place, end: Place) -> str:
    x1, y1 = start[0] + start[2] / 2, start[1] + BOX_HEIGHT
    x2, y2 = end[0] + end[2] / 2, end[1] - 3
    bend = (y2 - y1) / 2
    return (
        f'<path class="arrow" d="M{x1:.0f} {y1:.0f} C{x1:.0f} {y1 + bend:.0f} {x2:.0f} {y2 - bend:.0f} '
        f'{x2:.0f} {y2:.0f}" marker-end="url(#tip)"/>'
    )


def _box(node: str, place: Place) -> str:
    left, top, width = place
    return (
        f'<rect class="box" x="{left:.0f}" y="{top:.0f}" width="{width:.0f}" height="{BOX_HEIGHT}" rx="4"/>'
        f'<text class="name" x="{left + width / 2:.0f}" y="{top + 17:.0f}">{escape(_name(node))}</text>'
    )


STYLE = """
text { font: 12px ui-sans-serif, system-ui, sans-serif; fill: #1f272b }
.title { font-weight: 600; font-size: 13px }
.name { text-anchor: middle }
.box { fill: #ffffff; stroke: #7a868a }
.panel { stroke: #dedad0; fill: #f4f2ec }
.arrow { fill: none; stroke: #0b5c63; stroke-width: 1.2; opacity: .55 }
.between { fill: none; stroke: #8a4511; stroke-width: 3 }
"""


def picture() -> str:
    """Return the whole drawing as SVG."""
    graph = rooms(import_graph())
    if found := circles(graph):
        raise SystemExit(f"architecture_picture: a circle cannot be drawn: {found}")
    app, app_width, app_height = panel("app", graph, MARGIN, MARGIN)
    evals, evals_width, evals_height = panel("evals", graph, 2 * MARGIN + app_width, MARGIN)
    second = MARGIN + max(app_height, evals_height) + 46
    least = MARGIN + app_width + evals_width
    index, index_width, index_height = panel("index", graph, MARGIN, second, least)
    third = second + index_height + 46
    ingest, ingest_width, ingest_height = panel("ingest", graph, MARGIN, third, least)
    width = 2 * MARGIN + max(least, index_width, ingest_width)
    middle = MARGIN + app_width / 2
    between = [
        _between(middle, MARGIN + app_height, second),
        _between(2 * MARGIN + app_width + evals_width / 2, MARGIN + evals_height, second),
        _between(MARGIN + least / 2, second + index_height, third),
    ]
    head = (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width:.0f}" height="{third + ingest_height + MARGIN:.0f}" '
        'role="img" aria-label="The four packages and what each of their rooms imports">'
        f"<style>{STYLE}</style>"
        '<defs><marker id="tip" viewBox="0 0 6 6" refX="5" refY="3" markerWidth="6" markerHeight="6" orient="auto">'
        '<path d="M0 0L6 3L0 6z" fill="#0b5c63"/></marker></defs>'
        '<rect width="100%" height="100%" fill="#ffffff"/>'
    )
    return "\n".join([head, *app, *evals, *index, *ingest, *between, "</svg>"]) + "\n"


def _between(x: float, y1: float, y2: float) -> str:
    return f'<path class="between" d="M{x:.0f} {y1 + 4:.0f} V{y2 - 6:.0f} m-6 -7 l6 8 l6 -8"/>'


def main() -> int:
    """Write or check the picture."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        "--check", action="store_true", help="only tell whether the committed picture is right"
    )
    drawn = picture()
    if parser.parse_args().check:
        same = PICTURE.exists() and PICTURE.read_text(encoding="utf-8") == drawn
        print("the picture is that of the code" if same else "run: python tools/architecture_picture.py")
        return 0 if same else 1
    PICTURE.write_text(drawn, encoding="utf-8")
    print(f"{PICTURE.name}: {len(PACKAGES)} packages")
    return 0


if __name__ == "__main__":
    sys.exit(main())
