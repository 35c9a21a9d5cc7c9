// What is taken out of texts, class by class, and what only looks like it. Secrets are put together here, so that none
// stands in a file.
import { beforeAll, describe, expect, test } from "vitest";
import { json, RecorderHost } from "./exchange.ts";

let host: RecorderHost;
beforeAll(async () => void (host = await RecorderHost.start()));

/** What becomes of a text, in a prompt. */
function kept(text: string, configuration: object = {}): string {
  const { prompt } = host.configure(configuration)({ request: json({ prompt: text }) });
  return (JSON.parse(prompt!) as { prompt: string }).prompt;
}

const letters = "Zm9vYmFyYmF6cXV4MTIz";
const token = ["eyJhbGciOiJIUzI1NiJ9", "eyJzdWIiOiIxMjM0NTY3ODkwIn0", letters + letters].join(".");
const pem = (label: string): string => `-----${label} RSA PRIVATE KEY-----`;

describe("secrets", () => {
  test.each([
    [`key ${["sk", letters].join("-")}!`, "key [secret]!"],
    [`"${["sk", "ant", "api03", letters].join("-")}"`, '"[secret]"'],
    [`密钥${["sk", letters].join("-")}。`, "密钥[secret]。"],
    [`\\n${["sk", letters].join("-")}`, "\\n[secret]"],
    [["ghp", letters + letters].join("_"), "[secret]"],
    [["github", "pat", letters].join("_"), "[secret]"],
    [`${["AKIA", "IOSFODNN7EXAMPLE"].join("")} and`, "[secret] and"],
    [["AIza", letters, "SyD_x12345"].join(""), "[secret]"],
    [["xoxb", "123456789012", letters].join("-"), "[secret]"],
    [["hf", letters].join("_"), "[secret]"],
    [`Authorization: Bearer ${letters}==`, "Authorization: Bearer [secret]"],
    [`authorization: basic ${letters}=`, "authorization: basic [secret]"],
    [`token=${token}.`, "token=[secret]."],
    [`postgres://weir:hunter2@db.internal:5432/weir`, "postgres://weir:[secret]@db.internal:5432/weir"],
    [`${pem("BEGIN")}\nMIIE\n${pem("END")} done`, "[secret] done"],
    [`${pem("BEGIN")}\nMIIE, and no end`, "[secret]"],
  ])("%s", (text, expected) => expect(kept(text, { redact: ["secrets"] })).toBe(expected));

  test.each([
    "a risk-management-and-compliance-framework",
    "sk-learn is short",
    "bearer responsibilities and basic understanding",
    "https://example.org:8080/path@home",
    "eyJust a word. And another. And more",
    "-----BEGIN CERTIFICATE-----\nMIIE",
  ])("not %s", (text) => expect(kept(text, { redact: ["secrets"] })).toBe(text));
});

const at = (name: string, domain: string): string => [name, domain].join("@");

describe("emails", () => {
  test.each([
    [`mail ${at("ada.lovelace+x", "mail.example.org")}.`, "mail [email]."],
    [`<${at("o'brien", "example.ie")}>`, "<[email]>"],
    [`联系${at("ada", "example.cn")}吧`, "联系[email]吧"],
    [`{"to":"\\n${at("ada", "example.org")}"}`, '{"to":"\\n[email]"}'],
    [`email=${at("ada", "example.org")}&x`, "email=[email]&x"],
  ])("%s", (text, expected) => expect(kept(text)).toBe(expected));

  test.each(["@everyone", "a@b", "user@localhost", "x @ y.example", "1@2.3"])("not %s", (text) =>
    expect(kept(text)).toBe(text),
  );
});

describe("cards", () => {
  test.each([
    ["4111 1111 1111 1111", "[card]"],
    ["order 12 4111-1111-1111-1111.", "order 12 [card]."],
    ["(378282246310005)", "([card])"],
    ["6011000990139424 07", "[card] 07"],
  ])("%s", (text, expected) => expect(kept(text, { redact: ["cards"] })).toBe(expected));

  test.each(["4111 1111 1111 1112", "1700000000000", "41111111111111111111111", "x4111111111111111", "4111  1111"])(
    "not %s",
    (text) => expect(kept(text, { redact: ["cards"] })).toBe(text),
  );

  test("as a number, too", () => {
    const send = host.configure({ redact: ["cards"] });
    const { prompt } = send({ request: json({ input: [{ card: 4111111111111111, year: 2026, list: [4111, 7] }] }) });
    expect(prompt).toBe('{"input":[{"card":"[card]","year":2026,"list":[]}]}');
  });
});

describe("phones and account numbers", () => {
  test.each([
    ["call +1 (415) 555-0100 now", "call [phone] now"],
    ["+49 30 901820, or", "[phone], or"],
    ["DE89 3704 0044 0532 0130 00 IS MINE", "[iban] IS MINE"],
    ["GB82WEST12345698765432", "[iban]"],
    ["IBAN: FR14 2004 1010 0505 0001 3M02 606", "IBAN: [iban]"],
  ])("%s", (text, expected) => expect(kept(text)).toBe(expected));

  test.each(["5+12345678", "+1", "++4930901820", "a sum of + 100", "DE00 3704 0044 0532 0130 00", "AB12"])(
    "not %s",
    (text) => expect(kept(text)).toBe(text),
  );
});

test("a class that is not named is left alone", () => {
  expect(kept(at("ada", "example.org"), { redact: ["cards"] })).toBe(at("ada", "example.org"));
});

describe("the operator's own", () => {
  const redactAlso = [
    { name: "project", text: "Project Heron" },
    { name: "employee", pattern: "\\bEMP-[0-9]{6}\\b" },
    { name: "nothing", pattern: "q*" },
  ];

  test("are taken out, under their names", () => {
    const text = "Project Heron by EMP-123456, not EMP-1234567, Project Heron";
    expect(kept(text, { redactAlso })).toBe("[project] by [employee], not EMP-1234567, [project]");
  });

  test("what overlaps is one piece", () => {
    const text = `me ${at("EMP-123456", "example.org")} you`;
    expect(kept(text, { redactAlso })).toBe("me [email] you");
    expect(kept(text, { redactAlso, redact: [] })).toBe(`me [employee]@example.org you`);
  });

  test("are told", () => {
    const send = host.configure({ redactAlso });
    const { told } = send({ request: json({ prompt: `EMP-123456 ${at("a", "b.example")}` }) });
    expect(told).toEqual({ redacted: ["emails", "employee"] });
  });
});
