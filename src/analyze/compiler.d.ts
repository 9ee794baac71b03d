/** The compiler inside ts-morph: the same object as its `ts`. */
declare module "@ts-morph/common/dist/typescript.js" {
  import { ts } from "ts-morph";
  export = ts;
}
