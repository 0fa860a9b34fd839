"""What every stand-alone module is made of, beside its chart: an interpreter of statecharts.

These modules are ours like any other: type-checked, and tested against ``statechart`` on the same
charts. ``linking`` puts what is needed of them, and of what they import, into one text. So they
import nothing but the standard library and modules of ours that do the same; and there are three
names in them that mean something else in the text: see ``standing_in``.
"""
