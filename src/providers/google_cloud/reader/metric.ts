/** A label of the resource or the metric, as filters write it: `resource.labels.instance_id`. */
export interface Label {
  readonly key: string;
  readonly value: string;
}

/** A metric of one resource: all of its time series that carry these labels. */
export interface GoogleMetric {
  /** `compute.googleapis.com/instance/cpu/utilization` */
  readonly type: string;
  /** `gce_instance`, where it is said. */
  readonly resourceType?: string;
  readonly labels: readonly Label[];
}

/** Metrics whose types begin alike, of resources that carry these labels. */
export interface GoogleScope extends Omit<GoogleMetric, 'type'> {
  /** The secret's own project where absent. */
  readonly project: string | undefined;
  readonly prefix: string;
}

/** Labels in one order, so that equal metrics are equal JSON. */
export function labelsInOrder(labels: readonly Label[]): readonly Label[] {
  return labels
    .map(({ key, value }) => ({ key: key.replace('.label.', '.labels.'), value }))
    .sort((a, b) => (a.key < b.key ? -1 : 1));
}
