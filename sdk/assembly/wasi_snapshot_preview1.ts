// The three WASI functions the SDK imports; the file's name is the import module's name.
// Each answers with a WASI errno, 0 being success.
// https://github.com/WebAssembly/WASI/blob/wasi-0.1/preview1/docs.md

export declare function random_get(buffer: usize, size: u32): u32;
export declare function environ_sizes_get(returnCount: usize, returnSize: usize): u32;
export declare function environ_get(returnPointers: usize, returnBytes: usize): u32;
