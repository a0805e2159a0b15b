/**
 * The ingest under load, and beside it servers of other make that do the same two effects on Redis.
 * {@code src/bench/ingest} runs it.
 */
@NullMarked
package io.logpipeline.bench;

import org.jspecify.annotations.NullMarked;
