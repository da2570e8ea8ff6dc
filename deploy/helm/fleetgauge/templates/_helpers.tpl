{{- define "fleetgauge.name" -}}
{{- default .Chart.Name .Values.nameOverride | trunc 40 | trimSuffix "-" -}}
{{- end -}}

{{- define "fleetgauge.fullname" -}}
{{- if .Values.fullnameOverride -}}
{{- .Values.fullnameOverride | trunc 40 | trimSuffix "-" -}}
{{- else if contains (include "fleetgauge.name" .) .Release.Name -}}
{{- .Release.Name | trunc 40 | trimSuffix "-" -}}
{{- else -}}
{{- printf "%s-%s" .Release.Name (include "fleetgauge.name" .) | trunc 40 | trimSuffix "-" -}}
{{- end -}}
{{- end -}}

{{- define "fleetgauge.serviceAccountName" -}}
{{- if .Values.serviceAccount.create -}}
{{- default (include "fleetgauge.fullname" .) .Values.serviceAccount.name -}}
{{- else -}}
{{- default "default" .Values.serviceAccount.name -}}
{{- end -}}
{{- end -}}

{{- define "fleetgauge.image" -}}
{{- printf "%s:%s" .Values.image.repository (default .Chart.AppVersion .Values.image.tag) -}}
{{- end -}}

{{/* What selects the pods of a component: (dict "root" $ "component" "server") */}}
{{- define "fleetgauge.selectorLabels" -}}
app.kubernetes.io/name: {{ include "fleetgauge.name" .root }}
app.kubernetes.io/instance: {{ .root.Release.Name }}
app.kubernetes.io/component: {{ .component }}
{{- end -}}

{{- define "fleetgauge.labels" -}}
{{ include "fleetgauge.selectorLabels" . }}
app.kubernetes.io/version: {{ .root.Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .root.Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .root.Chart.Name .root.Chart.Version | replace "+" "_" }}
{{- end -}}

{{- define "fleetgauge.podMetadata" -}}
labels:
  {{- include "fleetgauge.labels" . | nindent 2 }}
  {{- with .root.Values.podLabels }}
  {{- toYaml . | nindent 2 }}
  {{- end }}
{{- with .root.Values.podAnnotations }}
annotations:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- end -}}

{{/* What all pods have besides their containers. */}}
{{- define "fleetgauge.podSpec" -}}
serviceAccountName: {{ include "fleetgauge.serviceAccountName" .root }}
automountServiceAccountToken: false
enableServiceLinks: false
{{- with .root.Values.imagePullSecrets }}
imagePullSecrets:
  {{- toYaml . | nindent 2 }}
{{- end }}
securityContext:
  {{- toYaml .root.Values.podSecurityContext | nindent 2 }}
topologySpreadConstraints:
  {{- range list "topology.kubernetes.io/zone" "kubernetes.io/hostname" }}
  - maxSkew: 1
    topologyKey: {{ . }}
    whenUnsatisfiable: ScheduleAnyway
    labelSelector:
      matchLabels:
        {{- include "fleetgauge.selectorLabels" $ | nindent 8 }}
  {{- end }}
{{- with .root.Values.nodeSelector }}
nodeSelector:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .root.Values.tolerations }}
tolerations:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .root.Values.affinity }}
affinity:
  {{- toYaml . | nindent 2 }}
{{- end }}
volumes:
  - name: data
    emptyDir: { sizeLimit: 64Mi }
  - name: tmp
    emptyDir: { sizeLimit: 64Mi }
{{- end -}}

{{/* Of every container. The root file system is read-only; the master key comes by the environment, so nothing is kept in /data. */}}
{{- define "fleetgauge.container" -}}
image: {{ include "fleetgauge.image" . | quote }}
imagePullPolicy: {{ .Values.image.pullPolicy }}
securityContext:
  {{- toYaml .Values.securityContext | nindent 2 }}
volumeMounts:
  - name: data
    mountPath: /data
  - name: tmp
    mountPath: /tmp
{{- end -}}

{{/* What servers and workers share. */}}
{{- define "fleetgauge.env" -}}
- name: FLEETGAUGE_DATABASE
  valueFrom:
    secretKeyRef:
      name: {{ required "database.existingSecret: the Secret with the URL of the PostgreSQL" .Values.database.existingSecret }}
      key: {{ .Values.database.key }}
- name: FLEETGAUGE_MASTER_KEY
  {{- if .Values.masterKey.kmsKey }}
  value: {{ .Values.masterKey.kmsKey | quote }}
  {{- else }}
  valueFrom:
    secretKeyRef:
      name: {{ required "masterKey.existingSecret or masterKey.kmsKey: what seals credentials" .Values.masterKey.existingSecret }}
      key: {{ .Values.masterKey.key }}
  {{- end }}
{{- with .Values.extraEnv }}
{{ toYaml . }}
{{- end }}
{{- end -}}

{{- define "fleetgauge.oidcEnv" -}}
- name: FLEETGAUGE_OIDC_ISSUER
  value: {{ .issuer | quote }}
- name: FLEETGAUGE_OIDC_CLIENT_ID
  value: {{ required "oidc.clientId: of the application at the issuer" .clientId | quote }}
{{- if .existingSecret }}
- name: FLEETGAUGE_OIDC_CLIENT_SECRET
  valueFrom:
    secretKeyRef:
      name: {{ .existingSecret }}
      key: {{ .key }}
{{- end }}
{{- if .name }}
- name: FLEETGAUGE_OIDC_NAME
  value: {{ .name | quote }}
{{- end }}
{{- if .newUsers }}
- name: FLEETGAUGE_OIDC_NEW_USERS
  value: {{ .newUsers | quote }}
{{- end }}
{{- if .trustEmail }}
- name: FLEETGAUGE_OIDC_TRUST_EMAIL
  value: "true"
{{- end }}
{{- end -}}

{{/* The server answers to names that are its own alone, and a pod's address is none. */}}
{{- define "fleetgauge.httpGet" -}}
httpGet:
  path: {{ . }}
  port: http
  httpHeaders:
    - name: Host
      value: localhost
{{- end -}}
