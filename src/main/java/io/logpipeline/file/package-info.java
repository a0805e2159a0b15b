/**
 * The day files: volume identity, lock, tail verification, append, force. The only room that writes
 * files. May import {@code event} and {@code telemetry}.
 */
@NullMarked
package io.logpipeline.file;

import org.jspecify.annotations.NullMarked;
