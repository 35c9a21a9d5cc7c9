// Images and sounds: Ollama has one list for both, of bare base64.
import { ChatRequest } from "../../hub/assembly/chat-request";
import { MediaSource, Part, PartKind } from "../../hub/assembly/part";

/** Whether the part belongs into `images`: Ollama tells a sound from an image by its bytes. */
export function isImage(part: Part): bool {
  const isKind = part.kind == PartKind.Image || part.kind == PartKind.Audio;
  return isKind && part.source == MediaSource.Base64;
}

/** Whether a message holds an image whose bytes are not in the request. */
export function hasImageElsewhere(request: ChatRequest): bool {
  for (let i = 0; i < request.messages.length; ++i) {
    if (isElsewhere(request.messages[i].parts)) return true;
  }
  return false;
}

function isElsewhere(parts: Part[]): bool {
  for (let i = 0; i < parts.length; ++i) {
    const part = parts[i];
    if (part.kind == PartKind.Image && part.source != MediaSource.Base64) return true;
    for (let k = 0; k < part.parts.length; ++k) {
      const inner = part.parts[k];
      if (inner.kind == PartKind.Image && inner.source != MediaSource.Base64) return true;
    }
  }
  return false;
}
