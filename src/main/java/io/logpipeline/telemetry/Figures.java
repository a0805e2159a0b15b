package io.logpipeline.telemetry;

/**
 * What this process counted so far, and what it has in hand.
 *
 * @param eventsAccepted acknowledged
 * @param eventsDrained committed
 * @param pushQueueEvents waiting to be sent to Redis
 * @param keysInHand lists that it drains now
 * @param sweeps whether it is the one that sweeps
 */
public record Figures(
        long eventsAccepted,
        long eventsDrained,
        int pushQueueEvents,
        int keysInHand,
        boolean sweeps) {}
