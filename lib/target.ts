/** The scalable dimensions that this project scales, in the words of Application Auto Scaling. */
export type ScalableDimension =
  | 'sagemaker:variant:DesiredInstanceCount'
  | 'sagemaker:inference-component:DesiredCopyCount';
