package io.logpipeline.api;

/**
 * How large a body may be, in bytes, inflated.
 *
 * @param objectBytesMax of a single event
 * @param batchBytesMax of an array or of lines; at least that of a single event
 */
record BodyLimits(int objectBytesMax, int batchBytesMax) {
    BodyLimits {
        if (objectBytesMax < 1 || batchBytesMax < objectBytesMax) {
            throw new IllegalArgumentException(
                    "body limits: " + objectBytesMax + " and " + batchBytesMax + " bytes");
        }
    }
}
