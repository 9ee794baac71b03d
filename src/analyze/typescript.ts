import compiler = require("@ts-morph/common/dist/typescript.js");

/**
 * The compiler's syntax trees. Asked for as CommonJS, which it is: imported as a module, its ten megabytes would be
 * read once more before anything runs, to list what it exports. And without ts-morph around it, which brings all
 * declarations of the standard library as one text: a tenth of a second that `check` has no use for.
 */
export import ts = compiler;
