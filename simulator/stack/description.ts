import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type * as z from 'zod';
import { eventSchemas, functionSchema, queueSchema, serviceSchema, tableSchema } from './schema.ts';
import { fileReference, readYaml, type YamlSource } from './yaml.ts';

/** What `serverless.yml` deploys, as far as the embedded account has to know it. */
export interface StackDescription {
  readonly service: string;
  readonly functions: readonly FunctionDescription[];
  readonly queues: readonly QueueDescription[];
  readonly tables: readonly TableDescription[];
}

export interface FunctionDescription {
  /** The key under `functions`. */
  readonly name: string;
  /** File and export, for example `handlers/alarm.handler`. */
  readonly handler: string;
  readonly timeoutSeconds: number;
  readonly memoryMegabytes: number;
  /** Lambda's own retries of an asynchronous invocation that threw. */
  readonly maximumRetryAttempts: number;
  /** How old an asynchronous event may get before Lambda drops it. */
  readonly maximumEventAgeSeconds: number;
  /** Whether it may invoke itself, through a queue, more often than Lambda lets it otherwise. */
  readonly mayRecur: boolean;
  readonly rules: readonly RuleDescription[];
  readonly schedules: readonly { readonly periodSeconds: number }[];
  readonly queues: readonly EventSourceDescription[];
}

export interface RuleDescription {
  /** May hold references to the account and the region that it will be deployed to. */
  readonly pattern: Readonly<Record<string, unknown>>;
  /** How old an event may get before EventBridge stops trying to hand it over. */
  readonly maximumEventAgeSeconds: number;
}

export interface EventSourceDescription {
  /** Logical id of the queue. */
  readonly queue: string;
  readonly batchSize: number;
  readonly reportBatchItemFailures: boolean;
}

export interface QueueDescription {
  readonly logicalId: string;
  readonly visibilityTimeoutSeconds: number;
  readonly retentionSeconds: number;
  readonly redrive?: { readonly deadLetterQueue: string; readonly maxReceiveCount: number };
}

export interface TableDescription {
  readonly logicalId: string;
  readonly key: { readonly hash: string; readonly range?: string };
  readonly timeToLiveAttribute?: string;
}

/** Serverless Framework's default; Lambda's are 2 retries within 6 hours, EventBridge's 24 hours. */
const DEFAULT_TIMEOUT_SECONDS = 6;
const DEFAULT_MEMORY_MEGABYTES = 1024;
const DEFAULT_RETRY_ATTEMPTS = 2;
const DEFAULT_LAMBDA_EVENT_AGE_SECONDS = 21_600;
const DEFAULT_RULE_EVENT_AGE_SECONDS = 86_400;

/**
 * Reads a `serverless.yml` and the resource files it names. What the embedded account would have to
 * ignore (an event of another kind, a setting of an event it does not know) is an error.
 * @throws Error with one line a complaint: file, line, path and what was expected
 */
export function readStack(path: string | URL): StackDescription {
  return new StackReader(typeof path === 'string' ? path : fileURLToPath(path)).read();
}

class StackReader {
  readonly #path: string;
  readonly #complaints: string[] = [];

  constructor(path: string) {
    this.#path = path;
  }

  read(): StackDescription {
    const source = readYaml(this.#path);
    const service = this.#parse(source, [], serviceSchema, source.content);
    this.#throwComplaints();
    if (!service) throw new Error(`${this.#path}: expected a service`);
    const functions = Object.entries(service.functions).flatMap(([name, content]) =>
      this.#function(source, name, content, service.provider),
    );
    const resources = this.#resources(source, service.resources);
    this.#throwComplaints();
    return { service: service.service, functions, ...resources };
  }

  #function(
    source: YamlSource,
    name: string,
    content: unknown,
    provider: z.infer<typeof serviceSchema>['provider'],
  ): FunctionDescription[] {
    const path = ['functions', name];
    const parsed = this.#parse(source, path, functionSchema, content);
    if (!parsed) return [];
    const { events } = parsed;
    const found = {
      rules: [] as RuleDescription[],
      schedules: [] as { periodSeconds: number }[],
      queues: [] as EventSourceDescription[],
    };
    for (const [i, event] of events.entries()) {
      this.#event(source, [...path, 'events', i], event, found);
    }
    return [
      {
        name,
        handler: parsed.handler,
        timeoutSeconds: parsed.timeout ?? provider.timeout ?? DEFAULT_TIMEOUT_SECONDS,
        memoryMegabytes: parsed.memorySize ?? provider.memorySize ?? DEFAULT_MEMORY_MEGABYTES,
        maximumRetryAttempts: parsed.maximumRetryAttempts ?? DEFAULT_RETRY_ATTEMPTS,
        maximumEventAgeSeconds: parsed.maximumEventAge ?? DEFAULT_LAMBDA_EVENT_AGE_SECONDS,
        mayRecur: parsed.recursiveLoop === 'Allow',
        ...found,
      },
    ];
  }

  #event(
    source: YamlSource,
    path: readonly PropertyKey[],
    event: Readonly<Record<string, unknown>>,
    found: {
      rules: RuleDescription[];
      schedules: { periodSeconds: number }[];
      queues: EventSourceDescription[];
    },
  ): void {
    const [kind, ...others] = Object.keys(event);
    if (kind === undefined || others.length > 0 || !Object.hasOwn(eventSchemas, kind)) {
      const served = Object.keys(eventSchemas).join(', ');
      const given = Object.keys(event).join(', ') || 'nothing';
      this.#complain(source, path, `expected one event of ${served}; found ${given}`);
      return;
    }
    const below = [...path, kind];
    if (kind === 'eventBridge') {
      const parsed = this.#parse(source, below, eventSchemas.eventBridge, event[kind]);
      if (parsed?.schedule) found.schedules.push({ periodSeconds: parsed.schedule });
      if (parsed?.pattern) {
        const maximumEventAgeSeconds =
          parsed.retryPolicy?.maximumEventAge ?? DEFAULT_RULE_EVENT_AGE_SECONDS;
        found.rules.push({ pattern: parsed.pattern, maximumEventAgeSeconds });
      }
    } else if (kind === 'schedule') {
      const parsed = this.#parse(source, below, eventSchemas.schedule, event[kind]);
      if (parsed) found.schedules.push(parsed);
    } else {
      const parsed = this.#parse(source, below, eventSchemas.sqs, event[kind]);
      if (!parsed) return;
      found.queues.push({
        queue: parsed.arn,
        batchSize: parsed.batchSize,
        reportBatchItemFailures: parsed.functionResponseType !== undefined,
      });
    }
  }

  /** Queues and tables among the resources, which stand here or in files named by `${file(…)}`. */
  #resources(source: YamlSource, content: unknown) {
    const queues: QueueDescription[] = [];
    const tables: TableDescription[] = [];
    const parts = Array.isArray(content) ? content : content === undefined ? [] : [content];
    for (const [i, part] of parts.entries()) {
      const at = Array.isArray(content) ? ['resources', i] : ['resources'];
      const file = fileReference(part)?.path;
      if (typeof part === 'string' && file === undefined) {
        this.#complain(source, at, `expected resources or \${file(…)}, found "${part}"`);
        continue;
      }
      const place = file === undefined ? source : readYaml(join(dirname(this.#path), file));
      const base = file === undefined ? at : [];
      const template = (file === undefined ? part : place.content) as Template | null;
      for (const [logicalId, resource] of Object.entries(template?.Resources ?? {})) {
        const path = [...base, 'Resources', logicalId, 'Properties'];
        const properties = resource.Properties ?? {};
        if (resource.Type === 'AWS::SQS::Queue') {
          const parsed = this.#parse(place, path, queueSchema, properties);
          if (parsed) queues.push(queueDescription(logicalId, parsed));
        } else if (resource.Type === 'AWS::DynamoDB::Table') {
          const parsed = this.#parse(place, path, tableSchema, properties);
          if (parsed) tables.push(tableDescription(logicalId, parsed));
        }
      }
    }
    return { queues, tables };
  }

  #parse<S extends z.ZodType>(
    source: YamlSource,
    path: readonly PropertyKey[],
    schema: S,
    content: unknown,
  ): z.output<S> | undefined {
    const result = schema.safeParse(content);
    if (result.success) return result.data;
    for (const issue of result.error.issues) {
      this.#complain(source, [...path, ...issue.path], issue.message);
    }
    return undefined;
  }

  #complain(source: YamlSource, path: readonly PropertyKey[], message: string): void {
    this.#complaints.push(`${source.where(path)}: ${message}`);
  }

  #throwComplaints(): void {
    if (this.#complaints.length > 0) throw new Error(this.#complaints.join('\n'));
  }
}

interface Template {
  readonly Resources?: Record<string, { Type?: string; Properties?: unknown }>;
}

function queueDescription(
  logicalId: string,
  queue: z.output<typeof queueSchema>,
): QueueDescription {
  const { VisibilityTimeout, MessageRetentionPeriod, RedrivePolicy } = queue;
  return {
    logicalId,
    visibilityTimeoutSeconds: VisibilityTimeout,
    retentionSeconds: MessageRetentionPeriod,
    ...(RedrivePolicy && {
      redrive: {
        deadLetterQueue: RedrivePolicy.deadLetterTargetArn,
        maxReceiveCount: RedrivePolicy.maxReceiveCount,
      },
    }),
  };
}

function tableDescription(
  logicalId: string,
  { KeySchema, TimeToLiveSpecification: timeToLive }: z.output<typeof tableSchema>,
): TableDescription {
  const named = (type: string) => KeySchema.find((key) => key.KeyType === type)?.AttributeName;
  const range = named('RANGE');
  return {
    logicalId,
    key: { hash: named('HASH') ?? '', ...(range !== undefined && { range }) },
    ...(timeToLive?.Enabled && { timeToLiveAttribute: timeToLive.AttributeName }),
  };
}
