// The names of a key's fields in the configuration, and of its consumer's.
import { Slice } from "@weir/sdk/assembly";

export class KeyFields {
  static readonly NAME: Slice = Slice.of("name");
  static readonly SHA256: Slice = Slice.of("sha256");
  static readonly SECRET: Slice = Slice.of("secret");
  static readonly CONSUMER: Slice = Slice.of("consumer");
  static readonly EXPIRES_MS: Slice = Slice.of("expiresMs");
  static readonly DISABLED: Slice = Slice.of("disabled");
  static readonly MODELS: Slice = Slice.of("models");
  static readonly ROUTES: Slice = Slice.of("routes");
  static readonly NETWORKS: Slice = Slice.of("networks");
  static readonly ORGANIZATION: Slice = Slice.of("organization");
  static readonly TEAM: Slice = Slice.of("team");
  static readonly USER: Slice = Slice.of("user");
}
