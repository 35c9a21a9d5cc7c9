// Which translation serves a surface that a provider does not have itself.
import { findClient } from "@weir/dialects/registry/assembly/registry";
import { Purpose, Surface } from "@weir/dialects/surfaces/assembly/surface";
import { ChatTranslation } from "./chat-translation";
import { Translation } from "./translation";

/** A new translation for one exchange; null where there is none for the surface. */
export function translationOf(surface: Surface): Translation | null {
  if (surface.purpose != Purpose.Chat) return null;
  const client = findClient(surface.dialect);
  return client ? new ChatTranslation(client) : null;
}
