/** The words of layouts that come with a record: of what is drawn around them, and of names that Cloudforet's plugins give. */
export const layoutEnglish = {
  /** By `translation_id`, as Cloudforet's own layouts have it. Beside it stands the English name. */
  translations: {} as Readonly<Record<string, string>>,
  /** By the layout's own English. */
  sections: {} as Readonly<Record<string, string>>,
  /** A field of a metric that is known: its own words are English as they are. @param _unit ` (%)`, where it says one */
  metricField: (own: string, _metric: string, _statistic: string, _unit: string) => own,
  rows: (count: string) => (count === '1' ? '1 row' : `${count} rows`),
  rowsFrom: (from: string, to: string, of: string) => `Rows ${from} – ${to} of ${of}`,
  search: (table: string) => `Filter ${table}`,
  noRows: 'No rows',
  noMatch: 'No row has this text',
  paging: (table: string) => `Rows of ${table}`,
  previous: 'Previous rows',
  next: 'Next rows',
  optional: (count: number) => `Show ${count} more`,
  required: 'Show fewer',
  moreValues: (count: string) => `${count} more`,
  open: (name: string) => `Open ${name}`,
  close: 'Close',
  value: 'Value',
  imageOff: 'Images of others are not loaded:',
  noImage: 'an image that is no address',
};
