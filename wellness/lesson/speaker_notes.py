"""The speaker's notes, for a second window: what to say, what may be asked, and the keys.

It is made when the show begins, and its evidence is that of the ledger at that moment: the figure
to quote is the one this machine has measured, or the page says that there is none.
"""

from __future__ import annotations

from collections.abc import Mapping
from html import escape

from wellness.lesson.playbook import Playbook
from wellness.lesson.slides import OPEN
from wellness.lesson.stage import Act, Slide, Stage
from wellness.lesson.stage_settings import KEYS
from wellness.lesson.syllabus import Chapter

STYLE = """
body { font: 20px/1.45 system-ui, 'DejaVu Sans', sans-serif; max-width: 46em; margin: 1em auto;
       padding: 0 1em; color-scheme: light dark }
h1 { font-size: 1.4em } h2 { margin-top: 2em; border-top: 2px solid } h3 { margin-bottom: 0 }
table { border-collapse: collapse; font-size: .85em; display: block; overflow-x: auto }
th, td { text-align: left; vertical-align: top; padding: .2em .6em .2em 0 }
kbd { border: 1px solid; border-radius: .3em; padding: 0 .3em; white-space: nowrap }
summary { cursor: pointer } nav a { margin-right: .7em } caption { text-align: left }
"""


def page(stage: Stage, lessons: Mapping[str, Chapter], play: Playbook) -> str:
    """The page as HTML that stands alone.

    Args:
        stage: what is shown.
        lessons: by their digits.
        play: has the questions and this machine's evidence.

    Raises:
        LessonError: the stage names a question that the playbook has not.
    """
    links = " ".join(f"<a href='#{number}'>{number}</a>" for number in stage.acts)
    acts = "".join(_act(act, lessons[number], play) for number, act in stage.acts.items())
    return (
        "<!DOCTYPE html><html lang='en'><meta charset='utf-8'><title>Speaker's notes</title>"
        f"<style>{STYLE}</style><h1>Speaker's notes</h1><nav aria-label='Lessons'>{links}</nav>"
        f"<h2>Ten minutes</h2>{_way(stage, lessons)}<h2>Keys</h2>{_keys()}{acts}</html>"
    )


def _way(stage: Stage, lessons: Mapping[str, Chapter]) -> str:
    rows, minute = [], 0
    for stop in stage.path:
        title = escape(f"{stop.lesson} {lessons[stop.lesson].title}")
        keys = "".join(f"<kbd>{key}</kbd>" for key in (OPEN, *stop.lesson))
        rows.append(
            f"<tr><td>{minute}:00</td><td><a href='#{stop.lesson}'>{title}</a></td>"
            f"<td>{keys}</td><td>{escape(stop.why)}</td></tr>"
        )
        minute += stop.minutes
    head = "".join(f"<th>{name}</th>" for name in ("from", "lesson", "keys", "why"))
    return f"<table><tr>{head}</tr>{''.join(rows)}</table>"


def _keys() -> str:
    rows = (
        f"<tr><td><kbd>{escape(key)}</kbd></td><td>{escape(what)}</td></tr>"
        for key, what in KEYS.items()
    )
    return f"<table>{''.join(rows)}</table>"


def _act(act: Act, lesson: Chapter, play: Playbook) -> str:
    asked = "".join(
        f"<details><summary>{escape(play[name].text)}</summary>"
        f"{play.answer(name)._repr_html_()}</details>" for name in act.ask
    )  # fmt: skip
    return (
        f"<section id='{act.lesson}'><h2>{act.lesson} {escape(lesson.title)}</h2>"
        f"<p><i>{escape(act.show)}</i></p>{''.join(map(_slide, act.slides))}"
        f"<h3>They may ask</h3>{asked}</section>"
    )


def _slide(slide: Slide) -> str:
    lines = "".join(f"<li><kbd>{escape(line)}</kbd></li>" for line in slide.type)
    return (
        f"<h3>{escape(slide.heading)}</h3><p><i>{escape(slide.show)}</i></p>"
        f"<p>{escape(slide.say)}</p>" + (f"<ul>{lines}</ul>" if lines else "")
    )
