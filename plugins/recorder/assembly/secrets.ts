// Keys, tokens and passwords that are known by their form. Prefixes as their issuers document them, for instance
// https://docs.github.com/en/code-security/secret-scanning/introduction/supported-secret-scanning-patterns
import { isDigit, Slice } from "@weir/sdk/assembly";
import { beginsThing, isAlphanumeric, isBlank, standsAt } from "./characters";
import { Class } from "./class";
import { Span } from "./span";

/** A kind of key: how it begins, and how many characters follow at least. */
@final
class KeyForm {
  constructor(
    readonly prefix: Slice,
    readonly least: i32,
    /** Whether dots may stand in it. */
    readonly hasDots: bool = false,
  ) {}
}

const FORMS: StaticArray<KeyForm> = [
  // OpenAI, Anthropic, OpenRouter, DeepSeek and others; Stripe.
  new KeyForm(Slice.of("sk-"), 16),
  new KeyForm(Slice.of("sk_live_"), 16),
  new KeyForm(Slice.of("sk_test_"), 16),
  new KeyForm(Slice.of("rk_live_"), 16),
  // Weir's own.
  new KeyForm(Slice.of("weir_"), 20),
  // Google.
  new KeyForm(Slice.of("AIza"), 30),
  new KeyForm(Slice.of("ya29."), 20, true),
  // AWS.
  new KeyForm(Slice.of("AKIA"), 16),
  new KeyForm(Slice.of("ASIA"), 16),
  new KeyForm(Slice.of("ABSK"), 40),
  // GitHub, GitLab.
  new KeyForm(Slice.of("ghp_"), 20),
  new KeyForm(Slice.of("gho_"), 20),
  new KeyForm(Slice.of("ghu_"), 20),
  new KeyForm(Slice.of("ghs_"), 20),
  new KeyForm(Slice.of("ghr_"), 20),
  new KeyForm(Slice.of("github_pat_"), 20),
  new KeyForm(Slice.of("glpat-"), 16),
  // Slack.
  new KeyForm(Slice.of("xoxb-"), 10),
  new KeyForm(Slice.of("xoxp-"), 10),
  new KeyForm(Slice.of("xoxa-"), 10),
  new KeyForm(Slice.of("xoxs-"), 10),
  new KeyForm(Slice.of("xoxe"), 10, true),
  new KeyForm(Slice.of("xapp-"), 10),
  // Hugging Face, Groq, xAI, Perplexity, NVIDIA, Replicate, Fireworks.
  new KeyForm(Slice.of("hf_"), 20),
  new KeyForm(Slice.of("gsk_"), 20),
  new KeyForm(Slice.of("xai-"), 20),
  new KeyForm(Slice.of("pplx-"), 20),
  new KeyForm(Slice.of("nvapi-"), 20),
  new KeyForm(Slice.of("r8_"), 30),
  new KeyForm(Slice.of("fw_"), 20),
  // npm, PyPI, SendGrid, DigitalOcean.
  new KeyForm(Slice.of("npm_"), 30),
  new KeyForm(Slice.of("pypi-"), 16),
  new KeyForm(Slice.of("SG."), 30, true),
  new KeyForm(Slice.of("dop_v1_"), 40),
];
/** By the first character, for a text has thousands of words. */
const FORMS_BY_FIRST: StaticArray<KeyForm[]> = byFirst();
const BEARER = Slice.of("bearer");
const BASIC = Slice.of("basic");
/** Shorter ones are words. */
const CREDENTIAL_BYTES_MIN: i32 = 16;
/** `{"` in base64: a JSON Web Token begins so. https://www.rfc-editor.org/rfc/rfc7519 */
const TOKEN = Slice.of("eyJ");
const TOKEN_PART_MIN: i32 = 8;
// https://www.rfc-editor.org/rfc/rfc7468
const PEM_BEGIN = Slice.of("-----BEGIN ");
const PEM_KEY = Slice.of("PRIVATE KEY");
const PEM_LABEL_MAX: i32 = 40;
const PEM_END = Slice.of("-----END ");
const PEM_DASHES = Slice.of("-----");
const SLASHES = Slice.of("//");

const LETTER_B: u8 = 0x62;
const LETTER_E: u8 = 0x65;
const DASH: u8 = 0x2d;
const DOT: u8 = 0x2e;
const COLON: u8 = 0x3a;
const SLASH: u8 = 0x2f;
const AT: u8 = 0x40;
const EQUALS: u8 = 0x3d;
const PLUS: u8 = 0x2b;
const TILDE: u8 = 0x7e;
const UNDERSCORE: u8 = 0x5f;
const QUOTE: u8 = 0x22;

/** The secret that begins at `at`, where a letter stands. */
export function secretAt(text: Slice, at: i32): Span | null {
  if (!beginsThing(text, at)) return null;
  const byte = text.at(at);
  const forms = FORMS_BY_FIRST[byte & 0x7f];
  for (let i = 0; i < forms.length; ++i) {
    const form = forms[i];
    if (!standsAt(text, at, form.prefix)) continue;
    const from = at + form.prefix.length;
    const end = runEnd(text, from, form.hasDots);
    if (end - from >= form.least) return new Span(at, end, Class.Secrets);
  }
  if (byte == LETTER_E && standsAt(text, at, TOKEN)) return webTokenAt(text, at);
  if ((byte | 0x20) != LETTER_B) return null;
  return credentialBehind(text, at, standsAt(text, at, BEARER, true) ? BEARER : BASIC);
}

function byFirst(): StaticArray<KeyForm[]> {
  const table = new StaticArray<KeyForm[]>(128);
  for (let i = 0; i < table.length; ++i) table[i] = [];
  for (let i = 0; i < FORMS.length; ++i) table[FORMS[i].prefix.at(0) & 0x7f].push(FORMS[i]);
  return table;
}

/** The private key that begins at `at`, where a dash stands: all of it, or to the end of the text. */
export function privateKeyAt(text: Slice, at: i32): Span | null {
  if (!standsAt(text, at, PEM_BEGIN)) return null;
  const from = at + PEM_BEGIN.length;
  const label = text.slice(from, from + PEM_LABEL_MAX).find(PEM_KEY);
  if (label < 0) return null;
  const end = text.find(PEM_END, from);
  const dashes = end < 0 ? -1 : text.find(PEM_DASHES, end + PEM_END.length);
  return new Span(at, dashes < 0 ? text.length : dashes + PEM_DASHES.length, Class.Secrets);
}

/** The password in `://user:password@`, of which the colon at `at` is the first. */
export function passwordAt(text: Slice, at: i32): Span | null {
  if (!standsAt(text, at + 1, SLASHES)) return null;
  let colon = -1;
  for (let i = at + 3; i < text.length; ++i) {
    const byte = text.at(i);
    if (byte == AT) return colon >= 0 && colon + 1 < i ? new Span(colon + 1, i, Class.Secrets) : null;
    if (byte == COLON && colon < 0) colon = i;
    else if (isBlank(byte) || byte == SLASH || byte == QUOTE) return null;
  }
  return null;
}

/** Three parts of base64 with dots between them. One that the end of the text cuts is one, too. */
function webTokenAt(text: Slice, at: i32): Span | null {
  let end = runEnd(text, at, false);
  for (let parts = 1; parts < 3; ++parts) {
    if (end == text.length) return end - at >= CREDENTIAL_BYTES_MIN ? new Span(at, end, Class.Secrets) : null;
    if (text.at(end) != DOT) return null;
    const from = end + 1;
    end = runEnd(text, from, false);
    // What has no signature ends with a dot.
    if (parts == 1 && end < text.length && end - from < TOKEN_PART_MIN) return null;
  }
  return new Span(at, end, Class.Secrets);
}

/** What stands behind the name of a scheme, as in a header. https://www.rfc-editor.org/rfc/rfc9110#section-11.4 */
function credentialBehind(text: Slice, at: i32, scheme: Slice): Span | null {
  if (!standsAt(text, at, scheme, true)) return null;
  let from = at + scheme.length;
  if (text.at(from) != 0x20) return null;
  while (text.at(from) == 0x20) ++from;
  let end = from;
  let hasDigit = false;
  while (end < text.length && isCredential(text.at(end))) hasDigit = isDigit(text.at(end++)) || hasDigit;
  return end - from >= CREDENTIAL_BYTES_MIN && hasDigit ? new Span(from, end, Class.Secrets) : null;
}

function isCredential(byte: u8): bool {
  if (isAlphanumeric(byte)) return true;
  return (
    byte == DASH ||
    byte == DOT ||
    byte == UNDERSCORE ||
    byte == TILDE ||
    byte == PLUS ||
    byte == SLASH ||
    byte == EQUALS
  );
}

function runEnd(text: Slice, from: i32, hasDots: bool): i32 {
  let end = from;
  while (end < text.length && isKeyCharacter(text.at(end), hasDots)) ++end;
  while (end > from && text.at(end - 1) == DOT) --end;
  return end;
}

function isKeyCharacter(byte: u8, hasDots: bool): bool {
  return isAlphanumeric(byte) || byte == DASH || byte == UNDERSCORE || (hasDots && byte == DOT);
}
