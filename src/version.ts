/** The version of the package, as it introduces itself. A test holds it against package.json. */
/** @internal */
export const version = '0.1.0';
