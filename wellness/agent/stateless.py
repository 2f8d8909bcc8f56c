"""The twin without memory: the same agent in all but one thing, for a fair comparison."""

from __future__ import annotations

from wellness.agent.agent import Agent


def twin(agent: Agent) -> Agent:
    """An agent that differs in memory alone: same data, models, tools, prompts and limits.

    It routes with the same second opinion: a question can be embedded without being remembered.
    """
    return Agent(
        agent.store, agent.chat, memory=None, settings=agent.settings, embedding=agent.embedding
    )
