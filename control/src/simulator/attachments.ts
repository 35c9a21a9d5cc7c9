// What a client attached, put into words, so that a test sees in the answer what arrived.

/** `image/png of 68 bytes`, or null for what is no base64. */
export function describeBase64(mediaType: string, data: string): string | null {
  const standard = data.replaceAll("-", "+").replaceAll("_", "/");
  if (data === "" || !/^[A-Za-z0-9+/]+={0,2}$/.test(standard)) return null;
  return `${mediaType} of ${Buffer.from(data, "base64").length} bytes`;
}

/** An address may itself be the data: `data:image/png;base64,…`. */
export function describeUrl(kind: string, url: string): string {
  const [, mediaType, data] = /^data:([^;,]+);base64,(.*)$/s.exec(url) ?? [];
  const described = mediaType && data ? describeBase64(mediaType, data) : null;
  return described ?? `${kind} at ${url}`;
}
