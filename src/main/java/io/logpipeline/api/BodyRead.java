package io.logpipeline.api;

/** What reading a request's body gave. */
sealed interface BodyRead {
    /**
     * All of it.
     *
     * @param length how many of the bytes are the body
     */
    record Whole(byte[] bytes, int length) implements BodyRead {}

    /**
     * It is larger than its limit; part of it may still be on its way.
     *
     * @param limitBytes the limit that it exceeds
     * @param drainable whether the rest can still be read
     */
    record TooLarge(int limitBytes, boolean drainable) implements BodyRead {}

    /** It is not in the encoding that its header names. */
    record Damaged(String details) implements BodyRead {}

    /** Other bodies take the memory that it needs. */
    record NoRoom() implements BodyRead {}

    /** Its chunks are not HTTP: where the next request starts is unknown. */
    record Unframed() implements BodyRead {}
}
