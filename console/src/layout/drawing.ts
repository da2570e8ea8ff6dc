import { createContext, type ReactNode } from 'react';
import type { Layout } from './read-layout.ts';

/** Draws a layout within a value. It is handed down, as layouts are made of values, and some values of layouts. */
export const Drawing = createContext<(layout: Layout, data: unknown) => ReactNode>(() => null);
