// Headers that are set, added and removed, in Envoy's terms.
import type { HeaderChanges } from "../../model/web.ts";
import type { ProtoJson } from "../resources.ts";

/** Of a route, or of one of its clusters. */
export function changes(side: "request" | "response", { set, add, remove }: HeaderChanges): ProtoJson {
  const written = [
    ...set.map((header) => ({ header, append_action: "OVERWRITE_IF_EXISTS_OR_ADD" })),
    ...add.map((header) => ({ header, append_action: "APPEND_IF_EXISTS_OR_ADD" })),
  ].map(({ header: { name, value }, append_action }) => ({
    header: { key: name, value: value.replaceAll("%", "%%") },
    append_action,
    ...(value === "" && { keep_empty_value: true }),
  }));
  return {
    ...(written.length > 0 && { [`${side}_headers_to_add`]: written }),
    ...(remove.length > 0 && { [`${side}_headers_to_remove`]: remove }),
  };
}
