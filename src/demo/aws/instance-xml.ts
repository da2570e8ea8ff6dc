import { hex8, mix } from '../fleet/hash.ts';
import type { LifeState } from '../fleet/life.ts';
import type { Server } from './simulated-server.ts';
import { element, isoTime, itemSet } from './xml.ts';

const stateCodes = { running: 16, terminated: 48, stopped: 80 } as const;

/** The tags of a server. */
export function tagsOf({ name, profile }: Server): Readonly<Record<string, string>> {
  return { Name: name, env: profile.env, team: profile.team, role: profile.name.split('-')[0] ?? profile.name };
}

/** A server as the one instance of a reservation, in EC2's words. A terminated one has lost disks and network. */
export function instanceXml(server: Server, state: LifeState): string {
  const owner = element('ownerId', server.cell.account.id);
  const instance = [identityXml(server), stateXml(server, state), state.name === 'terminated' ? '' : partsXml(server)];
  return `${element('reservationId', `r-0${hex16(server, 'r')}`)}${owner}${itemSet('instancesSet', [instance.join('')])}`;
}

function identityXml(server: Server): string {
  const { type, windows } = server;
  const tags = Object.entries(tagsOf(server)).map(([key, value]) => element('key', key) + element('value', value));
  return [
    element('instanceId', server.id),
    element('imageId', server.imageId),
    element('instanceType', type.name),
    element('amiLaunchIndex', 0),
    element('architecture', type.architecture),
    element('hypervisor', 'xen'),
    element('virtualizationType', 'hvm'),
    element('rootDeviceType', 'ebs'),
    element('rootDeviceName', '/dev/xvda'),
    windows ? element('platform', 'windows') : '',
    element('platformDetails', windows ? 'Windows' : 'Linux/UNIX'),
    `<placement>${element('availabilityZone', server.zone)}${element('tenancy', 'default')}</placement>`,
    itemSet('tagSet', tags),
  ].join('');
}

/** Things happen some seconds off the five-minute grid on which the samples lie. */
function stateXml(server: Server, { name, launchedAt, stoppedAt }: LifeState): string {
  const early = mix(server.seed, 51) % 240;
  const late = mix(server.seed, 52) % 240;
  const reason = stoppedAt === undefined ? '' : `User initiated (${gmt(stoppedAt + late)})`;
  const cause =
    stoppedAt === undefined
      ? ''
      : `<stateReason>${element('code', 'Client.UserInitiatedShutdown')}${element('message', 'Client.UserInitiatedShutdown: User initiated shutdown')}</stateReason>`;
  return [
    `<instanceState>${element('code', stateCodes[name])}${element('name', name)}</instanceState>`,
    element('reason', reason),
    cause,
    element('launchTime', isoTime(launchedAt - early)),
    `<monitoring>${element('state', server.monitoring.detailed ? 'enabled' : 'disabled')}</monitoring>`,
  ].join('');
}

function partsXml(server: Server): string {
  const bornAt = isoTime((server.life.runs[0] ?? 0) - (mix(server.seed, 53) % 240));
  const { address, hostName, cell } = server;
  const dnsName = `${hostName}.${cell.region.code === 'us-east-1' ? 'ec2' : `${cell.region.code}.compute`}.internal`;
  const place =
    element('subnetId', `subnet-0${hex16(server.cell, server.zone)}`) + element('vpcId', `vpc-0${hex16(cell, 'vpc')}`);
  const addresses = element('privateDnsName', dnsName) + element('privateIpAddress', address);
  const disks = server.volumeIds.map((volumeId, ordinal) => {
    const ebs = element('volumeId', volumeId) + element('status', 'attached') + element('attachTime', bornAt);
    return `${element('deviceName', `/dev/xvd${'ab'.charAt(ordinal)}`)}<ebs>${ebs}${element('deleteOnTermination', ordinal === 0)}</ebs>`;
  });
  const attachment = element('deviceIndex', 0) + element('status', 'attached') + element('attachTime', bornAt);
  const network = `${element('networkInterfaceId', `eni-0${hex16(server, 'eni')}`)}${place}${addresses}<attachment>${attachment}</attachment>`;
  return place + addresses + itemSet('blockDeviceMapping', disks) + itemSet('networkInterfaceSet', [network]);
}

function gmt(epochSeconds: number): string {
  return `${isoTime(epochSeconds).slice(0, 19).replace('T', ' ')} GMT`;
}

/** Sixteen hexadecimal digits for an id that nothing is looked up by. */
function hex16({ seed }: { readonly seed: number }, what: string): string {
  const salt = what.length * 7919 + what.charCodeAt(what.length - 1);
  return hex8(mix(seed, salt)) + hex8(mix(seed, salt + 1));
}
