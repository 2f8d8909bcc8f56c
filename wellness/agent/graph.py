"""The agent as a LangGraph graph, with memory or without.

    recall -> classify -> act -> answer -> validate -> remember

A call that did not work is repaired once by the other router, an answer whose numbers do not hold
is given once more. The twin without memory is the same graph without its first and last node;
`tests/agent/test_graph.py` holds the two against each other.
"""

from __future__ import annotations

from typing import Any

from langgraph.checkpoint.base import BaseCheckpointSaver
from langgraph.graph import END, START, StateGraph
from langgraph.graph.state import CompiledStateGraph
from langgraph.runtime import Runtime

from wellness.agent import nodes
from wellness.agent.phrasing import faults
from wellness.agent.state import Setting, TurnState

Graph = CompiledStateGraph[TurnState, Setting, TurnState, TurnState]


def build(*, memory: bool, checkpointer: BaseCheckpointSaver[Any] | None = None) -> Graph:
    """The graph of an agent.

    Args:
        memory: whether it recalls before it answers, and remembers afterwards.
        checkpointer: keeps the state at the end of each turn.
    """
    graph = StateGraph(TurnState, context_schema=Setting)
    for node in (nodes.classify, nodes.act, nodes.answer, nodes.validate):
        graph.add_node(node.__name__, node)
    first, last = "classify", END
    if memory:
        graph.add_node("recall", nodes.recall)
        graph.add_node("remember", nodes.remember)
        graph.add_edge("recall", "classify")
        graph.add_edge("remember", END)
        first, last = "recall", "remember"
    graph.add_edge(START, first)
    graph.add_edge("classify", "act")
    graph.add_conditional_edges("act", _after_act, {"repair": "classify", "go on": "answer"})
    graph.add_edge("answer", "validate")
    graph.add_conditional_edges("validate", _after_check, {"again": "answer", "done": last})
    return graph.compile(checkpointer=checkpointer)


def mermaid(graph: Graph) -> str:
    """The graph as Mermaid text, which JupyterLab draws; from left to right, to fit a screen."""
    return graph.get_graph().draw_mermaid().replace("graph TD;", "graph LR;", 1)


def _after_act(state: TurnState, runtime: Runtime[Setting]) -> str:
    """A route that brought nothing because of its arguments is made once more, by the model."""
    setting, results = runtime.context, state["results"]
    repairable = bool(results) and all(one.misunderstood for one in results)
    if repairable and setting.second and state["rounds"] < setting.settings.agent_rounds:
        return "repair"
    return "go on"


def _after_check(state: TurnState) -> str:
    return "again" if state["by"] == "model" and not _holds(state) else "done"


def _holds(state: TurnState) -> bool:
    checked = state["validation"]
    return checked is None or not faults(checked, state["results"])
