// What a client has tagged a request with. The header's form is that of a list: names between commas.

const tagsMax = 10;
const tagLengthMax = 64;

/** As a JSON list, each once; empty for none. Longer ones, and more of them, are left out. */
export function readTags(header: string): string {
  const all = header.split(",").map((tag) => tag.trim());
  const known = new Set(all.filter((tag) => tag !== "" && tag.length <= tagLengthMax && !/\p{Cc}/u.test(tag)));
  return known.size > 0 ? JSON.stringify([...known].slice(0, tagsMax)) : "";
}

/** Of a request in the database. */
export function tagsOf({ tags }: { tags: string }): string[] {
  return tags === "" ? [] : (JSON.parse(tags) as string[]);
}
