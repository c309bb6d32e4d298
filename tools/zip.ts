import { inflateRawSync } from 'node:zlib';

const END_OF_DIRECTORY = 0x06054b50;
const DIRECTORY_ENTRY = 0x02014b50;
const STORED = 0;
const DEFLATED = 8;

/**
 * Reads the files of a zip archive held in memory, by path. It knows what Lambda artefacts are made
 * of: stored and deflated entries, no encryption, no zip64.
 * @throws {Error} when the bytes are not such an archive
 */
export function readZip(archive: Buffer): Map<string, Buffer> {
  const end = archive.lastIndexOf(Buffer.from('504b0506', 'hex'));
  if (end < 0 || archive.readUInt32LE(end) !== END_OF_DIRECTORY) {
    throw new Error('Not a zip archive: its end-of-directory record is missing.');
  }
  const files = new Map<string, Buffer>();
  let at = archive.readUInt32LE(end + 16);
  for (let left = archive.readUInt16LE(end + 10); left > 0; left -= 1) {
    if (archive.readUInt32LE(at) !== DIRECTORY_ENTRY) {
      throw new Error(`Broken zip archive: no directory entry at byte ${at}.`);
    }
    const nameLength = archive.readUInt16LE(at + 28);
    const name = archive.toString('utf8', at + 46, at + 46 + nameLength);
    if (!name.endsWith('/')) files.set(name, readEntry(archive, at, name));
    at += 46 + nameLength + archive.readUInt16LE(at + 30) + archive.readUInt16LE(at + 32);
  }
  return files;
}

function readEntry(archive: Buffer, directoryAt: number, name: string): Buffer {
  const method = archive.readUInt16LE(directoryAt + 10);
  const compressedSize = archive.readUInt32LE(directoryAt + 20);
  const at = archive.readUInt32LE(directoryAt + 42);
  const dataAt = at + 30 + archive.readUInt16LE(at + 26) + archive.readUInt16LE(at + 28);
  const data = archive.subarray(dataAt, dataAt + compressedSize);
  if (method === STORED) return Buffer.from(data);
  if (method === DEFLATED) return inflateRawSync(data);
  throw new Error(`${name}: compression method ${method} is neither stored nor deflated.`);
}
