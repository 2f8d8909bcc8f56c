"""A matplotlib figure as inline SVG that is safe to put many times into one page.

What matplotlib writes is meant to be a file of its own: it has a prolog, metadata with
addresses, a style sheet for every element of the page, the same ids in each file, and the font
it measured with. Here all of that is taken out; text stays text.
"""

from __future__ import annotations

import hashlib
import io
import itertools
import re
from typing import TYPE_CHECKING, Any
from xml.etree import ElementTree

if TYPE_CHECKING:
    from matplotlib.figure import Figure

WIDTH = 800  # pixels, and the unit of every length and font size in a chart
LEAST = 560  # pixels: narrower, its text could not be read; the page scrolls sideways instead
FONT_STACK = "system-ui, -apple-system, 'Segoe UI', Roboto, 'Helvetica Neue', Arial, sans-serif"

_serial = itertools.count(1)


def style() -> dict[Any, Any]:
    """Settings of matplotlib for all charts, for `matplotlib.rc_context`."""
    ink, faint = "#222222", "#d9d9d9"
    return {
        "svg.fonttype": "none",
        "svg.hashsalt": "wellness",  # without it ids are random
        "font.family": "DejaVu Sans",  # comes with matplotlib; wide, so a reader's font will fit
        "font.size": 14,
        "axes.titlesize": 16,
        "axes.titleweight": "bold",
        "axes.titlelocation": "left",
        "axes.titlepad": 14,
        "axes.labelsize": 14,
        "xtick.labelsize": 13,
        "ytick.labelsize": 14,
        "text.color": ink,
        "axes.labelcolor": ink,
        "xtick.color": ink,
        "ytick.color": ink,
        "axes.edgecolor": "#8c8c8c",
        "axes.spines.top": False,
        "axes.spines.right": False,
        "axes.grid": True,
        "axes.axisbelow": True,
        "grid.color": faint,
        "grid.linewidth": 1,
        "lines.linewidth": 2.5,
        "lines.markersize": 8,
        "figure.facecolor": "white",  # a card of its own: dark text is readable in a dark theme too
        "figure.dpi": 72,  # one point is then one pixel
        "text.parse_math": False,  # a name may hold a dollar sign
    }


def inline_svg(figure: Figure, label: str) -> str:
    """The figure as one `<svg role="img">` element whose ids occur nowhere else in the page."""
    buffer = io.BytesIO()
    figure.savefig(buffer, format="svg", metadata={"Date": None})
    raw = buffer.getvalue()
    root = ElementTree.fromstring(raw)
    prefix = f"chart-{hashlib.sha256(raw).hexdigest()[:8]}-{next(_serial)}-"
    _strip(root)
    _rename_ids(root, prefix)
    root.attrib = {
        "xmlns": "http://www.w3.org/2000/svg",
        "role": "img",
        "aria-label": label,
        "viewBox": root.get("viewBox", ""),
        "style": f"width:100%;min-width:{LEAST}px;max-width:{WIDTH}px;"
        "height:auto;stroke-linejoin:round",
    }
    return ElementTree.tostring(root, encoding="unicode")


def _strip(root: ElementTree.Element) -> None:
    """Take out metadata, style sheets, namespaces and indentation; set the font stack."""
    for parent in root.iter():
        for child in list(parent):
            if child.tag.endswith(("}metadata", "}style")):
                parent.remove(child)
    for element in root.iter():
        element.tag = element.tag.rpartition("}")[2]
        element.tail = None
        if element.tag not in ("text", "tspan"):
            element.text = None
        for name in [name for name in element.attrib if name.startswith("{")]:
            element.set(name.rpartition("}")[2], element.attrib.pop(name))
        if "style" in element.attrib:
            element.set("style", element.attrib["style"].replace("'DejaVu Sans'", FONT_STACK))


def _rename_ids(root: ElementTree.Element, prefix: str) -> None:
    """Keep only ids that something refers to, and give those and the references a prefix."""
    text = ElementTree.tostring(root, encoding="unicode")
    used = set(re.findall(r'(?:url\(#|href="#)([^)"]+)', text))
    for element in root.iter():
        for name, value in list(element.attrib.items()):
            if name == "id":
                del element.attrib["id"]
                if value in used:
                    element.set("id", prefix + value)
            elif name == "href" or "url(#" in value:
                element.set(name, re.sub(r"#(?=[^)]+\)|[^)]+$)", f"#{prefix}", value))
