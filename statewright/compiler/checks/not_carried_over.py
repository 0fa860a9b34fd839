"""Something that the author wrote cannot be carried out here.

What it does:
    Names each part of a flow that this version cannot run, or whose meaning in another system has
    no counterpart, and says what happens instead.

Why it matters:
    The conversation would differ from the drawing.

Example:
    {
      "name": "Secret", "version": "1", "entry_node_id": "a",
      "flow_data": {
        "nodes": [{"id": "a", "type": "script", "content": {"code": "1"}}],
        "connections": []
      }
    }

Instead:
    {
      "name": "Secret", "version": "1", "entry_node_id": "a",
      "flow_data": {
        "nodes": [
          {"id": "a", "type": "question",
           "content": {"question": {"text": "Code?"}, "input_type": "text",
                       "variable": "temp.code"}}
        ],
        "connections": []
      }
    }

Known limits:
    In a draft the conversation passes through a node that cannot be run.
"""

from __future__ import annotations

from statewright.compiler.checks.check import Check
from statewright.compiler.checks.reading_problems import problems_as_findings
from statewright.compiler.findings import Severity

CHECK = Check("R006", "not-carried-over", Severity.WARNING, __doc__, problems_as_findings)
