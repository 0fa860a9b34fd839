"""Python functions that do what the nodes of a syntax tree mean; ``linking`` puts them together.

A closure takes a *frame*, the list that one evaluation works on, and returns a value or raises
``EvaluationError``; the innermost one that fails sets the position. Most builders here take the
closures of the parts and know nothing of syntax.
"""
