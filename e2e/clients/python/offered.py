"""The tools that every client offers, and the schema that every client asks for: the same as in `tools.ts`."""

from typing import Any, Literal

from pydantic import BaseModel, ConfigDict


class GetWeather(BaseModel):
    """The weather in a city"""

    model_config = ConfigDict(extra="forbid")
    city: str


class GetTime(BaseModel):
    """The time"""

    model_config = ConfigDict(extra="forbid")


class BookSeats(BaseModel):
    """Books seats"""

    model_config = ConfigDict(extra="forbid")
    seats: int


class Warning(BaseModel):
    model_config = ConfigDict(extra="forbid")
    text: str
    urgent: bool


class Forecast(BaseModel):
    model_config = ConfigDict(extra="forbid")
    city: str
    days: int
    sky: Literal["clear", "cloudy"]
    warnings: list[Warning]


TOOLS: dict[str, type[BaseModel]] = {"get_weather": GetWeather, "get_time": GetTime, "book_seats": BookSeats}


def run(name: str, arguments: dict[str, Any]) -> str:
    """Checks the arguments as an application would, and gives the tool's result."""
    given = TOOLS[name].model_validate(arguments)
    if isinstance(given, GetWeather):
        return f"Sunny in {given.city}"
    if isinstance(given, BookSeats):
        return f"Booked {given.seats} seats"
    return "Half past twelve"
