/**
 * Everything said to Redis: connection, scripts, push queue, pending stream, claims and commits,
 * locks and leases. The only room that imports Lettuce. May import {@code event} and {@code
 * telemetry}.
 */
@NullMarked
package io.logpipeline.redis;

import org.jspecify.annotations.NullMarked;
