// Where the sane mode departs from Higress's library, and to what: functions get real lists and maps and give them, a
// pipe leads into every function, floats have no needless zeros, and eq looks at all of its arguments.

const failed = "cannot be executed";

/** Template → output, or `failed`. */
export const saneOutputs: Record<string, string> = {
  "{{toJson .args.list}}": '["a","b","c"]',
  "{{toJson .args.obj}}": '{"k":"v","k2":2}',
  "{{.args.list | toJson}}": '["a","b","c"]',
  "{{.args.missing | toJson}}": "null",
  '{{if eq .args.name "a" "Bob"}}Y{{else}}N{{end}}': "Y",
  "{{if empty .args.elist}}E{{else}}F{{end}}": "E",
  "{{.args.city | urlquery}}": "New+York",
  '{{.args.list | join ","}}': "a,b,c",
  '{{join "," .args.list}}': "a,b,c",
  '{{splitList "," "a,b" | join "|"}}': "a|b",
  '{{list 1 2 3 | join ","}}': "1,2,3",
  '{{dict "a" 1 | toJson}}': '{"a":1}',
  "{{first .args.list}}": "a",
  '{{float64 "7.5"}}': "7.5",
  '{{now | date "2006" | len}}': "4",
  '{{dateInZone "2006-01-02" now "UTC" | len}}': "10",
  '{{fromJson "{\\"a\\":1}"}}': '{"a":1}',
  "{{1.50}}": "1.5",
  "{{round 1.256 2}}": "1.26",
  "{{.args.n | toString | len}}": "1",
  '{{slice "abc" 1 2}}': "b",
  "{{untilStep 0 6 2}}": "[0,2,4]",
  "{{has 2 .args.nums}}": "true",
  '{{hasKey .args.obj "k"}}': "true",
  '{{get .args.obj "k"}}': "v",
  "{{index .args.list 9}}": failed,
};
