// The module is transferred packed: of its code, what is of one kind lies together (the opcodes,
// the locals that are read, the offsets of loads and stores, …), so that brotli finds more that
// repeats. This is only the order of things, without any compression of its own. `pack` is its
// inverse, in xtask/js/pack.mjs; both go by the tables here.
//
// What is transferred is a module too, of one custom section, so that every server knows its type
// and compresses it. The section is a list of numbers (LEB128), then bytes:
//   length of the module · length of what comes before its code section · count of functions ·
//   length of each stream · the bytes before the code section · the streams · the bytes after it

/** The ids of sections: of anything, of code. */
export const CUSTOM = 0;
export const CODE = 10;

/** Where an instruction's immediates lie. The stream of an i32.const is I32 + the next opcode. */
export const STREAM = {
  opcodes: 0, locals: 1, blocks: 2, branches: 3, tables: 4, calls: 5, indirect: 6,
  get: 7, set: 8, tee: 9, offsets: 10, i64: 11, other: 12, i32: 13,
};
export const STREAMS = STREAM.i32 + 256;

/** How an opcode's immediates are read. */
export const KIND = {
  none: 0, open: 1, end: 2, number: 3, table: 4, local: 5, memory: 6, bytes: 7, bulk: 8, i32: 9,
  types: 10, unknown: 11,
};

/** Kind, stream and count of immediates of each opcode, in three arrays. */
export const { kinds, streams, counts } = (() => {
  const kinds = new Uint8Array(256).fill(KIND.unknown);
  const streams = new Uint16Array(256);
  const counts = new Uint8Array(256);
  const define = (first, last, kind, stream = STREAM.other, count = 1) => {
    for (let opcode = first; opcode <= last; opcode++) {
      kinds[opcode] = kind;
      streams[opcode] = stream;
      counts[opcode] = count;
    }
  };
  define(0x00, 0x01, KIND.none);
  define(0x02, 0x04, KIND.open, STREAM.blocks);
  define(0x05, 0x05, KIND.none);
  define(0x0b, 0x0b, KIND.end);
  define(0x0c, 0x0d, KIND.number, STREAM.branches);
  define(0x0e, 0x0e, KIND.table, STREAM.tables);
  define(0x0f, 0x0f, KIND.none);
  define(0x10, 0x10, KIND.number, STREAM.calls);
  define(0x11, 0x11, KIND.number, STREAM.indirect, 2);
  define(0x1a, 0x1b, KIND.none);
  define(0x1c, 0x1c, KIND.types);
  define(0x20, 0x20, KIND.local, STREAM.get);
  define(0x21, 0x21, KIND.local, STREAM.set);
  define(0x22, 0x22, KIND.local, STREAM.tee);
  define(0x23, 0x26, KIND.number);
  define(0x28, 0x3e, KIND.memory, STREAM.offsets);
  define(0x3f, 0x40, KIND.number);
  define(0x41, 0x41, KIND.i32);
  define(0x42, 0x42, KIND.number, STREAM.i64);
  define(0x43, 0x43, KIND.bytes, STREAM.other, 4);
  define(0x44, 0x44, KIND.bytes, STREAM.other, 8);
  define(0x45, 0xc4, KIND.none);
  define(0xd0, 0xd0, KIND.number);
  define(0xd1, 0xd1, KIND.none);
  define(0xd2, 0xd2, KIND.number);
  define(0xfc, 0xfc, KIND.bulk);
  return { kinds, streams, counts };
})();

/** log2 of the natural alignment of the loads and stores from 0x28 on. It is a hint only, so packing forgets it. */
export const ALIGNMENT = [..."23230011001122232301012"].map(Number);

/** How many numbers follow the second opcode of 0xfc: none for conversions, then those of bulk memory and tables. */
export const BULK = [0, 0, 0, 0, 0, 0, 0, 0, 2, 1, 2, 1, 2, 1, 2, 1, 1, 1];

/** Locals by how recently each was used: a place says how many others were used since. */
export class Recent {
  // No function has more locals in any engine.
  order = Uint16Array.from({ length: 50_000 }, (_, local) => local);
  touched = 0;

  /** Begins a function. */
  reset() {
    for (let place = 0; place < this.touched; place++) this.order[place] = place;
    this.touched = 0;
  }

  /** The local at a place, which becomes the most recent one. */
  take(place) {
    const { order } = this;
    if (this.touched <= place) this.touched = place + 1;
    const local = order[place];
    for (; place > 0; place--) order[place] = order[place - 1];
    order[0] = local;
    return local;
  }

  /** The place of a local. */
  place(local) {
    return this.order.indexOf(local);
  }
}

/** The number (LEB128) at a place, and the place after it. */
export function read(bytes, from) {
  let value = 0;
  for (let shift = 0; ; shift += 7) {
    const byte = bytes[from++];
    value |= (byte & 127) << shift;
    if (byte < 128) return [value >>> 0, from];
  }
}

/** Writes a number, and says the place after it. */
function write(bytes, at, value) {
  for (; value > 127; value >>>= 7) bytes[at++] = (value & 127) | 128;
  bytes[at++] = value;
  return at;
}

/** Writes a number as five bytes. */
function writeFixed(bytes, at, value) {
  for (let byte = 0; byte < 4; byte++) bytes[at++] = ((value >>> (7 * byte)) & 127) | 128;
  bytes[at] = value >>> 28;
}

/** The module that was packed (both as bytes), with the natural alignments and the lengths of functions as five bytes. */
export function unpack(packed) {
  const cursors = new Uint32Array(STREAMS);
  let from = 9; // behind magic, version, the section's id
  const number = () => {
    const [value, next] = read(packed, from);
    from = next;
    return value;
  };
  number(); // its length
  const name = number();
  from += name;
  const bytes = new Uint8Array(number());
  const before = number();
  const functions = number();
  const lengths = Array.from(cursors, number);
  bytes.set(packed.subarray(from, from + before));
  from += before;
  lengths.forEach((length, stream) => {
    cursors[stream] = from;
    from += length;
  });
  bytes.set(packed.subarray(from), bytes.length - (packed.length - from));

  bytes[before] = CODE;
  const start = write(bytes, before + 6, functions);
  const end = unpackFunctions(packed, cursors, bytes, start, functions);
  writeFixed(bytes, before + 1, end - before - 6);
  return bytes;
}

/** Writes the functions, and says the place after them. This is the loop over all instructions. */
function unpackFunctions(packed, cursors, bytes, at, functions) {
  /** Copies numbers of a stream, and says the place after them. */
  const copy = (stream, count, at) => {
    let cursor = cursors[stream];
    for (; count > 0; count--) {
      do bytes[at++] = packed[cursor]; while (packed[cursor++] > 127);
    }
    cursors[stream] = cursor;
    return at;
  };
  /** The next number of a stream, which is left there. */
  const next = (stream) => read(packed, cursors[stream])[0];

  const recent = new Recent();
  let opcodes = cursors[STREAM.opcodes];
  for (; functions > 0; functions--) {
    const body = at;
    at = copy(STREAM.locals, 1 + 2 * next(STREAM.locals), at + 5);
    recent.reset();
    for (let depth = 1; depth > 0; ) {
      const opcode = packed[opcodes++];
      const stream = streams[opcode];
      bytes[at++] = opcode;
      switch (kinds[opcode]) {
        case KIND.none: break;
        case KIND.open: depth++; at = copy(stream, 1, at); break;
        case KIND.end: depth--; break;
        case KIND.number: at = copy(stream, counts[opcode], at); break;
        case KIND.table: at = copy(stream, 2 + next(stream), at); break;
        case KIND.local: {
          let cursor = cursors[stream];
          let place = packed[cursor++];
          if (place > 127) [place, cursor] = read(packed, cursor - 1);
          cursors[stream] = cursor;
          at = write(bytes, at, recent.take(place));
          break;
        }
        case KIND.memory: bytes[at++] = ALIGNMENT[opcode - 0x28]; at = copy(stream, 1, at); break;
        case KIND.i32: at = copy(STREAM.i32 + packed[opcodes], 1, at); break;
        case KIND.bulk: at = copy(stream, 1 + BULK[next(stream)], at); break;
        case KIND.types: at = copy(stream, 1 + next(stream), at); break;
        case KIND.bytes:
          for (let count = counts[opcode]; count > 0; count--) bytes[at++] = packed[cursors[stream]++];
      }
    }
    writeFixed(bytes, body, at - body - 5);
  }
  return at;
}
