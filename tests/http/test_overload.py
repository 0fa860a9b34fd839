"""A server that has more to do than it can says so at once, and when to come again."""

from __future__ import annotations

from pathlib import Path

from statewright.runtime import Queues
from statewright.storage import SQLStore
from tests.http.drawings import token_of
from tests.http.serving import serving

AT_ONCE = 12


def test_what_is_too_much_is_refused_with_a_time_to_come_again(tmp_path: Path) -> None:
    store = SQLStore(f"sqlite:///{tmp_path}/flows.db")
    with serving(store, queues=Queues(turns=3, of_session=3)) as client:
        token = token_of(client)
        path = f"/v1/chat/sessions/{token}/interact"
        body = {"input": "Brian", "input_type": "text"}
        answers = client.together(*(("POST", path, body) for _ in range(AT_ONCE)))
        refused = [answer for answer in answers if answer.status_code == 503]
        assert len(refused) == AT_ONCE - 3
        for answer in refused:
            assert answer.json()["code"] == "OVERLOADED"
            assert answer.json()["message"].endswith("nothing was done")
            assert int(answer.headers["retry-after"]) >= 1
        before = client.get(f"/v1/chat/sessions/{token}").json()["revision"]
        assert before == 1 + 3, "what was refused has changed nothing"
        assert client.post(path, body).status_code == 200
