// Which translation serves a surface that a provider does not have itself.
import { findClient } from "@weir/dialects/registry/assembly/registry";
import { Purpose } from "@weir/dialects/surfaces/assembly/surface";
import { SurfacePath } from "@weir/dialects/surfaces/assembly/surface-path";
import { ChatTranslation } from "./chat-translation";
import { Translation } from "./translation";

/** A new translation for one exchange, or null. What stands below a surface is kept by its provider: it has none. */
export function translationOf(wanted: SurfacePath): Translation | null {
  if (wanted.surface.purpose != Purpose.Chat || wanted.rest.length) return null;
  const client = findClient(wanted.surface.dialect);
  return client ? new ChatTranslation(client) : null;
}
