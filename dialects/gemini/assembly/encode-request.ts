// Hub → a generateContent request. The model stands in the path. https://ai.google.dev/api/generate-content
import { Slice } from "@weir/sdk/assembly/bytes/slice";
import { Writer } from "@weir/sdk/assembly/bytes/writer";
import { JsonWriter } from "@weir/sdk/assembly/json/writer";
import { ChatRequest } from "../../hub/assembly/chat-request";
import * as names from "../../hub/assembly/names";
import { EncodeOptions } from "../../hub/assembly/options";
import { encodeConfig, isConfigExtra } from "./encode-config";
import { encodeContents } from "./encode-content";
import { encodeToolChoice, encodeTools } from "./encode-tools";
import * as own from "./names";

const DEFAULT = Slice.of("default");
const STANDARD = Slice.of("standard");
const STANDARD_ONLY = Slice.of("standard_only");
const FLEX = Slice.of("flex");
const PRIORITY = Slice.of("priority");

/** Writes the request. Google refuses members that it does not know: none but its own are written. */
export function encodeRequest(request: ChatRequest, options: EncodeOptions, output: Writer): void {
  const json = new JsonWriter(output);
  json.beginObject();
  encodeContents(json, request, options);
  encodeTools(json, request);
  encodeToolChoice(json, request);
  encodeConfig(json, request);
  encodeServiceTier(json, request);
  request.dropped.addIf(names.USER, request.user);
  request.dropped.addIf(names.METADATA, request.rawMetadata);
  encodeExtras(json, request);
  json.endObject();
}

function encodeServiceTier(json: JsonWriter, request: ChatRequest): void {
  const tier = request.serviceTier;
  if (!tier.length || tier.equals(names.AUTO)) return;
  const isStandard = tier.equals(DEFAULT) || tier.equals(STANDARD_ONLY);
  if (isStandard) json.key(own.SERVICE_TIER.json).text(STANDARD);
  else if (tier.equals(FLEX) || tier.equals(PRIORITY)) json.key(own.SERVICE_TIER.json).text(tier);
  else request.dropped.add(names.SERVICE_TIER);
}

function encodeExtras(json: JsonWriter, request: ChatRequest): void {
  for (let i = 0; i < request.extras.length; ++i) {
    const extra = request.extras[i];
    if (!extra.dialect.equals(own.NAME_OF_DIALECT)) request.dropped.add(extra.key);
    else if (!isConfigExtra(extra.dialect, extra.key)) json.key(extra.key).raw(extra.raw);
  }
}
