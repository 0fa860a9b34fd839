"""The templates of the W3C's SCXML implementation report, as SCXML documents with CEL.

A template has attributes and elements of the namespace ``conf`` where a document depends on the
language of its expressions; here is what they mean in ours. What SCXML calls blank is absent in
CEL, and is asked for with ``has``; a variable without a value is not among ``vars``.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from xml.etree import ElementTree as ET

SCXML = "{http://www.w3.org/2005/07/scxml}"
CONF = "{http://www.w3.org/2005/scxml-conformance}"
PROCESSOR = "http://www.w3.org/TR/scxml/#SCXMLEventProcessor"

Attribute = Callable[[str], tuple[str, str]]
"""The value of an attribute of a template → the name and value of the one that it stands for."""


def comparison(left: str, right: str = "{}") -> Attribute:
    """A condition written as ``1=2``: number, operator, value."""

    def made(value: str) -> tuple[str, str]:
        match = re.fullmatch(r"\s*([0-9]+)\s*([=<>]=?)\s*(.*)", value)
        assert match is not None
        operator = "==" if match[2] == "=" else match[2]
        return "cond", f"{left.format(match[1])} {operator} {right.format(match[3])}"

    return made


def pair(pattern: str) -> Attribute:
    """A condition on two variables, written as ``1 2``."""
    return lambda value: ("cond", pattern.format(*value.split()))


def as_(name: str, pattern: str = "{}") -> Attribute:
    """An attribute of another name, with its value put into a pattern."""
    return lambda value: (name, pattern.format(value))


ATTRIBUTES: dict[str, Attribute] = {
    "targetpass": as_("target", "pass"),
    "targetfail": as_("target", "fail"),
    "datamodel": as_("datamodel", "cel"),
    # Names
    "id": as_("id", "Var{}"),
    "name": as_("name", "Var{}"),
    "location": as_("location", "Var{}"),
    "idlocation": as_("idlocation", "Var{}"),
    "item": as_("item", "Var{}"),
    "index": as_("index", "Var{}"),
    "namelist": as_("namelist", "Var{}"),
    "systemVarLocation": as_("location"),
    "invalidLocation": as_("location", "foo.bar.baz "),
    "invalidNamelist": as_("namelist", '"foo'),
    "illegalItem": as_("item", "'continue'"),
    # Values
    "expr": as_("expr"),
    "quoteExpr": as_("expr", "'{}'"),
    "varExpr": as_("expr", "Var{}"),
    "varChildExpr": as_("expr", "Var{}"),
    "systemVarExpr": as_("expr"),
    "varNonexistentStruct": as_("expr", "Var{}.bar"),
    "illegalExpr": as_("expr", "1 / 0"),
    "illegalArray": as_("expr", "7"),
    "arrayExpr123": as_("expr", "[1, 2, 3]"),
    "arrayVar": as_("array", "Var{}"),
    "arrayTextVar": as_("array", "Var{}"),
    "eventName": as_("expr", "_event.name"),
    "eventType": as_("expr", "_event.type"),
    "eventSendid": as_("expr", "_event.sendid"),
    "eventField": as_("expr", "_event.{}"),
    "eventDataFieldValue": as_("expr", "_event.data.{}"),
    "eventDataParamValue": as_("expr", "_event.data.{}"),
    "eventDataNamelistValue": as_("expr", "_event.data.Var{}"),
    "scxmlEventIOLocation": as_("expr", f"_ioprocessors['{PROCESSOR}'].location"),
    "invalidSessionID": as_("expr", "27"),
    "invalidSendTypeExpr": as_("expr", "27"),
    "invalidSendType": as_("type", "27"),
    "illegalTarget": as_("target", "baz"),
    "unreachableTarget": as_("target", "#_scxml_foo"),
    "eventExpr": as_("eventexpr", "Var{}"),
    "targetExpr": as_("targetexpr", "Var{}"),
    "targetVar": as_("targetexpr", "Var{}"),
    "typeExpr": as_("typeexpr", "Var{}"),
    "srcExpr": as_("srcexpr", "Var{}"),
    "delayFromVar": as_("delayexpr", "Var{}"),
    "delay": as_("delayexpr", "'{}s'"),
    "sendIDExpr": as_("sendidexpr", "Var{}"),
    # Conditions
    "true": as_("cond", "true"),
    "false": as_("cond", "false"),
    "nonBoolean": as_("cond", "'neither'"),
    "inState": as_("cond", "In('{}')"),
    "isBound": as_("cond", "'Var{}' in vars"),
    "unboundVar": as_("cond", "!('Var{}' in vars)"),
    "noValue": as_("cond", "!('Var{}' in vars)"),
    "systemVarIsBound": as_("cond", "{} != null"),
    "idVal": comparison("Var{}"),
    "namelistIdVal": comparison("Var{}"),
    "varIdVal": comparison("Var{}", "Var{}"),
    "compareIDVal": comparison("Var{}", "Var{}"),
    "idQuoteVal": comparison("Var{}", "'{}'"),
    "idSystemVarVal": comparison("Var{}"),
    "eventvarVal": comparison("_event.data['Var{}']"),
    "idSomeVal": as_("cond", "Var{} == 123"),
    "VarEqVar": pair("Var{} == Var{}"),
    "VarEqVarStruct": pair("Var{} == Var{}"),
    "varPrefix": pair("Var{1}.startsWith(Var{0})"),
    "eventNameVal": as_("cond", "_event.name == '{}'"),
    "eventdataVal": as_("cond", "_event.data == {}"),
    "eventdataSomeVal": as_("cond", "_event.data == 123"),
    "emptyEventData": as_("cond", "_event.data == {{}}"),
    "eventDataHasField": as_("cond", "'{}' in _event.data"),
    "eventFieldHasNoValue": as_("cond", "!has(_event.{})"),
    "eventFieldsAreBound": as_("cond", "has(_event.name) && has(_event.type) && has(_event.data)"),
    "originTypeEq": as_("cond", "_event.origintype == '{}'"),
    "nameVarVal": as_("cond", "_name == '{}'"),
    "eventIsExternal": as_("cond", "_event.type == 'external'"),
}
"""Attribute of a template → the attribute that it stands for."""


def assigning(pattern: str) -> Callable[[ET.Element], list[ET.Element]]:
    """An assignment to the first variable that an element names."""

    def made(element: ET.Element) -> list[ET.Element]:
        first = element.get("id", element.get("id1", ""))
        expr = pattern.format(first, element.get("id2", ""))
        return [ET.Element(f"{SCXML}assign", {"location": f"Var{first}", "expr": expr})]

    return made


def final(name: str) -> Callable[[ET.Element], list[ET.Element]]:
    return lambda _: [ET.Element(f"{SCXML}final", {"id": name})]


def content(text: str) -> Callable[[ET.Element], list[ET.Element]]:
    def made(_: ET.Element) -> list[ET.Element]:
        element = ET.Element(f"{SCXML}content")
        element.text = text
        return [element]

    return made


def answered(element: ET.Element) -> list[ET.Element]:
    options = {"targetexpr": "_event.origin", "typeexpr": "_event.origintype"}
    return [ET.Element(f"{SCXML}send", {"event": element.get("name", ""), **options})]


ELEMENTS: dict[str, Callable[[ET.Element], list[ET.Element]]] = {
    "pass": final("pass"),
    "fail": final("fail"),
    "incrementID": assigning("Var{} + 1"),
    "concatVars": assigning("Var{} + Var{}"),
    "sumVars": assigning("Var{} + Var{}"),
    "extendArray": assigning("Var{} + [4]"),
    "contentFoo": content("foo"),
    "illegalContent": content(" xyz "),
    "sendToSender": answered,
    "script": lambda _: [ET.Element(f"{SCXML}script")],
}
"""Element of a template → the elements that it stands for."""

TEXTS = {"someInlineVal": "123", "array123": "[1, 2, 3]"}
"""Element of a template → the text that it stands for."""

CHILD = """<scxml xmlns="http://www.w3.org/2005/07/scxml" datamodel="cel">{}</scxml>"""
SAYS_IF_BOUND = """
    <datamodel><data id="Var1"/></datamodel>
    <state id="a">
      <transition cond="'Var1' in vars" target="z"><send target="#_parent" event="varBound"/></transition>
      <transition target="z"/>
    </state>
    <final id="z"/>"""
SAYS_WHICH = """
    <datamodel><data id="Var1" expr="0"/></datamodel>
    <state id="a">
      <transition target="z"><send target="#_parent" eventexpr="'event' + string(Var1)"/></transition>
    </state>
    <final id="z"/>"""
DOCUMENTS = {
    "file:test216sub1.scxml": CHILD.format('<final id="z"/>'),
    "file:test226sub1.scxml": CHILD.format(SAYS_IF_BOUND),
    "file:test239sub1.scxml": CHILD.format('<final id="z"/>'),
    "file:test242sub1.scxml": CHILD.format('<final id="z"/>'),
    "file:test276sub1.scxml": CHILD.format(SAYS_WHICH),
    "file:test552.txt": "2",
}
"""What the templates mean by the files that they name, for a suite without these."""


class NotInTheTableError(Exception):
    """A template has something of ``conf`` that means nothing here."""


def scxml_from_template(text: str) -> str:
    """The document that a template stands for."""
    ET.register_namespace("", SCXML[1:-1])
    root = ET.fromstring(text)  # noqa: S314 - the templates are ours to trust
    replace_in(root)
    return ET.tostring(root, encoding="unicode")


def replace_in(element: ET.Element) -> None:
    for name in [name for name in element.attrib if name.startswith(CONF)]:
        value = element.attrib.pop(name)
        own = name.removeprefix(CONF)
        if own not in ATTRIBUTES:
            raise NotInTheTableError(own)
        key, made = ATTRIBUTES[own](value)
        element.set(key, made)
    element[:] = list(replaced(element))
    for child in element:
        replace_in(child)


def replaced(element: ET.Element) -> Iterator[ET.Element]:
    for child in element:
        own = str(child.tag).removeprefix(CONF)
        if own == child.tag:
            yield child
        elif own in TEXTS:
            element.text = (element.text or "") + TEXTS[own]
        elif own in ELEMENTS:
            yield from ELEMENTS[own](child)
        else:
            raise NotInTheTableError(own)


def documents_for(text: str, folder: Path) -> dict[str, str]:
    """What a template names: the files that lie in its folder, else our own."""
    named = re.findall(r"file:[\w.]+", text)
    return {name: document(name, folder) for name in named if name in DOCUMENTS}


def document(name: str, folder: Path) -> str:
    path = folder / name.removeprefix("file:")
    template = path.with_suffix(".txml")
    if template.exists():
        return scxml_from_template(template.read_text())
    return path.read_text() if path.exists() else DOCUMENTS[name]
