"""Exercises carry their solution in the source; the learner gets a blank in its place.

What stands there instead is `...  # your turn`, or the text of the `### BLANK:` lines inside it:

>>> source = '''
... def mean(values):
...     ### BEGIN SOLUTION
...     return sum(values) / len(values)
...     ### END SOLUTION
... ### BEGIN SOLUTION
... ### BLANK: answer = ...
... answer = mean([1, 2])
... ### END SOLUTION
... '''
>>> print(without_solution(source).strip())
def mean(values):
    ...  # your turn
answer = ...
>>> print(with_solution(source).strip())
def mean(values):
    return sum(values) / len(values)
answer = mean([1, 2])
"""

from __future__ import annotations

import re

BLANK = "...  # your turn"
_MARK = re.compile(
    r"(?P<indent> *)### (?:(?P<begin>BEGIN SOLUTION)|(?P<end>END SOLUTION)|BLANK: ?(?P<blank>.*))"
)


def with_solution(source: str) -> str:
    """The source of an exercise as solved: without marks and blanks."""
    return "\n".join(line for line in source.split("\n") if not _MARK.fullmatch(line))


def without_solution(source: str) -> str:
    """The source of an exercise as a learner gets it.

    Raises:
        ValueError: the marks do not match.
    """
    lines: list[str] = []
    blanks: list[str] | None = None  # those of the solution we are in, or None outside
    indent = ""
    for line in source.split("\n"):
        mark = _MARK.fullmatch(line)
        if not mark:
            lines += [line] if blanks is None else []
        elif mark["begin"] and blanks is None:
            indent, blanks = mark["indent"], []
        elif mark["end"] and blanks is not None:
            lines += [f"{indent}{blank}" for blank in blanks or [BLANK]]
            blanks = None
        elif mark["blank"] is not None and blanks is not None:
            blanks.append(mark["blank"])
        else:
            raise ValueError(f"'{line.strip()}' stands where it cannot")
    if blanks is not None:
        raise ValueError("a '### BEGIN SOLUTION' without '### END SOLUTION'")
    return "\n".join(lines)
