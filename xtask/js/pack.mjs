// Packs a module for the transfer: `pack.mjs MODULE PACKED`. See app/web/unpack.js, whose inverse
// this is, for what it does and why. What was packed is unpacked again before it is believed.
import { readFileSync, writeFileSync } from "node:fs";
import {
  ALIGNMENT, BULK, CODE, CUSTOM, KIND, Recent, STREAM, STREAMS, counts, kinds, read, streams, unpack,
} from "../../app/web/unpack.js";

const leb = (value) => {
  const bytes = [];
  for (; value > 127; value >>>= 7) bytes.push((value & 127) | 128);
  return [...bytes, value];
};

/** The packed module. */
function pack(module) {
  let at = 8;
  const number = () => {
    const [value, next] = read(module, at);
    at = next;
    return value;
  };
  while (module[at] !== CODE) {
    at++;
    const length = number();
    at += length;
  }
  const before = at;
  at++;
  const length = number();
  const end = at + length;

  const parts = Array.from({ length: STREAMS }, () => []);
  const copy = (stream, count) => {
    for (; count > 0; count--) {
      do parts[stream].push(module[at]); while (module[at++] > 127);
    }
  };
  /** Copies one number and says what it is. */
  const copied = (stream) => {
    const [value] = read(module, at);
    copy(stream, 1);
    return value;
  };

  const recent = new Recent();
  const functions = number();
  let unpacked = leb(functions).length;
  for (let index = 0; index < functions; index++) {
    const body = number();
    const stop = at + body;
    unpacked += 5 + body;
    copy(STREAM.locals, 2 * copied(STREAM.locals));
    recent.reset();
    let constant = false;
    let pending = 0;
    while (at < stop) {
      const opcode = module[at++];
      // The stream of a constant is known when the next opcode is.
      if (constant) {
        const next = at;
        at = pending;
        copy(STREAM.i32 + opcode, 1);
        at = next;
      }
      constant = kinds[opcode] === KIND.i32;
      const stream = streams[opcode];
      parts[STREAM.opcodes].push(opcode);
      switch (kinds[opcode]) {
        case KIND.none: case KIND.end: break;
        case KIND.open: copy(stream, 1); break;
        case KIND.number: copy(stream, counts[opcode]); break;
        case KIND.table: copy(stream, copied(stream) + 1); break;
        case KIND.local: {
          const place = recent.place(number());
          recent.take(place);
          parts[stream].push(...leb(place));
          break;
        }
        case KIND.memory: {
          const hint = module[at++];
          if (hint > ALIGNMENT[opcode - 0x28]) throw new Error(`a load or store of memory ${hint >> 6}`);
          copy(stream, 1);
          break;
        }
        case KIND.i32: pending = at; number(); break;
        case KIND.bulk: {
          const count = BULK[copied(STREAM.other)];
          if (count === undefined) throw new Error("an unknown instruction after 0xfc");
          copy(STREAM.other, count);
          break;
        }
        case KIND.types: copy(STREAM.other, copied(STREAM.other)); break;
        case KIND.bytes:
          for (let count = counts[opcode]; count > 0; count--) parts[stream].push(module[at++]);
          break;
        default: throw new Error(`an unknown instruction: 0x${opcode.toString(16)}`);
      }
    }
    if (at !== stop) throw new Error(`function ${index} does not end where it should`);
  }
  if (at !== end) throw new Error("the code section does not end where it should");

  const after = module.subarray(end);
  const size = before + 1 + 5 + unpacked + after.length;
  const numbers = [size, before, functions, ...parts.map((part) => part.length)].flatMap(leb);
  const name = Buffer.from("packed");
  const section = Buffer.concat([
    Buffer.from([name.length]), name, Buffer.from(numbers), module.subarray(0, before),
    ...parts.map((part) => Buffer.from(part)), after,
  ]);
  return Buffer.concat([module.subarray(0, 8), Buffer.from([CUSTOM, ...leb(section.length)]), section]);
}

const [from, to] = process.argv.slice(2);
const packed = pack(readFileSync(from));
const module = unpack(packed);
if (!WebAssembly.validate(packed) || !WebAssembly.validate(module) || !pack(module).equals(packed)) {
  throw new Error(`${from} is another module when it has been packed and unpacked`);
}
writeFileSync(to, packed);
