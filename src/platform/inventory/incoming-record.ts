import type { z } from 'zod';
import { CollectError } from '#model/errors.ts';
import { RecordSchema } from '#store/record-schema.ts';
import type { IncomingRecord } from './merge.ts';

/** What the requests that write a record have in common; a field that is not set is empty, and changes nothing. */
interface RecordRequest {
  readonly name: string;
  readonly account: string;
  readonly instance_type: string;
  readonly region_code: string;
  readonly provider?: string;
  readonly cloud_service_group?: string;
  readonly cloud_service_type?: string;
  readonly reference: { readonly resource_id: string; readonly external_link: string } | undefined;
  readonly data: object | undefined;
  readonly metadata: object | undefined;
  readonly tags: object | undefined;
}

const empty = {
  ...{ provider: '', cloud_service_group: '', cloud_service_type: '', account: '', region_code: '', name: '' },
  ...{ instance_type: '', reference: { resource_id: '' }, tags: {}, data: {}, metadata: {} },
};

/** A report to be merged. @throws CollectError `invalid_input` naming a field that a record cannot hold as it is given */
export function incomingOf(request: RecordRequest): IncomingRecord {
  const { name, account, instance_type, region_code, provider, cloud_service_group, cloud_service_type } = request;
  const texts = { name, account, instance_type, region_code, provider, cloud_service_group, cloud_service_type };
  const { reference, data, metadata, tags } = request;
  const given = {
    ...Object.fromEntries(Object.entries(texts).filter(([, text]) => text !== undefined && text !== '')),
    ...(reference === undefined || reference.resource_id === '' ? {} : { reference: referenceOf(reference) }),
    ...(data === undefined ? {} : { data }),
    ...(metadata === undefined ? {} : { metadata }),
    ...(tags === undefined ? {} : { tags }),
  };
  const parsed = RecordSchema.safeParse({ ...empty, ...given });
  if (!parsed.success) throw malformed(parsed.error);
  const keys = Object.keys(given);
  const entries = Object.entries(parsed.data).filter(([key]) => keys.includes(key));
  return Object.fromEntries(entries);
}

function referenceOf({ resource_id, external_link }: { resource_id: string; external_link: string }) {
  return { resource_id, ...(external_link === '' ? {} : { external_link }) };
}

function malformed({ issues: [issue] }: z.ZodError): CollectError {
  const where = issue?.path.join('.') ?? '';
  return new CollectError('invalid_input', `${where}: ${issue?.message ?? 'malformed'}`, { where });
}
