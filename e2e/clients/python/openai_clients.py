"""`openai` from PyPI, by either of its APIs. It leaves the loop of calls to the application."""

import json
from typing import Any

import openai
from offered import TOOLS, Forecast, run
from outcome import CLIENT_KEY, ROUNDS_MAX, Outcome, Place


def client_at(place: Place) -> openai.AsyncOpenAI:
    http_client = openai.DefaultAsyncHttpxClient(event_hooks={"response": [place.note]})
    return openai.AsyncOpenAI(
        base_url=f"{place.url}/v1", api_key=CLIENT_KEY, max_retries=0, http_client=http_client
    )


async def embed(place: Place, texts: list[str]) -> list[list[float]]:
    answer = await client_at(place).embeddings.create(model=place.model, input=texts)
    return [item.embedding for item in answer.data]


class Chat:
    """Chat completions."""

    def __init__(self, place: Place, ask: dict[str, Any]) -> None:
        self.api = client_at(place).chat.completions
        self.ask = ask
        self.pieces = 0
        self.parameters: dict[str, Any] = {"model": place.model}
        if ask.get("tokensMax"):
            self.parameters["max_completion_tokens"] = ask["tokensMax"]
        if ask.get("thinking"):
            self.parameters["reasoning_effort"] = "low"
        if ask.get("schema"):
            self.parameters["response_format"] = Forecast
        if ask.get("tools"):
            self.parameters["tools"] = [openai.pydantic_function_tool(tool, name=name) for name, tool in TOOLS.items()]

    async def answer(self) -> Outcome:
        messages = self.messages()
        outcome = Outcome()
        for _ in range(ROUNDS_MAX):
            completion = await self.complete(messages)
            message = completion.choices[0].message
            outcome.thinking += getattr(message, "reasoning_content", None) or ""
            if not message.tool_calls:
                break
            messages.append(message.model_dump(exclude_none=True, exclude={"parsed"}))
            calls = [(call.id, call.function.name, json.loads(call.function.arguments)) for call in message.tool_calls]
            outcome.rounds.append([{"name": name, "arguments": arguments} for _, name, arguments in calls])
            for call_id, name, arguments in calls:
                messages.append({"role": "tool", "tool_call_id": call_id, "content": run(name, arguments)})
        outcome.text = message.content or ""
        outcome.pieces = self.pieces
        outcome.finish = completion.choices[0].finish_reason
        outcome.inputTokens = completion.usage.prompt_tokens
        outcome.outputTokens = completion.usage.completion_tokens
        parsed = getattr(message, "parsed", None)
        outcome.object = parsed.model_dump() if parsed else None
        return outcome

    async def complete(self, messages: list[Any]) -> Any:
        parameters = {**self.parameters, "messages": messages}
        if not self.ask.get("stream"):
            return await (self.api.parse if self.ask.get("schema") else self.api.create)(**parameters)
        async with self.api.stream(**parameters, stream_options={"include_usage": True}) as stream:
            async for event in stream:
                self.pieces += event.type == "content.delta"
            return await stream.get_final_completion()

    def messages(self) -> list[Any]:
        system = [{"role": "system", "content": self.ask["system"]}] if self.ask.get("system") else []
        said: list[Any] = [{"role": each["role"], "content": each["text"]} for each in self.ask["messages"]]
        if self.ask.get("imageBase64"):
            image = {"url": f"data:image/png;base64,{self.ask['imageBase64']}"}
            text = {"type": "text", "text": said[-1]["content"]}
            said[-1]["content"] = [text, {"type": "image_url", "image_url": image}]
        return system + said


class Responses:
    """Responses, of which the provider stores nothing."""

    def __init__(self, place: Place, ask: dict[str, Any]) -> None:
        self.api = client_at(place).responses
        self.ask = ask
        self.pieces = 0
        self.parameters: dict[str, Any] = {"model": place.model, "store": False}
        if ask.get("system"):
            self.parameters["instructions"] = ask["system"]
        if ask.get("tokensMax"):
            self.parameters["max_output_tokens"] = ask["tokensMax"]
        if ask.get("thinking"):
            self.parameters["reasoning"] = {"effort": "low", "summary": "auto"}
            self.parameters["include"] = ["reasoning.encrypted_content"]
        if ask.get("schema"):
            self.parameters["text_format"] = Forecast
        if ask.get("tools"):
            chat_tools = [openai.pydantic_function_tool(tool, name=name) for name, tool in TOOLS.items()]
            self.parameters["tools"] = [{"type": "function", **tool["function"]} for tool in chat_tools]

    async def answer(self) -> Outcome:
        items = self.items()
        outcome = Outcome()
        for _ in range(ROUNDS_MAX):
            response = await self.respond(items)
            reasoning = [item for item in response.output if item.type == "reasoning"]
            outcome.thinking += "".join(part.text for item in reasoning for part in item.summary)
            calls = [item for item in response.output if item.type == "function_call"]
            if not calls:
                break
            given = {"exclude_none": True, "exclude": {"parsed_arguments": True}}
            items += [item.model_dump(**given) for item in response.output]
            arguments = [json.loads(call.arguments) for call in calls]
            outcome.rounds.append([{"name": call.name, "arguments": a} for call, a in zip(calls, arguments)])
            for call, given_arguments in zip(calls, arguments):
                output = run(call.name, given_arguments)
                items.append({"type": "function_call_output", "call_id": call.call_id, "output": output})
        outcome.text = response.output_text
        outcome.pieces = self.pieces
        outcome.finish = response.status
        outcome.inputTokens = response.usage.input_tokens
        outcome.outputTokens = response.usage.output_tokens
        parsed = getattr(response, "output_parsed", None)
        outcome.object = parsed.model_dump() if parsed else None
        return outcome

    async def respond(self, items: list[Any]) -> Any:
        parameters = {**self.parameters, "input": items}
        if not self.ask.get("stream"):
            return await (self.api.parse if self.ask.get("schema") else self.api.create)(**parameters)
        async with self.api.stream(**parameters) as stream:
            async for event in stream:
                self.pieces += event.type == "response.output_text.delta"
            return await stream.get_final_response()

    def items(self) -> list[Any]:
        said: list[Any] = [{"role": each["role"], "content": each["text"]} for each in self.ask["messages"]]
        if self.ask.get("imageBase64"):
            url = f"data:image/png;base64,{self.ask['imageBase64']}"
            text = {"type": "input_text", "text": said[-1]["content"]}
            said[-1]["content"] = [text, {"type": "input_image", "image_url": url, "detail": "auto"}]
        return said


def describe(error: Exception) -> dict[str, Any]:
    return {
        "class": type(error).__name__,
        "status": getattr(error, "status_code", None),
        "message": str(error),
    }
