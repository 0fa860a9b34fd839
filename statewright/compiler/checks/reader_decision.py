"""The reader decided something that the format leaves open.

What it does:
    Names each place where the format allows two meanings, and the one that was taken.

Why it matters:
    The author may have meant the other.

Example:
    {
      "name": "Age", "version": "1", "entry_node_id": "a",
      "flow_data": {
        "nodes": [
          {"id": "a", "type": "question",
           "content": {"question": {"text": "How old are you?"}, "variable": "temp.age",
                       "input_type": "choice",
                       "options": [{"label": "Eight", "value": "8", "years": 8},
                                   {"label": "Nine", "value": "9"}]}},
          {"id": "b", "type": "message", "content": {"text": "{{temp.age.years}} it is."}}
        ],
        "connections": [{"source": "a", "target": "b", "type": "DEFAULT"}]
      }
    }

Instead:
    {
      "name": "Age", "version": "1", "entry_node_id": "a",
      "flow_data": {
        "nodes": [
          {"id": "a", "type": "question",
           "content": {"question": {"text": "How old are you?"}, "variable": "temp.age",
                       "input_type": "choice",
                       "options": [{"label": "Eight", "value": "8"},
                                   {"label": "Nine", "value": "9"}]}},
          {"id": "b", "type": "message", "content": {"text": "{{temp.age}} it is."}}
        ],
        "connections": [{"source": "a", "target": "b", "type": "DEFAULT"}]
      }
    }

Known limits:
    None.
"""

from __future__ import annotations

from statewright.compiler.checks.check import Check
from statewright.compiler.checks.reading_problems import problems_as_findings
from statewright.compiler.findings import Severity

CHECK = Check("R008", "reader-decision", Severity.INFO, __doc__, problems_as_findings)
