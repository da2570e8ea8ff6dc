import { type FunctionConfiguration, LambdaClient, ListFunctionsCommand } from '@aws-sdk/client-lambda';
import type { ResourceState } from '#model/resource.ts';
import type { RowResource } from '../resource.ts';
import { traitsOf } from '../types.ts';
import type { ListingContext } from './context.ts';

/** Lambda answers with no more. */
const pageSize = 50;

/** The Lambda functions of a region. Free. */
export async function* listFunctions(context: ListingContext): AsyncGenerator<RowResource[]> {
  const { clients, send, region, signal } = context;
  const client = clients.of(LambdaClient, region);
  let marker: string | undefined;
  do {
    const input = { MaxItems: pageSize, ...(marker === undefined ? {} : { Marker: marker }) };
    const reply = await send(
      { api: 'lambda:ListFunctions', region },
      (abortSignal) => client.send(new ListFunctionsCommand(input), { abortSignal }),
      signal,
    );
    yield (reply.Functions ?? []).flatMap((found) => functionOf(found, context));
    marker = reply.NextMarker || undefined;
  } while (marker !== undefined);
}

function functionOf(found: FunctionConfiguration, { account, region }: ListingContext): RowResource[] {
  const { FunctionArn: id, FunctionName: name, MemorySize: mebibytes, LastModified = '' } = found;
  if (id === undefined || name === undefined) return [];
  const changedAt = Date.parse(LastModified);
  return [
    {
      ...traitsOf('lambda_function'),
      provider: 'aws',
      account,
      region,
      id,
      name,
      state: stateOf(found.State),
      instanceType: mebibytes === undefined ? '' : `${mebibytes} MB`,
      platform: found.Runtime ?? found.PackageType ?? '',
      tags: {},
      externalLink: `https://${region}.console.aws.amazon.com/lambda/home?region=${region}#/functions/${name}`,
      // Lambda tells when a function was last changed, not when it was made.
      ...(Number.isNaN(changedAt) ? {} : { thereSince: changedAt / 1000 }),
      constants: {},
      rows: 'lambda',
      dimensions: [{ Name: 'FunctionName', Value: name }],
    },
  ];
}

/** An inactive function is one whose resources were taken back for want of use: it runs when it is next called. */
function stateOf(state: string | undefined): ResourceState {
  switch (state) {
    case 'Pending':
      return 'PENDING';
    case 'Failed':
      return 'UNKNOWN';
    default:
      return 'RUNNING';
  }
}
