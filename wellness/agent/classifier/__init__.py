"""Query classification by rules over slots: where a question goes, and with which arguments."""

from wellness.agent.classifier.classify import Classifier

__all__ = ["Classifier"]
