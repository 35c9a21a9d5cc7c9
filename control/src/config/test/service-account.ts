// The key of a service account that nobody has.

/** JSON in the form of Google's key files. */
export function fakeServiceAccount(): string {
  const kind = "PRIVATE KEY";
  const key = {
    type: "service_account",
    project_id: "my-project",
    private_key_id: "0123",
    private_key: `-----BEGIN ${kind}-----\nZnJvbS10aGUtZW52aXJvbm1lbnQ=\n-----END ${kind}-----\n`,
    client_email: "weir@my-project.iam.gserviceaccount.com",
    token_uri: "https://oauth2.googleapis.com/token",
  };
  return `${JSON.stringify(key, null, 2)}\n`;
}
