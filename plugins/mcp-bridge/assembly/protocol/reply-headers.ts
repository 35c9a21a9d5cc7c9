// The headers of answers that the gateway makes itself.
import { HeaderList } from "@weir/sdk/assembly";

export const JSON_HEADERS = new HeaderList().addText("content-type", "application/json");
export const EVENT_HEADERS = new HeaderList().addText("content-type", "text/event-stream");
