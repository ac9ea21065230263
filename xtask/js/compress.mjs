// Writes FILE.br beside each file named on the command line, at brotli's best level,
// and prints one line for each: raw bytes, compressed bytes, name.
import { readFileSync, writeFileSync } from "node:fs";
import { brotliCompressSync, constants } from "node:zlib";

for (const name of process.argv.slice(2)) {
  const raw = readFileSync(name);
  const compressed = brotliCompressSync(raw, {
    params: {
      [constants.BROTLI_PARAM_QUALITY]: 11,
      [constants.BROTLI_PARAM_LGWIN]: 24,
      [constants.BROTLI_PARAM_SIZE_HINT]: raw.length,
    },
  });
  writeFileSync(`${name}.br`, compressed);
  console.log(`${raw.length} ${compressed.length} ${name}`);
}
