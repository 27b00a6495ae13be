"""Hostile words for agents, a model that believes all of them, and a business that must not suffer for it."""
