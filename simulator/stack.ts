export {
  connectStack,
  createStackResources,
  type StackConnectionOptions,
} from './stack/connection.ts';
export { readStack, type StackDescription } from './stack/description.ts';
export type { FailureListener, Handler } from './stack/lambda.ts';
