import { isoTime } from '../xml.ts';
import type { ManagedCall } from './call.ts';
import { changedAt } from './kinds.ts';
import { pageOf } from './page.ts';

/** ListFunctions: up to 10,000 may be asked for, and 50 come. */
export function listFunctions(call: ManagedCall): string {
  const { resources, next } = pageOf(call, ['function'], {
    size: 'MaxItems',
    token: 'Marker',
    smallest: 1,
    largest: 10_000,
    shown: 50,
    refusal: 'InvalidParameterValueException',
  });
  return JSON.stringify({
    Functions: resources.map((one) => ({
      FunctionName: one.name,
      FunctionArn: one.id,
      Runtime: 'nodejs22.x',
      PackageType: 'Zip',
      MemorySize: 256,
      Timeout: 30,
      LastModified: isoTime(changedAt(one)).replace('Z', '+0000'),
    })),
    NextMarker: next ?? null,
  });
}
