// What a request may use, as far as its body tells: the size of its prompt, and bounds on its answers.
import { JsonKind, JsonTape, Multipart, Slice } from "@weir/sdk/assembly";
import { bodyFormat, BodyFormat } from "@weir/dialects/surfaces/assembly/content-type";
import { MODEL, scanForm, scanRequest } from "@weir/dialects/surfaces/assembly/request-model";
import { Family, Purpose, Surface } from "@weir/dialects/surfaces/assembly/surface";
import { SurfacePath } from "@weir/dialects/surfaces/assembly/surface-path";
import { AUDIO_BYTES_PER_TOKEN, IMAGE } from "@weir/dialects/hub/assembly/token-estimate";
import { estimatePrompt } from "./prompt-estimate";

/** Set aside for an answer that nothing bounds. */
export const OUTPUT_USUAL: i64 = 1024;
/** Of a picture of medium quality. https://platform.openai.com/docs/guides/image-generation#cost-and-latency */
const IMAGE_OUTPUT: i64 = 1056;
/** No model has as many; sums of what a client may write stay small. */
const TOKENS_MAX: i64 = 1_000_000_000;
const ANSWERS_MAX: i64 = 1000;

const MAX_COMPLETION_TOKENS = Slice.of("max_completion_tokens");
const MAX_TOKENS = Slice.of("max_tokens");
const MAX_OUTPUT_TOKENS = Slice.of("max_output_tokens");
const CONFIGS: Slice[] = [Slice.of("generationConfig"), Slice.of("generation_config")];
const GEMINI_MAX = Slice.of("maxOutputTokens");
const CANDIDATES: Slice[] = [Slice.of("candidateCount"), Slice.of("candidate_count")];
const N = Slice.of("n");
const BEST_OF = Slice.of("best_of");
const AUDIO = Slice.of("audio/");
const IMAGES = Slice.of("images/");

/** What is known of one request. */
@final
export class RequestAmounts {
  /** In the client's words; empty where it names none. */
  model: Slice = Slice.empty();
  inputTokens: i64 = 0;
  /** The bound that the request sets each of its answers; −1 for none. */
  outputTokensMax: i64 = -1;
  /** How many answers it asks for. */
  answers: i64 = 1;
  /** Set aside where there is no bound. */
  outputUsual: i64 = 0;
  /** Whether answers have output that can be bounded. */
  isChat: bool = false;

  /** Reads `body`. What cannot be read is left for others to refuse. */
  read(tape: JsonTape, body: Slice, contentType: Slice, wanted: SurfacePath): void {
    const surface = wanted.surface;
    this.model = wanted.model;
    if (bodyFormat(contentType) == BodyFormat.Form) return this.readForm(body, contentType, surface);
    if (scanRequest(tape, body)) return;
    if (!this.model.length) this.model = tape.text(tape.find(tape.root, MODEL)).copy();
    if (surface.purpose == Purpose.TokenCount || wanted.rest.length) return;
    this.inputTokens = estimatePrompt(tape);
    this.answers = answersOf(tape, tape.root);
    if (surface.purpose == Purpose.Chat) this.readBounds(tape, surface);
    else this.setUsual(surface);
  }

  private readForm(body: Slice, contentType: Slice, surface: Surface): void {
    const form = new Multipart();
    if (scanForm(form, body, contentType)) return;
    const model = form.field(MODEL);
    if (model) this.model = model.value.copy();
    const isAudio = surface.name.startsWith(AUDIO);
    this.inputTokens = isAudio ? body.length / AUDIO_BYTES_PER_TOKEN + 1 : IMAGE;
    this.setUsual(surface);
  }

  /** Pictures cost output tokens; sound that is written down about as many as it is long. */
  private setUsual(surface: Surface): void {
    if (surface.name.startsWith(IMAGES)) this.outputUsual = IMAGE_OUTPUT;
    else if (surface.name.startsWith(AUDIO)) this.outputUsual = this.inputTokens;
  }

  private readBounds(tape: JsonTape, surface: Surface): void {
    this.isChat = true;
    this.outputUsual = OUTPUT_USUAL;
    if (surface.family == Family.Gemini) return this.readConfig(tape);
    const names: StaticArray<Slice> = [MAX_COMPLETION_TOKENS, MAX_TOKENS, MAX_OUTPUT_TOKENS];
    for (let i = 0; i < names.length; ++i) this.takeBound(tape, tape.find(tape.root, names[i]));
  }

  private readConfig(tape: JsonTape): void {
    for (let i = 0; i < CONFIGS.length; ++i) {
      const config = tape.find(tape.root, CONFIGS[i]);
      this.takeBound(tape, tape.find(config, GEMINI_MAX));
      this.takeBound(tape, tape.find(config, MAX_OUTPUT_TOKENS));
      if (config >= 0) this.answers = max(this.answers, answersOf(tape, config));
    }
  }

  /** Of several the highest counts: providers differ in which one they take. */
  private takeBound(tape: JsonTape, node: i32): void {
    if (tape.kind(node) != JsonKind.Number) return;
    const bound = min(tape.integer(node), TOKENS_MAX);
    if (bound >= 0) this.outputTokensMax = max(this.outputTokensMax, bound);
  }
}

function answersOf(tape: JsonTape, object: i32): i64 {
  let most: i64 = 1;
  most = max(most, tape.integer(tape.find(object, N)));
  most = max(most, tape.integer(tape.find(object, BEST_OF)));
  for (let i = 0; i < CANDIDATES.length; ++i) most = max(most, tape.integer(tape.find(object, CANDIDATES[i])));
  return min(most, ANSWERS_MAX);
}
