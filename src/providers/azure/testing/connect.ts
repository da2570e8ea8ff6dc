import { text } from 'node:stream/consumers';
import { z } from 'zod';
import { connectTo, fleetOf } from '../testing-fleet.fixture.ts';

/** A process of its own, as what Node trusts is decided when it starts: signs in and says to whom, and where there are machines. */
const { url, from } = z
  .object({ url: z.string(), from: z.looseObject({}) })
  .parse(JSON.parse(await text(process.stdin)));
const { connection } = await connectTo(url, {}, { from });
const regions = await fleetOf(connection).regions(new AbortController().signal);
connection.close();
process.stdout.write(JSON.stringify({ principal: connection.principal, regions }));
