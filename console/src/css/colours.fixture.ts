import { readFileSync } from 'node:fs';

export const schemes = ['light', 'dark'] as const;
export type Scheme = (typeof schemes)[number];

/** Linear sRGB, 0 to 1. */
export type Colour = readonly [red: number, green: number, blue: number];

const oklch = /oklch\(([\d.]+) ([\d.]+) ([\d.]+)\)/g;

/** The tokens of a style sheet that are colours, in each scheme. */
export function tokensOf(sheet: string): ReadonlyMap<string, Readonly<Record<Scheme, Colour>>> {
  const css = readFileSync(new URL(sheet, import.meta.url), 'utf8');
  const found = css.matchAll(/^\s*(--[\w-]+): (.*oklch\(.*);$/gm);
  return new Map(
    [...found].map(([, name = '', value = '']) => {
      const [light, dark = light] = [...value.matchAll(oklch)].map(([, l, c, h]) =>
        linearOf(Number(l), Number(c), Number(h)),
      );
      if (light === undefined || dark === undefined) throw new Error(`${name}: ${value} is no colour`);
      return [name, { light, dark }];
    }),
  );
}

/** https://bottosson.github.io/posts/oklab/ */
function linearOf(lightness: number, chroma: number, hue: number): Colour {
  const angle = (hue / 180) * Math.PI;
  const [a, b] = [chroma * Math.cos(angle), chroma * Math.sin(angle)];
  const l = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3;
  const m = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3;
  const s = (lightness - 0.0894841775 * a - 1.291485548 * b) ** 3;
  return [
    clamped(4.0767416621 * l - 3.3077115913 * m + 0.2309699292 * s),
    clamped(-1.2684380046 * l + 2.6097574011 * m - 0.3413193965 * s),
    clamped(-0.0041960863 * l - 0.7034186147 * m + 1.707614701 * s),
  ];
}

/** As somebody sees it who has no cones for green: Machado, Oliveira and Fernandes 2009, at its severest. */
export function deuteranopic([red, green, blue]: Colour): Colour {
  return [
    clamped(0.367322 * red + 0.860646 * green - 0.227968 * blue),
    clamped(0.280085 * red + 0.672501 * green + 0.047413 * blue),
    clamped(-0.01182 * red + 0.04294 * green + 0.968881 * blue),
  ];
}

/** WCAG 2.2, 1 to 21. */
export function contrast(one: Colour, other: Colour): number {
  const [darker = 0, lighter = 0] = [luminance(one), luminance(other)].toSorted((a, b) => a - b);
  return (lighter + 0.05) / (darker + 0.05);
}

function luminance([red, green, blue]: Colour): number {
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

function clamped(value: number): number {
  return Math.min(1, Math.max(0, value));
}
