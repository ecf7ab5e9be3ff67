// Files that a test writes for a program to read. They go with the process.

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { newFolder } from '../../support/program.mjs';

// A new folder: (name, text) => the path of a file in it that holds the text.
export function folderOfFiles() {
  const folder = newFolder();
  return (name, text) => {
    const path = join(folder, name);
    writeFileSync(path, text);
    return path;
  };
}
