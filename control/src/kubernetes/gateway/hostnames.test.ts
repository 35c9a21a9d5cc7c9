// Which host names cover which.
import { expect, test } from "vitest";
import { covers, coveringNames, specificity } from "./hostnames.ts";

const names = [
  "",
  "*.com",
  "*.example.com",
  "*.a.example.com",
  "example.com",
  "a.example.com",
  "b.a.example.com",
  "local",
];

test.each([...names, "*.b.example.com"])("what covers %j is found, the most specific first", (name) => {
  const expected = names.filter((one) => covers(one, name)).sort((a, b) => specificity(b) - specificity(a));
  expect(coveringNames(name).filter((one) => names.includes(one))).toEqual(expected);
});
