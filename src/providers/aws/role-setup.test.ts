import { expect, it } from 'vitest';
import { z } from 'zod';
import { limits } from './catalog.ts';
import { facts } from './permissions.ts';
import { roleSetup } from './role-setup.ts';

const given = { externalId: 'fleetgauge-0123456789abcdef', trusted: '310000000009' };

const Policy = z.strictObject({
  Version: z.literal('2012-10-17'),
  Statement: z.tuple([
    z.strictObject({
      Sid: z.string(),
      Effect: z.literal('Allow'),
      Action: z.array(z.string()),
      Resource: z.literal('*'),
    }),
  ]),
});
const Trust = z.strictObject({
  Version: z.literal('2012-10-17'),
  Statement: z.tuple([
    z.strictObject({
      Effect: z.literal('Allow'),
      Principal: z.strictObject({ AWS: z.literal(given.trusted) }),
      Action: z.literal('sts:AssumeRole'),
      Condition: z.strictObject({
        StringEquals: z.strictObject({ 'sts:ExternalId': z.literal(given.externalId) }),
      }),
    }),
  ]),
});
const Template = z.strictObject({
  AWSTemplateFormatVersion: z.literal('2010-09-09'),
  Description: z.string(),
  Resources: z.strictObject({
    Reader: z.strictObject({
      Type: z.literal('AWS::IAM::Role'),
      Properties: z.strictObject({
        RoleName: z.string(),
        AssumeRolePolicyDocument: Trust,
        Policies: z.tuple([z.strictObject({ PolicyName: z.string(), PolicyDocument: Policy })]),
      }),
    }),
  }),
  Outputs: z.strictObject({ RoleArn: z.looseObject({ Value: z.object({ 'Fn::GetAtt': z.array(z.string()) }) }) }),
});

const text = (form: string) => roleSetup.documents(given).find((document) => document.form === form)?.text ?? '';
/** What each call of ours needs: `sts:GetCallerIdentity` is everybody's. */
const called = Object.keys(limits).filter((api) => !api.startsWith('sts:'));

it('allows by a template what we call, to whom is trusted and knows the external id', () => {
  const { Resources } = Template.parse(JSON.parse(text('template')));
  const [{ PolicyDocument }] = Resources.Reader.Properties.Policies;
  expect(PolicyDocument.Statement[0].Action).toEqual(called.toSorted());
  expect(PolicyDocument).toEqual(JSON.parse(facts.permissions[0]?.text ?? ''));
});

it('allows the same by commands whose documents no shell touches', () => {
  const quoted = [...text('cli').matchAll(/^aws iam (\S+) .*-document '([^']*)'/gm)].map(([, verb, document]) => ({
    verb,
    document: JSON.parse(document ?? ''),
  }));
  expect(quoted.map(({ verb }) => verb)).toEqual(['create-role', 'put-role-policy']);
  Trust.parse(quoted[0]?.document);
  expect(Policy.parse(quoted[1]?.document).Statement[0].Action).toEqual(called.toSorted());
  expect(text('cli').trimEnd().split('\n').at(-1)).toMatch(/^aws iam get-role .*--query Role\.Arn --output text$/);
});

it('allows the same by Terraform, whose expressions are JSON', () => {
  const documents = [...text('terraform').matchAll(/jsonencode\((\{[\s\S]*?\n {2}\})\)/g)].map(([, json]) =>
    JSON.parse(json ?? ''),
  );
  expect(documents).toHaveLength(2);
  Trust.parse(documents[0]);
  expect(Policy.parse(documents[1]).Statement[0].Action).toEqual(called.toSorted());
  const resources = [...text('terraform').matchAll(/^resource "(\w+)" "(\w+)" \{$/gm)].map(([, type]) => type);
  expect(resources).toEqual(['aws_iam_role', 'aws_iam_role_policy']);
  // Balanced, so that a parser gets to the end.
  const count = (sign: string) => text('terraform').split(sign).length;
  expect(count('{')).toBe(count('}'));
  expect(text('terraform')).not.toContain('${');
});
