{{/* What all objects of one part have in common. Called with (list . "envoy"). */}}
{{- define "weir.name" -}}
{{- $root := index . 0 -}}{{- $part := index . 1 -}}
{{- if $part }}{{ printf "%s-%s" ($root.Release.Name | trunc 50 | trimSuffix "-") $part }}{{ else }}{{ $root.Release.Name | trunc 50 | trimSuffix "-" }}{{ end -}}
{{- end -}}

{{- define "weir.selector" -}}
{{- $root := index . 0 -}}
app.kubernetes.io/name: weir
app.kubernetes.io/instance: {{ $root.Release.Name }}
{{- with index . 1 }}
app.kubernetes.io/component: {{ . }}
{{- end }}
{{- end -}}

{{- define "weir.labels" -}}
{{ include "weir.selector" . }}
{{- $root := index . 0 }}
app.kubernetes.io/version: {{ $root.Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ $root.Release.Service }}
{{- end -}}

{{- define "weir.metadata" -}}
{{- $root := index . 0 -}}
name: {{ include "weir.name" . }}
namespace: {{ $root.Release.Namespace }}
labels:
  {{- include "weir.labels" . | nindent 2 }}
{{- end -}}

{{- define "weir.controlImage" -}}
{{- with .Values.control.image -}}
image: {{ printf "%s:%s" .repository (.tag | default $.Chart.AppVersion) | quote }}
imagePullPolicy: {{ .pullPolicy }}
{{- end -}}
{{- end -}}

{{- define "weir.host" -}}
{{- printf "%s.%s.svc" (include "weir.name" .) (index . 0).Release.Namespace -}}
{{- end -}}

{{/* The Secret that is named, or our own. */}}
{{- define "weir.xdsToken" -}}{{ .Values.xds.tokenSecret | default (include "weir.name" (list . "xds")) }}{{- end -}}
{{- define "weir.xdsTls" -}}{{ .Values.xds.tlsSecret | default (include "weir.name" (list . "xds-tls")) }}{{- end -}}
{{- define "weir.limitsToken" -}}{{ .Values.limits.tokenSecret | default (include "weir.name" (list . "limits")) }}{{- end -}}
{{- define "weir.limitsRedis" -}}{{ .Values.limits.redisSecret | default (include "weir.name" (list . "limits-redis")) }}{{- end -}}

{{/* Pods of the "restricted" Pod Security level. */}}
{{- define "weir.podSecurity" -}}
runAsNonRoot: true
runAsUser: 65532
runAsGroup: 65532
fsGroup: 65532
seccompProfile: { type: RuntimeDefault }
{{- end -}}

{{- define "weir.containerSecurity" -}}
securityContext:
  allowPrivilegeEscalation: false
  readOnlyRootFilesystem: true
  capabilities: { drop: [ALL] }
{{- end -}}

{{/* Called with (list . "envoy" .Values.envoy). */}}
{{- define "weir.placement" -}}
{{- $root := index . 0 }}{{- $part := index . 1 }}{{- $values := index . 2 -}}
{{- with $root.Values.imagePullSecrets }}
imagePullSecrets: {{ toYaml . | nindent 2 }}
{{- end }}
{{- with $root.Values.priorityClassName }}
priorityClassName: {{ . }}
{{- end }}
{{- with $values.nodeSelector }}
nodeSelector: {{ toYaml . | nindent 2 }}
{{- end }}
{{- with $values.tolerations }}
tolerations: {{ toYaml . | nindent 2 }}
{{- end }}
{{- with $values.affinity }}
affinity: {{ toYaml . | nindent 2 }}
{{- end }}
{{- if ne (default "Deployment" $values.kind) "DaemonSet" }}
topologySpreadConstraints:
  {{- range list "kubernetes.io/hostname" "topology.kubernetes.io/zone" }}
  - maxSkew: 1
    topologyKey: {{ . }}
    whenUnsatisfiable: ScheduleAnyway
    labelSelector:
      matchLabels:
        {{- include "weir.selector" (list $root $part) | nindent 8 }}
  {{- end }}
{{- end }}
{{- end -}}

{{/* A Secret's value that was made once is kept. Called with (list . name key). */}}
{{- define "weir.keptToken" -}}
{{- $root := index . 0 -}}
{{- $found := lookup "v1" "Secret" $root.Release.Namespace (index . 1) -}}
{{- if $found }}{{ index $found.data "token" }}{{ else }}{{ randAlphaNum 48 | b64enc }}{{ end -}}
{{- end -}}
