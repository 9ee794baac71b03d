import tsMorph = require("ts-morph");

/**
 * The compiler's syntax trees. Asked for as CommonJS, which it is: imported as a module, its ten megabytes would be
 * read once more before anything runs, to list what it exports.
 */
export import ts = tsMorph.ts;
