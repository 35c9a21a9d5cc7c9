// What an object is told in an event: the place for what its status cannot say.
import type { Kind, KubernetesObject } from "./objects.ts";

export interface Notice {
  kind: Kind;
  object: KubernetesObject;
  /** In the form of Kubernetes' reasons: `UnknownAnnotation`. */
  reason: string;
  message: string;
}
