import { expect, it } from 'vitest';
import type { FormField, SignInForm } from '../../../src/server/account-api.ts';
import { fieldsOf, secretOf, withoutSecrets } from './secret-of.ts';

const field = (path: string, kind: FormField['kind'] = 'text', is_secret = false): FormField => ({
  path,
  kind,
  is_required: false,
  is_secret,
});

const form: SignInForm = {
  choice: 'from',
  ways: [
    { id: 'keys', about: '', fields: [field('from.accessKeyId'), field('from.secretAccessKey', 'secret', true)] },
    { id: 'file', about: '', fields: [field('from.key', 'json', true)] },
  ],
  fields: [
    field('assume.0.roleArn'),
    field('assume.0.externalId'),
    field('projects', 'lines'),
    field('allow', 'switch'),
    field('days', 'number'),
  ],
};

it.each([
  { name: 'nothing but the way', typed: {}, want: { from: { kind: 'keys' } } },
  {
    name: 'the fields of the way, trimmed, and not those of another',
    typed: { 'from.accessKeyId': ' AKIA ', 'from.key': '{}', 'from.secretAccessKey': '' },
    want: { from: { kind: 'keys', accessKeyId: 'AKIA' } },
  },
  {
    name: 'the first of a list, in one piece',
    typed: { 'assume.0.roleArn': 'arn', 'assume.0.externalId': 'x1' },
    want: { from: { kind: 'keys' }, assume: [{ roleArn: 'arn', externalId: 'x1' }] },
  },
  {
    name: 'values of their kinds',
    typed: { projects: 'one\ntwo, three', allow: 'true', days: '7' },
    want: { from: { kind: 'keys' }, projects: ['one', 'two', 'three'], allow: true, days: 7 },
  },
])('makes of a form $name', ({ typed, want }) => {
  expect(secretOf(form, 'keys', typed)).toEqual(want);
});

it('calls a way by its name in the secret, and asks for a field once', () => {
  const role = { id: 'role', kind: 'keys', about: '', is_recommended: true, fields: [field('assume.0.roleArn')] };
  const withRole = { ...form, ways: [role, ...form.ways] };
  const typed = { 'role:assume.0.roleArn': 'arn' };
  expect(secretOf(withRole, 'role', typed)).toEqual({ from: { kind: 'keys' }, assume: [{ roleArn: 'arn' }] });
  // And what was typed there is of no other way.
  expect(secretOf(withRole, 'keys', typed)).toEqual({ from: { kind: 'keys' } });
  expect(withoutSecrets(withRole, typed)).toEqual(typed);
  const paths = fieldsOf(withRole, 'role').map(({ path }) => path);
  expect(new Set(paths).size).toBe(paths.length);
});

it('takes JSON as it is, and refuses what is none', () => {
  expect(secretOf(form, 'file', { 'from.key': '{"a":1}' })).toEqual({ from: { kind: 'file', key: { a: 1 } } });
  expect(() => secretOf(form, 'file', { 'from.key': '{"a":' })).toThrow(SyntaxError);
});

it('keeps what is no secret', () => {
  const typed = { 'from.accessKeyId': 'AKIA', 'from.secretAccessKey': 's', 'from.key': '{}', days: '7', other: 'x' };
  expect(withoutSecrets(form, typed)).toEqual({ 'from.accessKeyId': 'AKIA', days: '7' });
});
