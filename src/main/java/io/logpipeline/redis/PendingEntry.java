package io.logpipeline.redis;

/**
 * One entry of the pending stream: a list waits to be drained.
 *
 * @param id the stream's id
 * @param list the key of the list
 * @param noticedMicros when the list was seen to hold events, by the clock of its server
 * @param reclaimed taken over from a consumer that left it for the lease
 */
public record PendingEntry(String id, String list, long noticedMicros, boolean reclaimed) {}
