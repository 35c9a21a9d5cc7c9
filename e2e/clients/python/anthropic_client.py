"""`anthropic` from PyPI, its tool runner included."""

from typing import Any

import anthropic
from offered import Forecast, run
from outcome import CLIENT_KEY, Outcome, Place


def client_at(place: Place) -> anthropic.AsyncAnthropic:
    http_client = anthropic.DefaultAsyncHttpxClient(event_hooks={"response": [place.note]})
    return anthropic.AsyncAnthropic(base_url=place.url, api_key=CLIENT_KEY, max_retries=0, http_client=http_client)


async def count_tokens(place: Place, text: str) -> int:
    messages: list[Any] = [{"role": "user", "content": text}]
    return (await client_at(place).messages.count_tokens(model=place.model, messages=messages)).input_tokens


@anthropic.beta_async_tool
async def get_weather(city: str) -> str:
    """The weather in a city"""
    return run("get_weather", {"city": city})


@anthropic.beta_async_tool
async def get_time() -> str:
    """The time"""
    return run("get_time", {})


@anthropic.beta_async_tool
async def book_seats(seats: int) -> str:
    """Books seats"""
    return run("book_seats", {"seats": seats})


class Messages:
    def __init__(self, place: Place, ask: dict[str, Any]) -> None:
        self.client = client_at(place)
        self.ask = ask
        self.pieces = 0
        self.parameters: dict[str, Any] = {
            "model": place.model,
            "max_tokens": ask.get("tokensMax") or 4096,
            "messages": self.messages(),
        }
        if ask.get("system"):
            self.parameters["system"] = ask["system"]
        if ask.get("thinking"):
            self.parameters["thinking"] = {"type": "enabled", "budget_tokens": 1024}
        if ask.get("schema"):
            self.parameters["output_format"] = Forecast

    async def answer(self) -> Outcome:
        said = await (self.run_tools() if self.ask.get("tools") else self.say())
        message = said[-1]
        blocks = [block for each in said for block in each.content]
        rounds = [[block for block in each.content if block.type == "tool_use"] for each in said]
        parsed = getattr(message, "parsed_output", None)
        return Outcome(
            text="".join(block.text for block in message.content if block.type == "text"),
            pieces=self.pieces,
            finish=message.stop_reason,
            inputTokens=message.usage.input_tokens,
            outputTokens=message.usage.output_tokens,
            thinking="".join(block.thinking for block in blocks if block.type == "thinking"),
            rounds=[[{"name": call.name, "arguments": call.input} for call in calls] for calls in rounds if calls],
            object=parsed.model_dump() if parsed else None,
        )

    async def say(self) -> list[Any]:
        api = self.client.messages
        if not self.ask.get("stream"):
            return [await (api.parse if self.ask.get("schema") else api.create)(**self.parameters)]
        async with api.stream(**self.parameters) as stream:
            async for _ in stream.text_stream:
                self.pieces += 1
            return [await stream.get_final_message()]

    async def run_tools(self) -> list[Any]:
        api = self.client.beta.messages
        tools = [get_weather, get_time, book_seats]
        if not self.ask.get("stream"):
            return [message async for message in api.tool_runner(**self.parameters, tools=tools)]
        messages = []
        async for stream in api.tool_runner(**self.parameters, tools=tools, stream=True):
            async for _ in stream.text_stream:
                self.pieces += 1
            messages.append(await stream.get_final_message())
        return messages

    def messages(self) -> list[Any]:
        said: list[Any] = [{"role": each["role"], "content": each["text"]} for each in self.ask["messages"]]
        if self.ask.get("imageBase64"):
            source = {"type": "base64", "media_type": "image/png", "data": self.ask["imageBase64"]}
            said[-1]["content"] = [{"type": "image", "source": source}, {"type": "text", "text": said[-1]["content"]}]
        return said
