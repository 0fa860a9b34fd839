"""Answers, held against the description of the API: what it does not promise does not happen."""

from __future__ import annotations

import re
from typing import Any, TypeVar

import httpx
from pydantic import TypeAdapter

from statewright.http.endpoint import Endpoint
from statewright.http.openapi import OF_ANY
from statewright.http.problems import MEDIA_TYPE
from statewright.http.routes import ENDPOINTS
from statewright.http.wire.problem import ProblemJSON

OF_THE_ROUTER = {"NO_SUCH_PATH", "METHOD_NOT_ALLOWED"}
Response = TypeVar("Response", bound=httpx.Response)


def as_described(response: Response) -> Response:
    """An answer that is as the description says."""
    request = response.request
    endpoint = endpoint_of(request.method, request.url.path)
    if request.method == "HEAD" or response.has_redirect_location:
        assert response.content == b""
    elif request.method == "OPTIONS" and response.is_success:
        assert response.headers["allow"]
    elif response.is_success:
        described_success(endpoint, response)
    else:
        problem = response.json()
        assert response.headers["content-type"] == MEDIA_TYPE
        assert problem.keys() == ProblemJSON.__annotations__.keys()
        assert problem["code"] in ({*OF_ANY, *endpoint.problems} if endpoint else OF_THE_ROUTER)
        assert problem["code"] != "INTERNAL"
    return response


def described_success(endpoint: Endpoint | None, response: httpx.Response) -> None:
    if endpoint is None:
        assert response.request.url.path.endswith(("/openapi.json", "/docs"))
        return
    assert response.status_code in endpoint.statuses
    if endpoint.answer is None:
        assert response.content == b""
        return
    answer: dict[str, Any] = response.json()
    assert answer.keys() == endpoint.answer.__annotations__.keys()
    TypeAdapter(endpoint.answer).validate_python(answer, strict=True)


def endpoint_of(method: str, path: str) -> Endpoint | None:
    """The endpoint that answers a request to a path without escapes, or None."""
    wanted = "GET" if method == "HEAD" else method
    first = next((one.path for one in ENDPOINTS if _matches(one.path, path)), None)
    found = (one for one in ENDPOINTS if (one.path, one.method) == (first, wanted))
    return next(found, None)


def _matches(pattern: str, path: str) -> bool:
    return bool(re.fullmatch(re.sub(r"\{\w+\}", "[^/]+", pattern.replace("{path}", ".+")), path))
