"""The twin without memory: the same agent in all but one thing, for a fair comparison.

What it lacks is what was said before. "And in July?" leans on that: the agent with memory takes the
metric from the question before, its twin has none and asks back, with a fixed sentence and without
a model, as the agent with memory does at the beginning of a conversation.
"""

from __future__ import annotations

from wellness.agent.agent import Agent


def twin(agent: Agent) -> Agent:
    """An agent that differs in memory alone: same data, models, tools, prompts and limits.

    It routes with the same second opinion: a question can be embedded without being remembered.
    """
    return Agent(
        agent.store, agent.chat, memory=None, settings=agent.settings, embedding=agent.embedding
    )
