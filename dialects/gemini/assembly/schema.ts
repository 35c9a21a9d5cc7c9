// Google's `Schema`, a subset of OpenAPI's with types in capitals, as JSON Schema.
// https://ai.google.dev/api/caching#Schema
import { Slice } from "@weir/sdk/assembly/bytes/slice";
import { Writer } from "@weir/sdk/assembly/bytes/writer";
import { JsonKind, JsonTape } from "@weir/sdk/assembly/json/tape";
import { JsonWriter } from "@weir/sdk/assembly/json/writer";
import { Dropped } from "../../hub/assembly/dropped";
import { FORMAT, TYPE } from "../../hub/assembly/names";
import { lowerText, Member, numberOf } from "./member";

const ANY_OF = new Member("anyOf");
const PROPERTY_ORDERING = new Member("propertyOrdering");
const BOUNDS: Member[] = [
  new Member("minItems"),
  new Member("maxItems"),
  new Member("minLength"),
  new Member("maxLength"),
  new Member("minProperties"),
  new Member("maxProperties"),
  new Member("minimum"),
  new Member("maximum"),
];
const NULLABLE = Slice.of("nullable");
const PROPERTIES = Slice.of("properties");
const ITEMS = Slice.of("items");
const ENUM = Slice.of("enum");
const EXAMPLE = Slice.of("example");
const EXAMPLES = Slice.of("examples");
const NULL = Slice.of("null");
const NULL_SCHEMA = Slice.of('{"type":"null"}');
const UNSPECIFIED = Slice.of("type_unspecified");

/** The schema `node` as JSON Schema; empty where it is none. The order of properties has no place there. */
export function toJsonSchema(tape: JsonTape, node: i32, dropped: Dropped): Slice {
  if (tape.kind(node) != JsonKind.Object) return Slice.empty();
  const writer = new Writer();
  new SchemaTranslator(tape, new JsonWriter(writer), dropped).translate(node);
  return writer.take();
}

@final
class SchemaTranslator {
  constructor(
    private readonly tape: JsonTape,
    private readonly json: JsonWriter,
    private readonly dropped: Dropped,
  ) {}

  /** Schemas nest no deeper than a tape does. */
  translate(node: i32): void {
    const tape = this.tape;
    if (tape.kind(node) != JsonKind.Object) {
      this.json.raw(tape.raw(node));
      return;
    }
    const isNullable = tape.isTrue(tape.find(node, NULLABLE));
    this.json.beginObject();
    for (let member = tape.first(node); member >= 0; member = tape.next(member)) this.member(member, isNullable);
    this.json.endObject();
  }

  private member(node: i32, isNullable: bool): void {
    const tape = this.tape;
    const json = this.json;
    if (tape.keyEquals(node, TYPE)) this.type(node, isNullable);
    else if (tape.keyEquals(node, PROPERTIES)) this.properties(node);
    else if (tape.keyEquals(node, ITEMS)) this.translate(this.at(node, ITEMS));
    else if (ANY_OF.isKeyOf(tape, node)) this.list(node, ANY_OF.json, isNullable ? NULL_SCHEMA : Slice.empty());
    else if (tape.keyEquals(node, ENUM)) this.list(node, ENUM, isNullable ? NULL : Slice.empty());
    else if (tape.keyEquals(node, EXAMPLE)) json.key(EXAMPLES).beginArray().raw(tape.raw(node)).endArray();
    else if (PROPERTY_ORDERING.isKeyOf(tape, node)) this.dropped.add(PROPERTY_ORDERING.json);
    else if (!this.isOwn(node) && !this.isBound(node)) json.key(tape.keyText(node)).raw(tape.raw(node));
  }

  /** Writes the key of a member whose value comes next. */
  private at(node: i32, key: Slice): i32 {
    this.json.key(key);
    return node;
  }

  /** What is said in another way: `nullable` beside the type, `format: "enum"` not at all. */
  private isOwn(node: i32): bool {
    const tape = this.tape;
    return tape.keyEquals(node, NULLABLE) || (tape.keyEquals(node, FORMAT) && tape.equals(node, ENUM));
  }

  private type(node: i32, isNullable: bool): void {
    const tape = this.tape;
    const name = lowerText(tape.text(node));
    if (name.equals(UNSPECIFIED)) return;
    const json = this.json.key(TYPE);
    if (!name.length) json.raw(tape.raw(node));
    else if (isNullable) json.beginArray().text(name).text(NULL).endArray();
    else json.text(name);
  }

  private properties(node: i32): void {
    const tape = this.tape;
    const json = this.json.key(PROPERTIES).beginObject();
    if (tape.kind(node) == JsonKind.Object) {
      for (let item = tape.first(node); item >= 0; item = tape.next(item)) {
        json.key(tape.keyText(item));
        this.translate(item);
      }
    }
    json.endObject();
  }

  /** A list of schemas or of values, with `last` at its end. */
  private list(node: i32, key: Slice, last: Slice): void {
    const tape = this.tape;
    const json = this.json.key(key);
    if (tape.kind(node) != JsonKind.Array) {
      json.raw(tape.raw(node));
      return;
    }
    json.beginArray();
    for (let item = tape.first(node); item >= 0; item = tape.next(item)) this.translate(item);
    if (last.length) json.raw(last);
    json.endArray();
  }

  /** Bounds are numbers, in strings too. */
  private isBound(node: i32): bool {
    for (let i = 0; i < BOUNDS.length; ++i) {
      if (!BOUNDS[i].isKeyOf(this.tape, node)) continue;
      const bound = numberOf(this.tape, node);
      if (bound.length) this.json.key(BOUNDS[i].json).raw(bound);
      return true;
    }
    return false;
  }
}
