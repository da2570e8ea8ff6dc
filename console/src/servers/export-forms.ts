export const exportForms = [
  { form: 'csv', name: 'CSV' },
  { form: 'ndjson', name: 'NDJSON' },
  { form: 'parquet', name: 'Parquet' },
] as const;

/** Where the servers of a query are a file. */
export function exportPath(form: (typeof exportForms)[number]['form'], type: string, q: string): string {
  return `/api/servers/export?${new URLSearchParams({ format: form, type, q })}`;
}
