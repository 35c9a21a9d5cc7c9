// Higress's WasmPlugin, as far as it is read.
// https://github.com/alibaba/higress/blob/main/api/extensions/v1alpha1/wasmplugin.proto
import type { Condition } from "../gateway/objects.ts";
import type { KubernetesObject } from "../objects.ts";

export interface WasmPlugin extends KubernetesObject {
  spec?: WasmPluginSpec;
  status?: { conditions?: Condition[]; module?: string };
}

export interface WasmPluginSpec {
  url?: string;
  sha256?: string;
  imagePullPolicy?: "UNSPECIFIED_POLICY" | "IfNotPresent" | "Always";
  imagePullSecret?: string;
  verificationKey?: string;
  pluginName?: string;
  pluginConfig?: object;
  phase?: "UNSPECIFIED_PHASE" | "AUTHN" | "AUTHZ" | "STATS";
  priority?: number | null;
  failStrategy?: "FAIL_CLOSE" | "FAIL_OPEN";
  vmConfig?: { env?: { name?: string; valueFrom?: "INLINE" | "HOST"; value?: string }[] };
  defaultConfig?: object;
  defaultConfigDisable?: boolean;
  matchRules?: MatchRule[];
}

export interface MatchRule {
  ingress?: string[];
  domain?: string[];
  service?: string[];
  config?: object;
  configDisable?: boolean;
  routeType?: "HTTP" | "GRPC";
}
