"""How wide the fields of a lesson are, and what they do where there is less room.

Layouts of ipywidgets, for `layout=`; as dictionaries, since widgets made before a lesson runs would
belong to no kernel.
"""

from __future__ import annotations

# Of a page, less the margin of two pixels that ipywidgets puts on either side of a field.
ALL = "calc(100% - 4px)"
# A question, with its button beside it on a projector; never wider than the page.
WIDE = {"width": "44em", "max_width": ALL}
# A row whose parts go below each other where they do not fit beside each other.
WRAPPED = {"flex_flow": "row wrap"}
