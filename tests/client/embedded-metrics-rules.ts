import { StandardUnit } from '@aws-sdk/client-cloudwatch';
import * as z from 'zod/mini';

/**
 * The rules of CloudWatch's embedded metric format, as its specification gives them as a JSON schema
 * and in words: https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html
 */
const document = z.looseObject({
  _aws: z.strictObject({
    Timestamp: z.int(),
    CloudWatchMetrics: z.array(
      z.strictObject({
        Namespace: z.string().check(z.minLength(1), z.maxLength(1024)),
        Dimensions: z
          .array(
            z
              .array(z.string().check(z.minLength(1), z.maxLength(250)))
              .check(z.minLength(0), z.maxLength(30)),
          )
          .check(z.minLength(1)),
        Metrics: z
          .array(
            z.strictObject({
              Name: z.string().check(z.minLength(1), z.maxLength(1024)),
              Unit: z.optional(z.enum(StandardUnit)),
              StorageResolution: z.optional(z.union([z.literal(1), z.literal(60)])),
            }),
          )
          .check(z.maxLength(100)),
      }),
    ),
  }),
});

export type EmbeddedMetrics = z.infer<typeof document>;

const metricValue = z.union([z.number(), z.array(z.number()).check(z.maxLength(100))]);
const dimensionValue = z.string().check(z.minLength(1), z.maxLength(1024));

/** The size of a log event that CloudWatch takes. */
const MOST_BYTES = 256 * 1024;

/**
 * Reads a line as CloudWatch does: the whole line is one JSON object, and every dimension and metric
 * that it announces is a member of its root.
 * @throws {Error} when the line breaks a rule
 */
export function readEmbeddedMetrics(line: string): EmbeddedMetrics {
  if (line.includes('\n')) throw new Error('A log event is one line.');
  if (Buffer.byteLength(line) > MOST_BYTES) throw new Error('The log event is too large.');
  const parsed = document.parse(JSON.parse(line));
  for (const { Dimensions, Metrics } of parsed._aws.CloudWatchMetrics) {
    for (const name of Dimensions.flat()) dimensionValue.parse(parsed[name]);
    for (const { Name } of Metrics) metricValue.parse(parsed[Name]);
  }
  return parsed;
}
