/** RFC 4180, read the strict way. @throws Error where a quote is out of place or a row has another length than the first */
export function parseCsv(text: string): string[][] {
  const rows: string[][] = [];
  let row: string[] = [];
  let at = 0;
  while (at < text.length) {
    const [field, end] = text[at] === '"' ? quoted(text, at) : plain(text, at);
    row.push(field);
    at = end;
    if (text[at] === ',') at++;
    else {
      rows.push(row);
      row = [];
      at += text.startsWith('\r\n', at) ? 2 : 1;
    }
  }
  const ragged = rows.find(({ length }) => length !== rows[0]?.length);
  if (ragged !== undefined) throw new Error(`a row of another length: ${ragged.join(',')}`);
  return rows;
}

function quoted(text: string, start: number): [field: string, end: number] {
  let at = start + 1;
  let field = '';
  for (;;) {
    const quote = text.indexOf('"', at);
    if (quote < 0) throw new Error('a quote without an end');
    field += text.slice(at, quote);
    if (text[quote + 1] !== '"') return [field, quote + 1];
    field += '"';
    at = quote + 2;
  }
}

function plain(text: string, start: number): [field: string, end: number] {
  const found = /[,\r\n]/.exec(text.slice(start));
  const end = found === null ? text.length : start + found.index;
  const field = text.slice(start, end);
  if (field.includes('"')) throw new Error(`a quote within ${field}`);
  return [field, end];
}
