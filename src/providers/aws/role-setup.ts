import type { RoleDocument, RoleGiven, RoleSetup } from '#model/provider.ts';
import { readerPolicy } from './permissions.ts';

const roleName = 'fleetgauge-reader';
const policyName = 'fleetgauge-reader';

/** Who may take the role on, and what he has to know. */
function trustPolicy({ trusted, externalId }: RoleGiven) {
  return {
    Version: '2012-10-17',
    Statement: [
      {
        Effect: 'Allow',
        // The id alone: an ARN would name the partition, which is another one in China and in GovCloud.
        Principal: { AWS: trusted },
        Action: 'sts:AssumeRole',
        Condition: { StringEquals: { 'sts:ExternalId': externalId } },
      },
    ],
  };
}

function template(given: RoleGiven): string {
  return text({
    AWSTemplateFormatVersion: '2010-09-09',
    Description: 'A role by which Fleetgauge lists servers and reads their metrics, and nothing else.',
    Resources: {
      Reader: {
        Type: 'AWS::IAM::Role',
        Properties: {
          RoleName: roleName,
          AssumeRolePolicyDocument: trustPolicy(given),
          Policies: [{ PolicyName: policyName, PolicyDocument: readerPolicy }],
        },
      },
    },
    Outputs: { RoleArn: { Description: 'To be pasted into Fleetgauge.', Value: { 'Fn::GetAtt': ['Reader', 'Arn'] } } },
  });
}

/** Its last line prints the ARN of the role. */
function commands(given: RoleGiven): string {
  return [
    `aws iam create-role --role-name ${roleName} --assume-role-policy-document '${JSON.stringify(trustPolicy(given))}'`,
    `aws iam put-role-policy --role-name ${roleName} --policy-name ${policyName} --policy-document '${JSON.stringify(readerPolicy)}'`,
    `aws iam get-role --role-name ${roleName} --query Role.Arn --output text`,
    '',
  ].join('\n');
}

function terraform(given: RoleGiven): string {
  return `resource "aws_iam_role" "fleetgauge_reader" {
  name               = "${roleName}"
  assume_role_policy = jsonencode(${indented(trustPolicy(given))})
}

resource "aws_iam_role_policy" "fleetgauge_reader" {
  name   = "${policyName}"
  role   = aws_iam_role.fleetgauge_reader.id
  policy = jsonencode(${indented(readerPolicy)})
}

output "fleetgauge_role_arn" {
  value = aws_iam_role.fleetgauge_reader.arn
}
`;
}

/** JSON is an expression of Terraform as it is. */
function indented(value: unknown): string {
  return JSON.stringify(value, null, 2).replaceAll('\n', '\n  ');
}

function text(value: unknown): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}

function documents(given: RoleGiven): readonly RoleDocument[] {
  return [
    { form: 'template', file: 'fleetgauge-role.json', text: template(given) },
    { form: 'cli', file: 'fleetgauge-role.sh', text: commands(given) },
    { form: 'terraform', file: 'fleetgauge-role.tf', text: terraform(given) },
  ];
}

/** A role with an external id. Source: IAM user guide, “Access to AWS accounts owned by third parties”. */
export const roleSetup: RoleSetup = {
  machineSecret: { from: { kind: 'default' } },
  documents,
  consoleUrl: 'https://console.aws.amazon.com/cloudformation/home#/stacks/create/template',
};
