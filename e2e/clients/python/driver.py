"""Drives the Python clients: one JSON text a line in, `{"id", "client", "method", "url", "model", "argument"}`, and one
out for each, with the same id, in the order in which they are done. `python-clients.ts` is at the other end."""

import asyncio
import dataclasses
import json
import sys
from typing import Any

import anthropic_client
import openai_clients
from outcome import Place

CLIENTS: dict[str, Any] = {
    "openai-chat": openai_clients.Chat,
    "openai-responses": openai_clients.Responses,
    "anthropic": anthropic_client.Messages,
}


async def do(request: dict[str, Any], place: Place) -> Any:
    method, argument = request["method"], request["argument"]
    if method == "ask":
        return dataclasses.asdict(await CLIENTS[request["client"]](place, argument).answer())
    if method == "embed":
        return await openai_clients.embed(place, argument)
    return await anthropic_client.count_tokens(place, argument)


async def handle(line: str) -> None:
    request = json.loads(line)
    place = Place(request["url"], request["model"])
    answer: dict[str, Any] = {"id": request["id"], "answers": place.answers}
    try:
        answer["result"] = await do(request, place)
    except Exception as error:  # Whatever it is, the test at the other end judges it.
        answer["failure"] = openai_clients.describe(error)
    print(json.dumps(answer), flush=True)


async def main() -> None:
    running = set()
    while line := await asyncio.to_thread(sys.stdin.readline):
        task = asyncio.create_task(handle(line))
        running.add(task)
        task.add_done_callback(running.discard)
    await asyncio.gather(*running)


asyncio.run(main())
