"""What came of a request, in the words of `client.ts`, and the trace of HTTP answers that it left."""

from dataclasses import dataclass, field
from typing import Any


@dataclass
class Outcome:
    text: str = ""
    pieces: int = 0
    finish: str = ""
    inputTokens: int = 0
    outputTokens: int = 0
    thinking: str = ""
    rounds: list[list[dict[str, Any]]] = field(default_factory=list)
    object: Any = None


@dataclass
class Place:
    """Where a client is pointed."""

    url: str
    model: str
    answers: list[dict[str, Any]] = field(default_factory=list)

    async def note(self, response: Any) -> None:
        """An event hook of the HTTP client."""
        dropped = response.headers.get("x-weir-dropped")
        self.answers.append(
            {
                "status": response.status_code,
                "dropped": [name.strip() for name in dropped.split(",")] if dropped else [],
                "retryAfter": response.headers.get("retry-after"),
            }
        )


CLIENT_KEY = "fake-client-key"
ROUNDS_MAX = 5
