export { connectStack, createStackResources } from './stack/connection.ts';
export { readStack, type StackDescription } from './stack/description.ts';
export type { Handler } from './stack/lambda.ts';
