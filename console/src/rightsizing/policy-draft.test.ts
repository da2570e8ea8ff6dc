import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { policyRow } from '../../../src/platform/rightsizing/review-row.ts';
import { type PresetName, presetNames, presets } from '../../../src/rightsizing/policy.ts';
import { PolicyBody, policyLimits } from '../../../src/server/rightsizing-api.ts';
import { draftOf, isSamePolicy, type PolicyDraft, policyParts, readDraft } from './policy-draft.ts';

function partsOf(name: PresetName) {
  const { name: _, ...parts } = policyRow(presets[name]);
  return parts;
}

describe('a draft of a policy', () => {
  it.each(presetNames)('is %s again, to the last digit', (name) => {
    const parts = partsOf(name);
    const { policy, problems } = readDraft(draftOf(parts), policyLimits);
    expect(problems).toEqual({});
    expect(policy).toEqual(parts);
    expect(isSamePolicy(parts, policy ?? partsOf(name === 'bold' ? 'careful' : 'bold'))).toBe(true);
  });

  it('is written in the units of the form', () => {
    expect(draftOf(partsOf('standard'))).toEqual({
      look_back_days: '14',
      percentile: '99.5',
      cpu_headroom: '20',
      memory_headroom: '20',
      minimum_coverage: '90',
      idle_cpu_percent: '10',
      idle_network_bytes_per_second: '5',
    });
  });

  it.each([
    { part: 'look_back_days', typed: '0', problem: { kind: 'atLeast', limit: '1' } },
    { part: 'look_back_days', typed: '1.5', problem: { kind: 'whole' } },
    { part: 'look_back_days', typed: '401', problem: { kind: 'atMost', limit: '400' } },
    { part: 'percentile', typed: '49', problem: { kind: 'atLeast', limit: '50' } },
    { part: 'cpu_headroom', typed: '91', problem: { kind: 'atMost', limit: '90' } },
    { part: 'minimum_coverage', typed: '0', problem: { kind: 'moreThan', limit: '0' } },
    { part: 'idle_network_bytes_per_second', typed: '-1', problem: { kind: 'atLeast', limit: '0' } },
    { part: 'idle_cpu_percent', typed: ' ', problem: { kind: 'number' } },
    { part: 'idle_cpu_percent', typed: 'ten', problem: { kind: 'number' } },
  ] as const)('says what is wrong with $part of $typed', ({ part, typed, problem }) => {
    const { policy, problems } = readDraft({ ...draftOf(partsOf('standard')), [part]: typed }, policyLimits);
    expect(policy).toBeUndefined();
    expect(problems).toEqual({ [part]: problem });
  });

  it('lets through what the API lets through, and nothing else', () => {
    const standard = draftOf(partsOf('standard'));
    const typed = fc
      .oneof(fc.double({ min: -5, max: 500, noNaN: true }), fc.integer({ min: -5, max: 500 }))
      .map(String);
    fc.assert(
      fc.property(fc.constantFrom(...policyParts), typed, (part, value) => {
        const draft: PolicyDraft = { ...standard, [part]: value };
        const { policy } = readDraft(draft, policyLimits);
        if (policy !== undefined) expect(PolicyBody.safeParse(policy).success).toBe(true);
        else expect(Object.keys(readDraft(draft, policyLimits).problems)).toEqual([part]);
      }),
    );
  });
});
