import type { Judge } from './filter-expression.ts';
import { databaseMetrics, type Labels, type MetricType, type Part, vmMetrics } from './metric-types.ts';
import type { Candidate, ResourceType } from './monitoring-filter.ts';
import type { SimProject } from './projects.ts';
import type { StoredSeries } from './query.ts';
import { runsWithin } from './signal.ts';
import { everyVm, type World } from './world.ts';

/** A metric, and where its series are. */
export interface StoredMetric {
  readonly resourceType: ResourceType;
  readonly descriptor: Omit<MetricType<never>, 'parts'>;
  /** The zones or regions of a project, each with what is in it. */
  places(world: World, project: SimProject): readonly Place[];
}

interface Place {
  /** Its zone or region. */
  readonly name: string;
  readonly labels: Labels;
  /** Those that may be taken, judged by their labels, and perhaps others. */
  resources(mayTake: (labels: Labels) => boolean): Iterable<Resource>;
}

interface Resource {
  readonly labels: Labels;
  readonly runs: readonly number[];
  parts(): readonly Part[];
}

/** The metric of that type, if there is one. */
export function findMetric(type: string): StoredMetric | undefined {
  const ofVms = vmMetrics.get(type);
  if (ofVms !== undefined) {
    return {
      resourceType: 'gce_instance',
      descriptor: ofVms,
      places: (world, project) => zonesOf(ofVms, world, project),
    };
  }
  const ofDatabases = databaseMetrics.get(type);
  return (
    ofDatabases && {
      resourceType: 'cloudsql_database',
      descriptor: ofDatabases,
      places: (world, project) => regionsOf(ofDatabases, world, project),
    }
  );
}

type VmMetric = NonNullable<ReturnType<typeof vmMetrics.get>>;
type DatabaseMetric = NonNullable<ReturnType<typeof databaseMetrics.get>>;

function zonesOf(metric: VmMetric, world: World, project: SimProject): readonly Place[] {
  return world.cells(project).map((cell) => {
    const labels = { project_id: project.id, zone: cell.zone.name };
    return {
      name: cell.zone.name,
      labels,
      resources: (mayTake) =>
        everyVm(cell, (id) => mayTake({ ...labels, instance_id: id })).map((vm) => ({
          labels: { ...labels, instance_id: vm.id },
          runs: vm.life.runs,
          parts: () => metric.parts(vm),
        })),
    };
  });
}

function regionsOf(metric: DatabaseMetric, world: World, project: SimProject): readonly Place[] {
  const byRegion = Map.groupBy(world.databases(project), ({ region }) => region);
  return [...byRegion].map(([region, databases]) => {
    const labels = { project_id: project.id, region };
    return {
      name: region,
      labels,
      resources: () =>
        databases.map((database) => ({
          labels: { ...labels, database_id: database.databaseId },
          runs: database.life.runs,
          parts: () => metric.parts(database),
        })),
    };
  });
}

/** What to look for, and where. */
export interface Search {
  readonly world: World;
  readonly projects: readonly SimProject[];
  readonly judge: Judge<Candidate>;
  /** Resources that never ran in `[start, end)`, epoch seconds, are left out. */
  readonly start: number;
  readonly end: number;
  /** Whether the series of a project's zone or region can be read just now. */
  readonly readable: (project: SimProject, place: string) => boolean;
}

/** The series of a metric that a filter takes, and the places that could not be read. */
export interface SearchResult {
  readonly series: readonly StoredSeries[];
  /** `<project>/<zone or region>`. */
  readonly unreadable: readonly string[];
}

/** Finds the stored series of a metric. */
export function findSeries({ resourceType, places }: StoredMetric, search: Search): SearchResult {
  const { world, projects, judge, start, end, readable } = search;
  const series: StoredSeries[] = [];
  const unreadable: string[] = [];
  for (const project of projects) {
    const takes = (resourceLabels: Labels, metricLabels: Labels) =>
      judge({ project, resourceType, resourceLabels, metricLabels });
    for (const place of places(world, project)) {
      if (takes(place.labels, {}) === false) continue;
      if (!readable(project, place.name)) unreadable.push(`${project.id}/${place.name}`);
      else {
        const mayTake = (labels: Labels) => takes(labels, {}) !== false;
        for (const { labels, runs, parts } of place.resources(mayTake)) {
          if (!runsWithin(runs, start, end) || !mayTake(labels)) continue;
          for (const { labels: metricLabels, signal } of parts()) {
            if (takes(labels, metricLabels)) series.push({ resourceLabels: labels, metricLabels, signal });
          }
        }
      }
    }
  }
  return { series, unreadable };
}
