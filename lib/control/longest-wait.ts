/** SageMaker gives up requests that are older (InvokeEndpoint API reference): all who wait have come within so many seconds. */
export const LONGEST_WAIT_SECONDS = 60;
