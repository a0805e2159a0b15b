/**
 * The drainer: takes due keys, carries one claim from Redis to its file, retries, and sweeps. May
 * import {@code event}, {@code redis}, {@code file} and {@code telemetry}; never {@code api}.
 */
@NullMarked
package io.logpipeline.drain;

import org.jspecify.annotations.NullMarked;
