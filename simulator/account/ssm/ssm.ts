import { createHash } from 'node:crypto';
import type { VirtualClock } from '../clock.ts';
import { type PageRequest, pageOf, requireMembers } from '../input.ts';
import {
  AwsError,
  type AwsService,
  type CallContext,
  type Operation,
  validationError,
} from '../service.ts';
import { checkName, isUnder, parameterArn, splitSelector } from './names.ts';
import {
  nextVersion,
  type ParameterVersion,
  type PutParameterInput,
  withVersion,
} from './parameters.ts';

/** Where the service says what happened; the account's event bus is one. */
export interface EventEmitter {
  emit(event: {
    readonly source: string;
    readonly detailType: string;
    readonly resources: readonly string[];
    readonly detail: object;
  }): unknown;
}

/** AWS docs, GetParameters and GetParametersByPath: at most ten at a time. */
const MAX_NAMES = 10;
const BY_PATH_PAGE = { byDefault: 10, most: 10 };
const DESCRIBE_PAGE = { byDefault: 10, most: 50 };

/** Parameter Store: versioned parameters, by name and by path, with its change events. */
export class Ssm implements AwsService {
  readonly name = 'ssm';
  readonly operations: Readonly<Record<string, Operation>>;
  readonly #clock: VirtualClock;
  readonly #events: EventEmitter;
  /** Versions of each parameter, newest last; never empty. */
  readonly #parameters = new Map<string, readonly ParameterVersion[]>();

  constructor(options: { readonly clock: VirtualClock; readonly events: EventEmitter }) {
    this.#clock = options.clock;
    this.#events = options.events;
    this.operations = {
      PutParameter: (input, context) => this.#put(input, context),
      GetParameter: (input, context) => this.#get(input, context),
      GetParameters: (input, context) => this.#getMany(input, context),
      GetParametersByPath: (input, context) => this.#getByPath(input, context),
      DescribeParameters: (input, context) => this.#describe(input, context),
      DeleteParameter: (input, context) => this.#delete(input, context),
      DeleteParameters: (input, context) => this.#deleteMany(input, context),
    };
  }

  #put(input: PutParameterInput, context: CallContext) {
    requireMembers(input, ['Name', 'Value']);
    const name = input.Name as string;
    checkName(name);
    const history = this.#parameters.get(name) ?? [];
    const version = nextVersion(history.at(-1), input, this.#clock.nowSeconds);
    this.#parameters.set(name, withVersion(history, version));
    this.#announce(version.version === 1 ? 'Create' : 'Update', name, version, context);
    return { Version: version.version, Tier: version.tier };
  }

  #get(input: Decryption & { readonly Name?: string }, context: CallContext) {
    requireMembers(input, ['Name']);
    const found = this.#find(input.Name as string);
    if (!found) throw parameterNotFound(input.Name as string);
    return { Parameter: shown(found, input, context) };
  }

  #getMany(input: Decryption & { readonly Names?: readonly string[] }, context: CallContext) {
    const names = checkedNames(input.Names);
    const found = names.map((selector) => ({ selector, parameter: this.#find(selector, true) }));
    return {
      Parameters: found.flatMap(({ parameter }) =>
        parameter ? [shown(parameter, input, context)] : [],
      ),
      InvalidParameters: found.filter(({ parameter }) => !parameter).map((each) => each.selector),
    };
  }

  #getByPath(
    input: PageRequest &
      Decryption & {
        readonly Path?: string;
        readonly Recursive?: boolean;
        readonly ParameterFilters?: readonly unknown[];
      },
    context: CallContext,
  ) {
    requireMembers(input, ['Path']);
    const path = input.Path as string;
    if (!path.startsWith('/')) {
      throw validationError(`The parameter path "${path}" must begin with '/'.`);
    }
    refuseFilters('GetParametersByPath', input.ParameterFilters);
    const under = this.#newest().filter(({ name }) =>
      isUnder(name, path, input.Recursive ?? false),
    );
    const { items, ...page } = pageOf(under, input, BY_PATH_PAGE, invalidToken);
    return { Parameters: items.map((parameter) => shown(parameter, input, context)), ...page };
  }

  #describe(
    input: PageRequest & {
      readonly Filters?: readonly unknown[];
      readonly ParameterFilters?: readonly unknown[];
    },
    context: CallContext,
  ) {
    refuseFilters('DescribeParameters', input.ParameterFilters ?? input.Filters);
    const { items, ...page } = pageOf(this.#newest(), input, DESCRIBE_PAGE, invalidToken);
    return { Parameters: items.map((parameter) => metadata(parameter, context)), ...page };
  }

  #delete(input: { readonly Name?: string }, context: CallContext) {
    requireMembers(input, ['Name']);
    if (!this.#remove(input.Name as string, context)) throw parameterNotFound(input.Name as string);
    return {};
  }

  #deleteMany(input: { readonly Names?: readonly string[] }, context: CallContext) {
    const names = checkedNames(input.Names);
    const deleted = names.filter((name) => this.#remove(name, context));
    return {
      DeletedParameters: deleted,
      InvalidParameters: names.filter((name) => !deleted.includes(name)),
    };
  }

  #remove(name: string, context: CallContext): boolean {
    const newest = this.#parameters.get(name)?.at(-1);
    if (!newest) return false;
    this.#parameters.delete(name);
    this.#announce('Delete', name, newest, context);
    return true;
  }

  #find(selector: string, orNothing = false): Found | undefined {
    const { name, version } = splitSelector(selector);
    const history = this.#parameters.get(name);
    if (!history) return undefined;
    const found =
      version === undefined ? history.at(-1) : history.find((each) => each.version === version);
    if (found) {
      return { name, ...found, ...(version !== undefined && { selector: `:${version}` }) };
    }
    if (orNothing) return undefined;
    throw new AwsError(
      'ParameterVersionNotFound',
      `Systems Manager could not find version ${version} of ${name}. ` +
        'Verify the version and try again.',
    );
  }

  #newest(): Found[] {
    return [...this.#parameters]
      .map(([name, history]) => ({ name, ...(history.at(-1) as ParameterVersion) }))
      .sort((a, b) => (a.name < b.name ? -1 : 1));
  }

  #announce(
    operation: 'Create' | 'Update' | 'Delete',
    name: string,
    { type, description }: ParameterVersion,
    { region, accountId }: CallContext,
  ): void {
    this.#events.emit({
      source: 'aws.ssm',
      detailType: 'Parameter Store Change',
      resources: [parameterArn(name, region, accountId)],
      detail: { operation, name, type, ...(description !== undefined && { description }) },
    });
  }
}

interface Found extends ParameterVersion {
  readonly name: string;
  /** The version part of the name that was asked for, for example `:3`. */
  readonly selector?: string;
}

interface Decryption {
  readonly WithDecryption?: boolean;
}

function shown(
  found: Found,
  { WithDecryption = false }: Decryption,
  { region, accountId }: CallContext,
) {
  return {
    Name: found.name,
    Type: found.type,
    Value: found.type === 'SecureString' && !WithDecryption ? ciphertext(found) : found.value,
    Version: found.version,
    ...(found.selector !== undefined && { Selector: found.selector }),
    LastModifiedDate: found.modifiedAtSeconds,
    ARN: parameterArn(found.name, region, accountId),
    DataType: 'text',
  };
}

/** What stands for the encrypted value, which tells nothing of it: the account has no keys. */
function ciphertext({ name, version, value }: Found): string {
  return createHash('sha256').update(`${name}\0${version}\0${value}`).digest('base64');
}

function metadata(found: Found, { region, accountId }: CallContext) {
  return {
    Name: found.name,
    ARN: parameterArn(found.name, region, accountId),
    Type: found.type,
    Version: found.version,
    Tier: found.tier,
    LastModifiedDate: found.modifiedAtSeconds,
    LastModifiedUser: `arn:aws:iam::${accountId}:root`,
    Policies: [],
    DataType: 'text',
    ...(found.description !== undefined && { Description: found.description }),
  };
}

function checkedNames(names: readonly string[] | undefined): readonly string[] {
  requireMembers({ Names: names }, ['Names']);
  const distinct = [...new Set(names)];
  if (distinct.length >= 1 && distinct.length <= MAX_NAMES) return distinct;
  throw validationError(
    `1 validation error detected: Value at 'names' failed to satisfy constraint: ` +
      `Member must have length between 1 and ${MAX_NAMES}, found ${distinct.length}`,
  );
}

function refuseFilters(operation: string, filters: readonly unknown[] | undefined): void {
  if (!filters || filters.length === 0) return;
  throw validationError(`The embedded Parameter Store does not serve filters of ${operation}.`);
}

function parameterNotFound(name: string): AwsError {
  return new AwsError('ParameterNotFound', `Parameter ${name} not found.`);
}

function invalidToken(): AwsError {
  return new AwsError('InvalidNextToken', 'The specified token is not valid.');
}
