"""How much of what is wrong with flows the checker finds, and how often it cries wolf.

Clean flows are broken on purpose, by operators that each make one kind of mistake at one place.
Whether a mistake is really there is settled by the operator where that can be read off the
document, else by a plain search of all conversations (``oracle``), never by the checker itself.

Run: ``python -m benchmarks.verify [--quick]``.
"""
