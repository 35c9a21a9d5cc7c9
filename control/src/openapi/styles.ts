// How lists and objects stand in paths, queries, headers and cookies: templates for what positions cannot say.
// https://spec.openapis.org/oas/v3.1.1#style-values, https://www.rfc-editor.org/rfc/rfc6570#section-3.2

export type Shape = "scalar" | "list" | "object";

export interface Styled {
  /** The name in the API. */
  wire: string;
  /** The argument's. */
  name: string;
  shape: Shape;
  style: string;
  isExploded: boolean;
}

/** `a,b`. Values are escaped in URLs, what stands between them is not. */
export function joinedList(source: string, separator: string): string {
  return `{{range $i, $v := ${source}}}{{if $i}}${separator}{{end}}{{$v}}{{end}}`;
}

/** `k,v,l,w`, or `k=v,l=w`. */
export function joinedObject(source: string, separator: string, equals: string): string {
  const pair = `{{$k}}${equals}{{$v}}`;
  return `{{$s := false}}{{range $k, $v := ${source}}}{{if $s}}${separator}{{end}}${pair}{{$s = true}}{{end}}`;
}

/** In a path. Path arguments are always there. */
export function pathTemplate({ wire, name, shape, style, isExploded }: Styled): string {
  const source = `.args.${name}`;
  const key = encodeURIComponent(wire);
  if (style === "label") return `.${valueOf(source, shape, isExploded ? "." : ",", isExploded ? "=" : ",")}`;
  if (style !== "matrix") return valueOf(source, shape, ",", isExploded ? "=" : ",");
  if (!isExploded || shape === "scalar") return `;${key}=${valueOf(source, shape, ",", ",")}`;
  if (shape === "list") return `{{range ${source}}};${key}={{.}}{{end}}`;
  return `{{range $k, $v := ${source}}};{{$k}}={{$v}}{{end}}`;
}

function valueOf(source: string, shape: Shape, separator: string, equals: string): string {
  if (shape === "scalar") return `{{${source}}}`;
  return shape === "list" ? joinedList(source, separator) : joinedObject(source, separator, equals);
}

const separators: Record<string, string> = { spaceDelimited: "%20", pipeDelimited: "%7C" };

/** In a query: empty where the argument is not given. Each part begins with an ampersand. */
export function queryTemplate({ wire, name, shape, style, isExploded }: Styled): string {
  const source = `.args.${name}`;
  const key = encodeURIComponent(wire);
  if (shape === "scalar") return `{{if hasKey .args "${name}"}}&${key}={{${source}}}{{end}}`;
  if (style === "deepObject") return `{{range $k, $v := ${source}}}&${key}%5B{{$k}}%5D={{$v}}{{end}}`;
  if (isExploded && shape === "list") return `{{range ${source}}}&${key}={{.}}{{end}}`;
  if (isExploded) return `{{range $k, $v := ${source}}}&{{$k}}={{$v}}{{end}}`;
  const separator = separators[style] ?? ",";
  const value = shape === "list" ? joinedList(".", separator) : joinedObject(".", separator, separator);
  return `{{with ${source}}}&${key}=${value}{{end}}`;
}

/** In a header: empty, so that none is sent, where the argument is not given. */
export function headerTemplate({ name, shape, isExploded }: Styled): string {
  return valueOf(`.args.${name}`, shape, ",", isExploded ? "=" : ",");
}

/** In a cookie, likewise. A list has no exploded form there. */
export function cookieTemplate({ wire, name, shape }: Styled): string {
  return `{{if hasKey .args "${name}"}}${wire}=${valueOf(`.args.${name}`, shape, ",", ",")}{{end}}`;
}
