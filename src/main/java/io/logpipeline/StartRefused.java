package io.logpipeline;

import java.io.Serial;

/** The start can't go on; the message is the one line that says why. Exit status 2. */
final class StartRefused extends RuntimeException {
    @Serial private static final long serialVersionUID = 1L;

    StartRefused(String message) {
        super(message);
    }
}
