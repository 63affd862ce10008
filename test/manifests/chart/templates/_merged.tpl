{{- /* PingDirectory's values with those of global. Before 0.8.5 an empty value of the product (0, false, null) loses. */ -}}
{{- define "merged" -}}
{{- if semverCompare "<0.8.5" .Chart.Version -}}
{{- merge .Values.pingdirectory .Values.global | toJson -}}
{{- else -}}
{{- mergeOverwrite (deepCopy .Values.global) .Values.pingdirectory | toJson -}}
{{- end -}}
{{- end -}}

{{- define "labels" -}}
app.kubernetes.io/instance: {{ .Release.Name }}
app.kubernetes.io/name: pingdirectory
{{- end -}}
