// From an API's answer to a tool's result.
import {
  HeaderList,
  isUtf8,
  JsonKind,
  JsonTape,
  JsonWriter,
  mediaTypeEssence,
  Slice,
  Writer,
} from "@weir/sdk/assembly";
import { UpstreamAnswer } from "../protocol/outcome";
import { Era } from "../protocol/version";
import { Ambient } from "../template/ambient";
import { charactersEnd } from "../template/functions/texts";
import { Scope } from "../template/run";
import { Template } from "../template/template";
import { Value } from "../template/value";
import { JsonTemplate } from "./json-template";
import { RestServer } from "./rest-server";
import { blobResult, contentResult, errorResult, failure, mediaResult, textResult } from "./result";
import { RestTool } from "./tool";

const CONTENT_TYPE = Slice.of("content-type");
const CONTENT_ENCODING = Slice.of("content-encoding");
const IDENTITY = Slice.of("identity");
const IMAGE = Slice.of("image/");
const AUDIO = Slice.of("audio/");
export const COMPRESSED: string = "The API's answer is compressed, and was not asked to be";
const SUCCESS = Slice.of("success");
const OCTETS = Slice.of("application/octet-stream");
const ARGS = Slice.of("_args");
const CONFIG = Slice.of("_config");
const STATUS = Slice.of("_status");
const HEADERS = Slice.of("_headers");
/** Of what is none of these, and no UTF-8, nobody could read the text. */
const TEXT_TYPES: StaticArray<Slice> = [
  Slice.of("text/"),
  Slice.of("application/json"),
  Slice.of("application/xml"),
  Slice.of("application/javascript"),
  Slice.of("application/x-www-form-urlencoded"),
];
const TEXT_SUFFIXES: StaticArray<Slice> = [Slice.of("+json"), Slice.of("+xml"), Slice.of("yaml"), Slice.of("ndjson")];

/** Reads the answers to one call. */
@final
export class AnswerReader {
  constructor(
    private readonly server: RestServer,
    private readonly tool: RestTool,
    /** The call's arguments, JSON. */
    private readonly rawArgs: Slice,
    private readonly ambient: Ambient,
    private readonly era: Era,
  ) {}

  /** The result that an answer comes to. */
  read(answer: UpstreamAnswer): Slice {
    if (isCompressed(answer)) return failure(COMPRESSED);
    const isGood = answer.status >= 200 && answer.status < 300;
    return isGood ? this.readGood(answer) : this.readBad(answer);
  }

  /** What templates see of an answer. */
  scopeOf(answer: UpstreamAnswer): Scope {
    const json = new JsonWriter(new Writer()).beginObject();
    json.key(ARGS).raw(this.rawArgs).key(CONFIG).raw(this.server.rawConfig);
    json.key(STATUS).integer(answer.status).key(HEADERS);
    writeHeaders(json, answer.headers);
    const beside = Value.ofJson(json.endObject().output.take());
    return new Scope(Value.ofJson(answer.body), this.ambient, beside);
  }

  /** What went wrong, in the API's words or in those that the tool has for it. */
  private readBad(answer: UpstreamAnswer): Slice {
    const template = this.tool.errorBody;
    if (template) {
      const text = template.execute(this.scopeOf(answer));
      if (text && text.length) return errorResult(text);
    }
    const text = new Writer().text("call failed, status: ").integer(answer.status).text(", response: ");
    return errorResult(text.bytes(readable(answer)).take());
  }

  private readGood(answer: UpstreamAnswer): Slice {
    const header = answer.headers.get(CONTENT_TYPE);
    const type = header ? mediaTypeEssence(header) : Slice.empty();
    const isImage = startsWith(type, IMAGE);
    if (!answer.body.length) return textResult(SUCCESS);
    if (isImage || startsWith(type, AUDIO)) {
      return answer.isTruncated ? this.tooLarge() : mediaResult(answer.body, type, isImage);
    }
    const content = this.tool.content;
    if (content) return answer.isTruncated ? this.tooLarge() : this.blocks(content, answer);
    const template = this.tool.responseBody;
    if (template) return answer.isTruncated ? this.tooLarge() : this.rendered(template, answer);
    if (!isTextType(type) && !isUtf8(wholeCharacters(answer))) {
      return answer.isTruncated ? this.tooLarge() : blobResult(answer.body, type.length ? type : OCTETS, this.uri());
    }
    const text = new Writer(answer.body.length).bytes(this.tool.prepend).bytes(readable(answer));
    return this.structured(text.bytes(this.tool.append).take(), answer);
  }

  private rendered(template: Template, answer: UpstreamAnswer): Slice {
    const text = template.execute(this.scopeOf(answer));
    if (!text) return failure("The template of the tool's answer has failed: " + template.problem);
    return this.structured(text.length ? text : SUCCESS, answer);
  }

  private blocks(content: JsonTemplate, answer: UpstreamAnswer): Slice {
    const blocks = content.execute(this.scopeOf(answer));
    if (!blocks) return failure("The template of the tool's answer has failed: " + content.problem);
    return blocksResult(this.server, this.tool, blocks, answer.body, this.era);
  }

  /** With the API's JSON beside the text, where the tool says how it looks, and it does look so. */
  private structured(text: Slice, answer: UpstreamAnswer): Slice {
    return structuredResult(this.server, this.tool, text, answer.isTruncated ? Slice.empty() : answer.body, this.era);
  }

  private tooLarge(): Slice {
    const limit = this.server.settings.responseBytesMax.toString();
    return failure("The API's answer is larger than the " + limit + " bytes that are read of one");
  }

  private uri(): Slice {
    return Slice.of("weir://mcp/" + this.server.name.toText() + "/" + this.tool.name.toText());
  }
}

/** Whether an answer is not what it says it is, but something to be unpacked. */
export function isCompressed(answer: UpstreamAnswer): bool {
  const encoding = answer.headers.get(CONTENT_ENCODING);
  return encoding != null && encoding.length > 0 && !encoding.equalsIgnoreCase(IDENTITY);
}

/** A text with `raw`, which may be JSON, as structured content if the tool has a schema for it. */
export function structuredResult(server: RestServer, tool: RestTool, text: Slice, raw: Slice, era: Era): Slice {
  const structure = new Structure(server, tool, raw, era);
  if (structure.problem.length) return errorResult(withNote(text, structure.problem));
  return textResult(text, structure.json);
}

/** As `structuredResult`, of content blocks. */
export function blocksResult(server: RestServer, tool: RestTool, blocks: Slice, raw: Slice, era: Era): Slice {
  const structure = new Structure(server, tool, raw, era);
  return structure.problem.length ? failure(structure.problem) : contentResult(blocks, structure.json);
}

/** What of an answer is structured content. */
@final
class Structure {
  /** Empty for nothing. */
  json: Slice = Slice.empty();
  problem: string = "";

  constructor(server: RestServer, tool: RestTool, raw: Slice, era: Era) {
    if (tool.outputSchema >= 0) this.problem = this.read(server, tool, raw, era);
  }

  private read(server: RestServer, tool: RestTool, raw: Slice, era: Era): string {
    const tape = new JsonTape();
    if (tape.scan(raw)) return "the API's answer is no JSON, as the tool's outputSchema asks";
    const problem = server.checker.check(tool.outputSchema, tape);
    if (problem.length) return "the API's answer does not fit the tool's outputSchema: " + problem;
    // Before the second era it had to be an object.
    if (era == Era.Modern || tape.kind(tape.root) == JsonKind.Object) this.json = raw;
    return "";
  }
}

function withNote(text: Slice, note: string): Slice {
  return new Writer(text.length + 200)
    .bytes(text)
    .text("\n[" + note + "]")
    .take();
}

/** The body as a text; of one that is cut short, whole characters and a word about it. */
export function readable(answer: UpstreamAnswer): Slice {
  if (!answer.isTruncated) return answer.body;
  const text = wholeCharacters(answer);
  return withNote(text, "truncated: the answer is longer than the " + text.length.toString() + " bytes shown");
}

export function wholeCharacters(answer: UpstreamAnswer): Slice {
  const body = answer.body;
  return answer.isTruncated ? body.slice(0, charactersEnd(body, <i64>body.length - 1)) : body;
}

function writeHeaders(json: JsonWriter, headers: HeaderList): void {
  json.beginObject();
  for (let i = 0; i < headers.length; ++i) {
    // Of several of one name the first.
    if (headers.indexOf(headers.name(i)) == i) json.key(headers.name(i)).text(headers.value(i));
  }
  json.endObject();
}

function startsWith(type: Slice, prefix: Slice): bool {
  return type.slice(0, prefix.length).equalsIgnoreCase(prefix);
}

export function isTextType(type: Slice): bool {
  for (let i = 0; i < TEXT_TYPES.length; ++i) if (startsWith(type, TEXT_TYPES[i])) return true;
  for (let i = 0; i < TEXT_SUFFIXES.length; ++i) {
    const suffix = TEXT_SUFFIXES[i];
    if (type.length > suffix.length && type.slice(type.length - suffix.length).equalsIgnoreCase(suffix)) return true;
  }
  return false;
}
