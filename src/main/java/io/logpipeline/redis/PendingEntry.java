package io.logpipeline.redis;

/**
 * One entry of a pending stream: a list waits to be drained.
 *
 * @param stream the number of the stream
 * @param id the stream's id, which another stream may have given too
 * @param list the key of the list
 * @param noticedMicros when the list was seen to hold events, by the clock of its server
 * @param reclaimed taken over from a consumer that left it for the lease
 */
public record PendingEntry(
        int stream, String id, String list, long noticedMicros, boolean reclaimed) {
    /** What no other entry is called, of whatever stream. */
    public String name() {
        return stream == 0 ? id : id + "@" + stream;
    }
}
