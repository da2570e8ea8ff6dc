// Before the first paint, so that a reader's own theme does not flash: see src/theme.ts, which keeps it.
try {
  document.documentElement.dataset.theme = localStorage.getItem('fleetgauge.theme') ?? 'system';
} catch {}
