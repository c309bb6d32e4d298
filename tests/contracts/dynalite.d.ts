declare module 'dynalite' {
  import type { Server } from 'node:http';

  /** Starts no listening by itself; without `path` the tables live in memory. */
  export default function dynalite(options?: {
    readonly path?: string;
    readonly createTableMs?: number;
    readonly deleteTableMs?: number;
    readonly updateTableMs?: number;
  }): Server;
}
