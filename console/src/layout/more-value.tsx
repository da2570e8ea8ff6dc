import { useContext } from 'react';
import { text } from '../text.ts';
import { affixed } from './affixed.ts';
import { Drawing } from './drawing.ts';
import { fieldName, layoutName } from './names.ts';
import { Popup } from './popup.tsx';
import type { Field } from './read-field.ts';
import { readLayout } from './read-layout.ts';
import { isBlank, own, pathOf, textOf, valueAt, wordsOf } from './value-path.ts';

/** A value that opens a layer with more of it: of what is at `sub_key` of the row, or of the whole row. */
export function MoreValue({ field, data }: { field: Field; data: unknown }) {
  const draw = useContext(Drawing);
  const { path, options } = field;
  const name = fieldName(field);
  const found = path.length === 0 ? undefined : valueAt(data, path);
  const value = isBlank(found) ? own(options, 'default') : found;
  const label = isBlank(value) ? text.layout.open(name) : affixed(wordsOf(value), options);
  const layer = readLayout(own(options, 'layout'));
  const layout = layer.kind === 'popup' ? layer.layout : layer;
  const content = () => draw(layout, valueAt(data, pathOf(textOf(own(options, 'sub_key')) ?? '')));
  return (
    <Popup label={label} fullLabel={`${name}: ${label}`} title={layoutName(layer) || name || label} content={content} />
  );
}
