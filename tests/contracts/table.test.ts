import { describeTableContract } from './table-contract.ts';
import { TABLES } from './tables.ts';

for (const [name, start] of TABLES) describeTableContract(name, start);
