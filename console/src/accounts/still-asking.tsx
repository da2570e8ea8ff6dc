import { useEffect, useState } from 'react';
import { text } from '../text.ts';
import type { OngoingChecks } from './use-access-test.ts';

/** From here on it is said that a call takes long, in milliseconds. */
const slowMs = 5_000;

interface StillAskingProps {
  readonly waiting: NonNullable<OngoingChecks[number]['waiting']>;
  /** When it was told. */
  readonly at: number;
}

/** Where the oldest call was not answered yet, once that takes long. */
export function StillAsking({ waiting: { region, ms }, at }: StillAskingProps) {
  const [now, setNow] = useState(Date.now);
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), 500);
    return () => clearInterval(timer);
  }, []);
  return <small role="status">{ms + now - at > slowMs && text.connect.stillAsking(region)}</small>;
}
